/** What an `up` would do to what was found, by what the engine reports of a preview. */
import { changedProperties, type EngineEvent, isReplacement } from "../pulumi/events.ts";

export interface Change {
  /** Such as `rules[0].delay`. */
  readonly property: string;
  /** Secrets are blinded. Undefined: there is none. */
  readonly from?: unknown;
  readonly to?: unknown;
}

interface Outcome {
  readonly replaced: boolean;
  readonly changes: readonly Change[];
}

export function outcomesIn(events: readonly EngineEvent[]): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { resOutputsEvent, resourcePreEvent } of events) {
    const metadata = resOutputsEvent?.metadata ?? resourcePreEvent?.metadata;
    if (metadata === undefined || metadata.op === "same") continue;
    const { urn, op, old, new: now } = metadata;
    const replaced = isReplacement(op) || (outcomes.get(urn)?.replaced ?? false);
    const changes = changedProperties(metadata).map((property) => ({
      property,
      from: valueAt(old?.inputs, property),
      to: valueAt(now?.inputs, property),
    }));
    outcomes.set(urn, {
      replaced,
      changes: changes.length > 0 ? changes : (outcomes.get(urn)?.changes ?? []),
    });
  }
  return outcomes;
}

/** The value at a path such as `rules[0].targets["x.y"]`. */
function valueAt(inputs: unknown, property: string): unknown {
  const steps = [...property.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  return steps.reduce<unknown>((value, [, quoted, index, name]) => {
    const key = quoted ?? index ?? name ?? "";
    return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }, inputs);
}
