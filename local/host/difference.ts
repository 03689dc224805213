/** What changed between two plain property values, by path. */

import type { Path } from "../../toolkit/property-values.ts";
import { isObject } from "../../toolkit/property-values.ts";

export interface Difference {
  readonly path: Path;
  readonly kind: "add" | "delete" | "update";
}

/** Absent, null and undefined count as the same. */
export function differences(before: unknown, after: unknown, path: Path = []): readonly Difference[] {
  const old = before ?? undefined;
  const now = after ?? undefined;
  if (Object.is(old, now)) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (now === undefined) return [{ path, kind: "delete" }];
  const names = commonNames(old, now);
  if (names === undefined) return [{ path, kind: "update" }];
  return names.flatMap((name) =>
    differences(Reflect.get(old, name), Reflect.get(now, name), [...path, name]),
  );
}

/** The members to compare one by one, undefined where the two can only be compared as a whole. */
function commonNames(old: object, now: object): readonly (string | number)[] | undefined {
  if (Array.isArray(old) && Array.isArray(now)) {
    return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => index);
  }
  if (isObject(old) && isObject(now)) return [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return undefined;
}
