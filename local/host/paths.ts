/** Property paths, as in `rules[0].name`. */

import type { Path } from "../../toolkit/property-values.ts";

const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/;

/** The path in Pulumi's own notation: `rules[0].name`, `tags["a.b"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = String(step);
    if (!PLAIN_NAME.test(name)) return `${text}["${name.replaceAll('"', '\\"')}"]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: Path, ancestor: Path): boolean {
  return ancestor.every((step, index) => step === path[index]);
}

/** The value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, step) => {
    return typeof current === "object" && current !== null ? Reflect.get(current, step) : undefined;
  }, value);
}
