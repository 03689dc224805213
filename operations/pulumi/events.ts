/** What the engine reports of a command, machine-readable: `--event-log`. */
import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { withoutKeys } from "../../settings/known-keys.ts";
import { parseJson } from "../../toolkit/json.ts";
import { type Pulumi, StackError } from "./cli.ts";

/** The engine hides the option from people who do not ask for it. */
export const eventLogEnvironment = { PULUMI_DEBUG_COMMANDS: "true" };

const metadata = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  keys: z.array(z.string()).nullish(),
  diffs: z.array(z.string()).nullish(),
  logical: z.boolean().optional(),
});

/** A resource as it was, or will be; secrets are blinded. */
const resourceState = z.object({ inputs: z.record(z.string(), z.unknown()).nullish() }).nullish();

const outcome = metadata.extend({
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
  old: resourceState,
  new: resourceState,
});

const engineEvent = z.object({
  resourcePreEvent: z.object({ metadata: outcome }).optional(),
  resOutputsEvent: z.object({ metadata: outcome }).optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  diagnosticEvent: z
    .object({ urn: z.string().optional(), message: z.string(), severity: z.string() })
    .optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});

/** Whether a step is one of those that a replacement takes, such as `create-replacement`. */
export const isReplacement = (op: string) => op.includes("replace");

/** What a step changes, by the paths that the engine knows best. */
export function changedProperties({ detailedDiff, diffs }: z.output<typeof outcome>): readonly string[] {
  return detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []);
}

export type EngineEvent = z.infer<typeof engineEvent>;
export type PolicyEvent = NonNullable<EngineEvent["policyEvent"]>;

/** Runs the engine and reads what it reports, also where it fails. @param log where the engine writes it: a file of this run */
export async function withEvents(
  pulumi: Pulumi,
  args: readonly string[],
  { log, ...options }: { readonly log: string; readonly timeoutMilliseconds?: number },
) {
  const ended = await pulumi([...args, "--event-log", log], { ...options, environment: eventLogEnvironment });
  return { ...ended, events: await readEvents(log).catch(() => []) };
}

/** What the engine reports of a preview. @throws StackError where the program fails, with what it complained of */
export async function previewEvents(
  pulumi: Pulumi,
  log: string,
  options: readonly string[] = [],
): Promise<EngineEvent[]> {
  const args = ["preview", "--suppress-outputs", ...options];
  const { code, stderr, events } = await withEvents(pulumi, args, { log });
  if (code === 0) return events;
  const reason = complaintsOf(events) || stderr.trim() || "it said nothing";
  throw new StackError(`The program can't be previewed: ${withoutKeys(reason)}`);
}

/** Each event of the log. One that was cut short, as where the engine was ended, is left out. */
export async function readEvents(file: string): Promise<EngineEvent[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.flatMap((line) => {
    const event = engineEvent.safeParse(parseJson(line));
    return event.success ? [event.data] : [];
  });
}

/** What the engine called an error, and of which resource, for people. */
export function complaintsOf(events: readonly EngineEvent[]): string {
  return events
    .flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? [diagnosticEvent] : []))
    .map(({ urn, message }) => [urn, stripVTControlCharacters(message).trim()].filter(Boolean).join(": "))
    .join("\n");
}
