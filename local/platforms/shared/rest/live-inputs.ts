import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { IMPORT } from "../../../host/resource.ts";

interface Reading {
  /**
   * Inputs, at any depth, that the platform fills in where the program gives none (`Optional` and `Computed` in the
   * official provider): they only count where the program gives them.
   */
  readonly computed?: readonly string[];
  /** What the platform answers for a top-level input that was never given. */
  readonly unset?: Properties;
}

/**
 * What is really there, in the shape of the inputs that were given last, so that the two only differ where somebody
 * changed something.
 */
export function liveInputs(
  live: Properties,
  last: Properties,
  { computed = [], unset = {} }: Reading = {},
): Properties {
  // At an import nothing was given, and everything is to be known.
  const isImport = IMPORT in last;
  const shaped = shapedObject(live, last, new Set(isImport ? [] : computed));
  return Object.fromEntries(
    Object.entries(shaped).filter(([name, value]) => name in last || !isDeepStrictEqual(value, unset[name])),
  );
}

function shaped(live: unknown, last: unknown, computed: ReadonlySet<string>): unknown {
  if (Array.isArray(live)) {
    const old: readonly unknown[] = Array.isArray(last) ? last : [];
    return live.map((item, index) => shaped(item, old[index], computed));
  }
  return isProperties(live) ? shapedObject(live, isProperties(last) ? last : {}, computed) : live;
}

function shapedObject(live: Properties, last: Properties, computed: ReadonlySet<string>): Properties {
  const kept = Object.entries(live).filter(
    ([name, value]) => !isNothing(value) && (name in last || !(computed.has(name) || isEmptyList(value))),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, shaped(value, last[name], computed)]));
}

function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
