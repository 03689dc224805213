/** What a deployment would do, by the engine: it knows the platforms and the state. No value of a property is read. */
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { policyArguments } from "../deploy/steps.ts";
import { exitCodes, type Pulumi } from "../pulumi/cli.ts";
import { doubtTold, madeAgain } from "../pulumi/doubt.ts";
import { type EngineEvent, withEvents } from "../pulumi/events.ts";
import { readState } from "../pulumi/state.ts";
import { componentOf, nameOf } from "./resources.ts";

const operations = ["create", "update", "replace", "delete"] as const;
export type Operation = (typeof operations)[number];

/** A replacement or deletion. */
export interface Loss {
  readonly operation: "replace" | "delete";
  readonly component: string;
  readonly name: string;
  /** Paths of the properties that force a replacement. */
  readonly because: readonly string[];
}

export interface EngineVerdict {
  readonly rule: string;
  readonly level: string;
  readonly resource: string;
}

export interface Preview {
  readonly succeeded: boolean;
  /** How many resources of a component, by operation. What stays as it is has none. */
  readonly components: Readonly<Record<string, Readonly<Counts>>>;
  readonly losses: readonly Loss[];
  readonly verdicts: readonly EngineVerdict[];
  /** Rules that could not be asked, since a value is not known before the deployment. */
  readonly undecided: number;
  /** What the engine complained of. */
  readonly complaints: readonly string[];
}

const TIMEOUT_MILLISECONDS = 10 * 60_000;

/** @param scratch folder for the engine's log */
export async function previewOf(stack: string, pulumi: Pulumi, scratch: string): Promise<Preview> {
  const preview = await engineOn(stack, pulumi, scratch);
  if (!preview.succeeded) return preview;
  // A preview only warns of them, and then shows them as new.
  const pending = madeAgain(await readState(pulumi));
  return pending.length === 0
    ? preview
    : { ...preview, succeeded: false, complaints: [doubtTold(stack, pending)] };
}

async function engineOn(stack: string, pulumi: Pulumi, scratch: string): Promise<Preview> {
  const args = ["preview", "--suppress-outputs", ...policyArguments(stack)];
  const { code, stdout, stderr, events } = await withEvents(pulumi, args, {
    log: join(scratch, "events.json"),
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  });
  const preview = summary(events, code === 0);
  const isRefused = preview.verdicts.some(({ level }) => level === "mandatory");
  if (code === 0 || preview.complaints.length > 0 || isRefused) return preview;
  const said = stderr.trim() || stdout.trim() || `pulumi preview ended with ${code}, and said nothing`;
  const advice =
    code === exitCodes.noSuchStack ? ["Has the stack been made? `pulumi stack ls` lists them."] : [];
  return { ...preview, complaints: [said, ...advice] };
}

export function summary(events: readonly EngineEvent[], succeeded: boolean): Preview {
  const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
  const losses = steps.flatMap(({ op, urn, keys, diffs }): Loss[] =>
    op === "replace" || op === "delete"
      ? [{ operation: op, component: componentOf(urn), name: nameOf(urn), because: keys ?? diffs ?? [] }]
      : [],
  );
  const policies = events.flatMap(({ policyEvent }) => policyEvent ?? []);
  const isUndecided = ({ message }: { message: string }) => message.includes("can't run policy");
  return {
    succeeded,
    components: countsOf(steps),
    losses,
    verdicts: policies
      .filter((event) => !isUndecided(event))
      .map(({ policyName, enforcementLevel, resourceUrn }) => ({
        rule: policyName,
        level: enforcementLevel,
        resource: resourceUrn === undefined ? "the stack" : nameOf(resourceUrn),
      })),
    undecided: policies.filter(isUndecided).length,
    complaints: events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === "error" ? [complaint(diagnosticEvent)] : [],
    ),
  };
}

type Counts = Partial<Record<Operation, number>>;

function countsOf(steps: readonly { readonly op: string; readonly urn: string }[]): Record<string, Counts> {
  const components: Record<string, Counts> = {};
  for (const { op, urn } of steps) {
    const operation = operations.find((known) => known === op);
    if (!operation || urn.includes("::pulumi:pulumi:Stack::")) continue;
    const counts = components[componentOf(urn)] ?? {};
    components[componentOf(urn)] = { ...counts, [operation]: (counts[operation] ?? 0) + 1 };
  }
  return components;
}

/** The engine's messages are marked up for a terminal. */
function complaint({ urn, message }: { urn?: string | undefined; message: string }): string {
  const text = stripVTControlCharacters(message)
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .trim();
  return urn === undefined || urn === "" ? text : `${nameOf(urn)}: ${text}`;
}
