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

/** @param secrets names of what the program keeps secret, by URN: a platform answers it in clear, and the engine shows that */
export function outcomesIn(
  events: readonly EngineEvent[],
  secrets: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { resOutputsEvent, resourcePreEvent } of events) {
    const metadata = resOutputsEvent?.metadata ?? resourcePreEvent?.metadata;
    if (metadata === undefined || metadata.op === "same") continue;
    const { urn, op, old, new: now } = metadata;
    const replaced = isReplacement(op) || (outcomes.get(urn)?.replaced ?? false);
    const isSecret = (property: string) => secrets.get(urn)?.includes(stepsOf(property)[0] ?? "") ?? false;
    const shown = (inputs: unknown, property: string) => {
      const value = valueAt(inputs, property);
      return value !== undefined && isSecret(property) ? BLINDED : value;
    };
    const changes = changedProperties(metadata).map((property) => ({
      property,
      from: shown(old?.inputs, property),
      to: shown(now?.inputs, property),
    }));
    outcomes.set(urn, {
      replaced,
      changes: changes.length > 0 ? changes : (outcomes.get(urn)?.changes ?? []),
    });
  }
  return outcomes;
}

/** As the engine blinds what it knows to be secret. */
const BLINDED = "[secret]";

/** Of a path such as `rules[0].targets["x.y"]`. */
function stepsOf(property: string): readonly string[] {
  const steps = property.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, index, name]) => quoted ?? index ?? name ?? "");
}

function valueAt(inputs: unknown, property: string): unknown {
  return stepsOf(property).reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    inputs,
  );
}
