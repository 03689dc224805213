/** What an `up` would do to what was found, by what the engine reports of a preview. */
import { isDeepStrictEqual } from "node:util";
import { isSecretName, withoutKeys } from "../../settings/known-keys.ts";
import { isObject, UNKNOWN } from "../../toolkit/property-values.ts";
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
      return value !== undefined && isSecret(property) ? BLINDED : blinded(value, stepsOf(property).at(-1));
    };
    const told = changedProperties(metadata);
    const changed = told.length > 0 ? told : differing(old?.inputs, now?.inputs);
    const changes = changed.map((property) => ({
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

/** A provider whose address is not known yet, as Grafana's is, is not asked what changes. */
function differing(old: unknown, now: unknown): readonly string[] {
  if (!isObject(old) || !isObject(now)) return [];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => name !== "__defaults" && !isDeepStrictEqual(old[name], now[name]));
}

/** As the engine blinds what it knows to be secret. */
const BLINDED = "[secret]";
/** Of what is made by the same update, such as an id. */
const LATER = "[known after up]";

/** Without what only looks secret: a person may have put a password where the program has none. */
function blinded(value: unknown, name: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => blinded(each, name));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, blinded(each, key)]));
  if (typeof value !== "string") return value;
  if (value.includes(UNKNOWN)) return LATER;
  if (name !== undefined && isSecretName(name)) return BLINDED;
  const [, variable] = /^(\w+)=./.exec(value) ?? [];
  return variable !== undefined && isSecretName(variable) ? `${variable}=${BLINDED}` : withoutKeys(value);
}

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
