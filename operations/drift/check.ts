/** Whether the platforms are still as a stack's state says. Looks only: the state is not touched, nor locked. */
import { join } from "node:path";
import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { endsToldIn } from "../../components/shared/deprecation.ts";
import { withoutKeys } from "../../settings/known-keys.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { exitCodes, type Pulumi, StackError } from "../pulumi/cli.ts";
import { complaintsOf, type EngineEvent, withEvents } from "../pulumi/events.ts";
import { isEmpty, readState } from "../pulumi/state.ts";

const driftedSchema = z.object({
  urn: z.string(),
  change: z.enum(["changed", "deleted"]),
  /** Paths of the properties that differ, such as `tags.owner`. None where the resource is gone. */
  properties: z.array(z.string()),
});

/** What the vendors' answers say will end, each with the file that relies on it. None where they say nothing. */
const deprecated = z.array(z.string()).readonly().optional();

/** One stack's answer, as `npm run drift -- --json` prints it. It holds no value of any property. */
export const resultSchema = z.discriminatedUnion("status", [
  z.object({ stack: z.string(), status: z.literal("clean"), resources: z.number(), deprecated }),
  z.object({
    stack: z.string(),
    status: z.literal("drifted"),
    resources: z.number(),
    drifted: z.array(driftedSchema),
    deprecated,
  }),
  z.object({ stack: z.string(), status: z.literal("no such stack") }),
  z.object({ stack: z.string(), status: z.literal("empty") }),
  /** What an update that was cut off was doing, by URN: the platforms may have more than the state says. */
  z.object({ stack: z.string(), status: z.literal("in doubt"), pending: z.array(z.string()) }),
  z.object({
    stack: z.string(),
    status: z.literal("broken"),
    reason: z.string(),
    /** URNs of what could not be read. None where the check broke as a whole. */
    unread: z.array(z.string()).optional(),
  }),
]);

export type Drifted = z.output<typeof driftedSchema>;
export type DriftResult = z.output<typeof resultSchema>;

/** The job in drift.yml has 20 minutes, of which the rest needs some. */
const LOOK_MILLISECONDS = 15 * 60_000;
/** Characters of a reason that are kept. */
const REASON_LENGTH = 4000;

/**
 * Only a stack of which something was seen, and nothing is in doubt, is clean. Anything but clean and drifted says nothing
 * about the platforms.
 */
export async function checkDrift(stack: string, pulumi: Pulumi): Promise<DriftResult> {
  const result = await compare(stack, pulumi);
  if (result.status !== "clean") return result;
  const state = await readState(pulumi).catch((error: unknown) => {
    if (error instanceof StackError) return error;
    throw error;
  });
  if (state instanceof StackError) return { stack, status: "broken", reason: state.message };
  if (isEmpty(state)) return { stack, status: "empty" };
  const pending = state.pending.map(({ resource }) => resource.urn);
  return pending.length > 0 ? { stack, status: "in doubt", pending } : result;
}

async function compare(stack: string, pulumi: Pulumi): Promise<DriftResult> {
  const { code, stderr, events } = await withTemporaryFolder("drift", async (folder) => {
    // Not --json, which leaves out what a dynamic resource has changed.
    const args = ["refresh", "--preview-only", "--expect-no-changes"];
    const log = join(folder, "events.json");
    return withEvents(pulumi, args, { log, timeoutMilliseconds: LOOK_MILLISECONDS });
  });
  if (code === exitCodes.noSuchStack) return { stack, status: "no such stack" };
  const changes = events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges;
  if (changes) {
    const resources = Object.values(changes).reduce((sum, count) => sum + count, 0);
    const ends = endsToldIn(
      events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent ? stripVTControlCharacters(diagnosticEvent.message).split("\n") : [],
      ),
    );
    const told = ends.length > 0 ? { deprecated: ends } : {};
    if (code === 0) return { stack, status: "clean", resources, ...told };
    const drifted = events.flatMap(({ resOutputsEvent }) =>
      resOutputsEvent ? driftedBy(resOutputsEvent.metadata) : [],
    );
    if (code === exitCodes.unexpectedChanges) {
      return { stack, status: "drifted", resources, drifted, ...told };
    }
  }
  const reason =
    complaintsOf(events) || stderr.trim() || `pulumi refresh ended with ${code}, and said nothing`;
  const unread = unreadBy(events);
  return {
    stack,
    status: "broken",
    reason: withoutKeys(reason).slice(0, REASON_LENGTH),
    ...(unread.length > 0 && { unread }),
  };
}

/** Resources that an error names, but for the stack itself, which has an error where any of them has. */
function unreadBy(events: readonly EngineEvent[]): string[] {
  const urns = events.flatMap(({ diagnosticEvent: event }) =>
    event?.severity === "error" && event.urn && !event.urn.includes("::pulumi:pulumi:Stack::")
      ? [event.urn]
      : [],
  );
  return [...new Set(urns)];
}

const CHANGES: Readonly<Record<string, Drifted["change"]>> = { update: "changed", delete: "deleted" };

type Outcome = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

function driftedBy({ op, urn, detailedDiff, diffs, old, new: found }: Outcome): Drifted[] {
  const change = CHANGES[op];
  if (!change) return [];
  if (change === "deleted") return [{ urn, change, properties: [] }];
  // A dynamic resource only says that it differs.
  const properties =
    (detailedDiff && Object.keys(detailedDiff)) ??
    diffs ??
    changedInputs(old?.inputs ?? {}, found?.inputs ?? {});
  return [{ urn, change, properties: properties.toSorted() }];
}

type Inputs = Readonly<Record<string, unknown>>;

function changedInputs(old: Inputs, found: Inputs): string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(found)]);
  return [...keys].filter((key) => !isDeepStrictEqual(old[key], found[key]));
}
