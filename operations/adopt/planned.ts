/** What the program would make on a copy of the stack, and what it would do to what is there. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { readJson } from "../../toolkit/json.ts";
import { containsSecret, type Properties } from "../../toolkit/property-values.ts";
import type { Pulumi } from "../pulumi/cli.ts";
import { type EngineEvent, previewEvents } from "../pulumi/events.ts";
import type { Planned } from "./finder.ts";
import { fileIn, type Scratch } from "./scratch.ts";

const goalSchema = z.object({
  type: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  additionalSecretOutputs: z.array(z.string()).nullish(),
  inputDiff: z.object({ adds: z.record(z.string(), z.unknown()).optional() }).optional(),
});

const planSchema = z.object({
  resourcePlans: z.record(
    z.string(),
    z.object({ goal: goalSchema.optional(), steps: z.array(z.string()).nullish() }),
  ),
});

/** An entry of the engine's import file. */
export const entrySchema = z.looseObject({
  type: z.string(),
  name: z.string(),
  logicalName: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});
export type Entry = z.output<typeof entrySchema> & {
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly component?: boolean;
};

const importFileSchema = z.object({ resources: z.array(entrySchema).default([]) });

export interface Preview {
  /** What is not in the state yet. */
  readonly planned: readonly Planned[];
  /** The providers among them, as the engine writes them for an import: secrets encrypted. */
  readonly providers: readonly Entry[];
  readonly events: readonly EngineEvent[];
  /** Of all resources of the program, those of the state too. */
  readonly names: readonly string[];
}

/** @throws StackError where the program fails, with what it complained of */
export async function preview({ pulumi, folder, passphrase }: Scratch): Promise<Preview> {
  const plan = fileIn(folder, "plan");
  const { providers, events } = await importFileOf(pulumi, folder, ["--save-plan", plan]);
  const { resourcePlans } = readJson(planSchema, await readFile(plan, "utf8"));
  const planned = Object.entries(resourcePlans).flatMap(([urn, { goal, steps }]) => {
    if (goal === undefined || !steps?.includes("create") || goal.type === "pulumi:pulumi:Stack") return [];
    const adds = goal.inputDiff?.adds ?? {};
    const inputs = passphrase.plain(adds) as Properties;
    const secrets = [
      ...Object.keys(adds).filter((name) => containsSecret(adds[name])),
      ...(goal.additionalSecretOutputs ?? []),
    ];
    const parent = isStack(goal.parent) ? undefined : goal.parent;
    return [
      { urn, type: goal.type, name: goal.name, parent, provider: urnIn(goal.provider), inputs, secrets },
    ];
  });
  const names = Object.values(resourcePlans).flatMap(({ goal }) => goal?.name ?? []);
  return { planned, providers, events, names };
}

/** A preview, with what the engine writes for an import of it: providers with their inputs, encrypted for the stack. */
export async function importFileOf(
  pulumi: Pulumi,
  folder: string,
  options: readonly string[] = [],
): Promise<Pick<Preview, "providers" | "events">> {
  const file = fileIn(folder, "import");
  const events = await previewEvents(pulumi, fileIn(folder, "events"), ["--import-file", file, ...options]);
  const { resources } = readJson(importFileSchema, await readFile(file, "utf8"));
  return { providers: resources.filter(({ type }) => type.startsWith("pulumi:providers:")), events };
}

/** A reference to a provider is its URN and its id. */
function urnIn(reference: string | undefined): string | undefined {
  return reference === undefined || reference === ""
    ? undefined
    : reference.slice(0, reference.lastIndexOf("::"));
}

function isStack(urn: string | undefined): boolean {
  return urn === undefined || urn === "" || urn.includes("::pulumi:pulumi:Stack::");
}
