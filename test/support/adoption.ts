/** `npm run ops -- adopt`, as a test runs it and reads what it tells, and a stack that has something to adopt. */
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalStackUnderTest } from "./local-stack.ts";

interface Row {
  readonly name: string;
  readonly type: string;
  readonly action: "adopt" | "make" | "conflict" | "up";
  readonly id?: string;
  readonly changes?: readonly { property: string; from?: unknown; to?: unknown }[];
  readonly note?: string;
}

interface Answer {
  readonly rows: readonly Row[];
  readonly backup?: string;
}

/** @throws where the command fails. That there are conflicts is no failure. */
export async function adoption(stack: LocalStackUnderTest, ...options: readonly string[]) {
  const { code, stdout, output } = await stack.command("adopt", "--json", ...options);
  if (code !== 0 && code !== 7) throw new Error(`adopt ended with ${code}:\n${output}`);
  const answer: Answer = JSON.parse(stdout);
  const row = (name: string) => answer.rows.find((each) => each.name === name);
  const of = (action: Row["action"]) => answer.rows.filter((each) => each.action === action);
  return { code, ...answer, row, of };
}

export interface Exported {
  readonly deployment: {
    readonly resources: readonly {
      urn: string;
      type: string;
      id?: string;
      inputs?: unknown;
      parent?: string;
      provider?: string;
    }[];
  };
}

/** The state forgets all but containers and what they are in. */
export async function forgetAllButContainers(pulumi: (...args: readonly string[]) => Promise<string>) {
  const state: Exported = JSON.parse(await pulumi("stack", "export"));
  const docker = state.deployment.resources.filter(({ type }) => type.startsWith("docker:"));
  const needed = new Set(
    docker.flatMap(({ parent, provider = "" }) => [parent, provider.replace(/::[^:]*$/, "")]),
  );
  const resources = state.deployment.resources
    .filter(
      ({ urn, type }) => type.startsWith("docker:") || type === "pulumi:pulumi:Stack" || needed.has(urn),
    )
    .map((resource) => ({ ...resource, dependencies: [], propertyDependencies: {} }));
  const file = join(tmpdir(), `adopt-${process.pid}.json`);
  await writeFile(file, JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }));
  await pulumi("stack", "import", "--file", file);
  await rm(file);
}
