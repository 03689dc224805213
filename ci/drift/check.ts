/** Whether the platforms are still as a stack's state says. Looks only: the state is not touched, nor locked. */
import { z } from "zod";
import { exitCodes, type Pulumi } from "../../pulumi-cli.ts";
import { withoutKeys } from "../secrets/known-keys.ts";

const driftedSchema = z.object({
  urn: z.string(),
  change: z.enum(["changed", "deleted"]),
  /** Paths of the properties that differ, such as `tags.owner`. None where the resource is gone. */
  properties: z.array(z.string()),
});

/** One stack's answer, as `npm run drift -- --json` prints it. It holds no value of any property. */
export const resultSchema = z.discriminatedUnion("status", [
  z.object({ stack: z.string(), status: z.literal("clean"), resources: z.number() }),
  z.object({
    stack: z.string(),
    status: z.literal("drifted"),
    resources: z.number(),
    drifted: z.array(driftedSchema),
  }),
  z.object({ stack: z.string(), status: z.literal("no such stack") }),
  z.object({ stack: z.string(), status: z.literal("broken"), reason: z.string() }),
]);

export type Drifted = z.output<typeof driftedSchema>;
export type DriftResult = z.output<typeof resultSchema>;

/** What `pulumi refresh --preview-only --json` prints, as far as it is needed: no states, since those hold values. */
const previewSchema = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      diffReasons: z.array(z.string()).optional(),
    }),
  ),
  diagnostics: z
    .array(z.object({ urn: z.string().optional(), message: z.string(), severity: z.string() }))
    .default([]),
});

/** Characters of a reason that are kept. */
const REASON_LENGTH = 4000;

type Preview = z.output<typeof previewSchema>;
type Step = z.output<typeof previewSchema>["steps"][number];

/** Anything but clean, drifted and no such stack is a check that broke: it says nothing about the platforms. */
export async function checkDrift(stack: string, pulumi: Pulumi): Promise<DriftResult> {
  const { code, stdout, stderr } = await pulumi([
    "refresh",
    "--preview-only",
    "--expect-no-changes",
    "--json",
  ]);
  if (code === exitCodes.noSuchStack) return { stack, status: "no such stack" };
  const preview = parse(stdout);
  const resources = preview?.steps.length ?? 0;
  if (preview && code === 0) return { stack, status: "clean", resources };
  if (preview && code === exitCodes.unexpectedChanges) {
    return { stack, status: "drifted", resources, drifted: preview.steps.flatMap(driftedBy) };
  }
  const reason = preview ? complaints(preview) : stderr.trim();
  const shown = withoutKeys(reason || `pulumi refresh ended with ${code}, and said nothing`);
  return { stack, status: "broken", reason: shown.slice(0, REASON_LENGTH) };
}

/** Undefined where the command ended before it had anything to say. */
function parse(stdout: string): Preview | undefined {
  const start = stdout.indexOf("{");
  if (start < 0) return undefined;
  try {
    return previewSchema.safeParse(JSON.parse(stdout.slice(start))).data;
  } catch {
    return undefined;
  }
}

function complaints({ diagnostics }: Preview): string {
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ urn, message }) => [urn, message.trim()].filter((text) => text !== undefined).join(": "))
    .join("\n");
}

const CHANGES: Readonly<Record<string, Drifted["change"]>> = { update: "changed", delete: "deleted" };

function driftedBy({ op, urn, detailedDiff, diffReasons }: Step): Drifted[] {
  const change = CHANGES[op];
  if (!change) return [];
  const properties = Object.keys(detailedDiff ?? {});
  return [{ urn, change, properties: (properties.length > 0 ? properties : (diffReasons ?? [])).toSorted() }];
}
