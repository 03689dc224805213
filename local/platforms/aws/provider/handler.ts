import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { type ConnectedPackage, IMPORT, type ResourceHandler } from "../../../host/resource.ts";

export type AnyHandler = ConnectedPackage["resources"][string];

type Definition<Schema extends z.ZodType<Properties>> = Omit<ResourceHandler<z.output<Schema>>, "inputs"> & {
  readonly inputs: Schema;
};

/** Gives the methods of a handler the type of its schema. */
export function handler<Schema extends z.ZodType<Properties>>(definition: Definition<Schema>): AnyHandler {
  const taken = (asked: string) => {
    const [, whole, region] = ELSEWHERE.exec(asked) ?? [];
    const { inputs = {}, ...rest } = definition.taken?.(whole ?? asked) ?? { id: whole ?? asked };
    return { ...rest, inputs: { ...inputs, ...(region !== undefined && { region }) } };
  };
  // A handler only ever sees inputs that its own schema let through.
  return { ...definition, taken } as unknown as AnyHandler;
}

/** What is in another region than the provider's is imported with that region behind its id. */
const ELSEWHERE = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d)$/;

/** They replace, and yet do not where the program leaves them to AWS. */
const ITS_OWN: ReadonlySet<string> = new Set(["accountId", "dataType"]);

type Comparison = (left: unknown, right: unknown) => boolean;

interface Reading<Inputs> {
  /**
   * Inputs that the platform fills in where none is given (`Optional` and `Computed` in the official provider): they
   * are reported only where the program gives them.
   */
  readonly computed?: readonly (keyof Inputs & string)[];
  /** How to compare where order or spelling has no meaning. */
  readonly same?: { readonly [Name in keyof Inputs]?: Comparison };
}

/**
 * What is really there, in the shape of the inputs. A value that means the same as the last input keeps that
 * input's spelling, an empty one that was never given stays away, so that only a real difference shows.
 */
export function observed<Inputs extends Properties>(
  last: Inputs,
  live: Partial<Inputs>,
  { computed = [], same = {} }: Reading<Inputs> = {},
): Properties {
  const result: Properties = {};
  // At an import, what replaces tells whether it is the same.
  const replacing = (last as { [IMPORT]?: ReadonlySet<string> })[IMPORT];
  for (const [name, value] of Object.entries(live)) {
    const given = last[name];
    const isLeft = isEmpty(value) || (computed.includes(name) && !isTold(name, replacing));
    if (given === undefined && isLeft) continue;
    if (isEmpty(value) && isEmpty(given)) result[name] = given;
    else result[name] = (same[name] ?? isDeepStrictEqual)(given, value) ? given : value;
  }
  return result;
}

/** Of what the platform may have filled in. */
function isTold(name: string, replacing: ReadonlySet<string> | undefined): boolean {
  return replacing !== undefined && !ITS_OWN.has(name) && (name === "name" || replacing.has(name));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Lists whose order has no meaning. */
export function sameMembers(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return false;
  return isDeepStrictEqual(sorted(left), sorted(right));
}

function sorted(list: readonly unknown[]): readonly string[] {
  return list.map((member) => JSON.stringify(inKeyOrder(member))).sort();
}

function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, inKeyOrder(member)]),
  );
}

/** JSON texts that say the same. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== "string" || typeof right !== "string") return false;
  try {
    return isDeepStrictEqual(JSON.parse(left), JSON.parse(right));
  } catch {
    return left === right;
  }
}

/** Decimal texts of the same value: `100` and `100.0`. */
export function sameNumber(left: unknown, right: unknown): boolean {
  return left !== undefined && right !== undefined && Number(left) === Number(right);
}
