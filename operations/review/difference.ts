/** What differs between two values, by path, and how it is shown. */
import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../toolkit/json.ts";
import { isObject, UNKNOWN } from "../../toolkit/property-values.ts";

export interface Difference {
  /** Such as `spec.rules[0].name`; "" for the whole. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Texts that are JSON are compared by what they say. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [left, right] = [parsed(before), parsed(after)];
  if (isObject(left) && isObject(right)) {
    return keysOf(left, right).flatMap((key) =>
      differences(left[key], right[key], path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(left) && Array.isArray(right) && [...left, ...right].every(isObject)) {
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
      differences(left[index], right[index], `${path}[${index}]`),
    ).flat();
  }
  return [{ path, before, after }];
}

/** The keys of both, each once, in order. */
export function keysOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

/** Characters of a value that are shown. */
const LONGEST = 80;
/** Characters before and after what differs in a long text. */
const CONTEXT = 20;

/** `5m` to `10m`, in Markdown; of long texts, where they differ. */
export function change({ before, after }: Pick<Difference, "before" | "after">): string {
  const [left, right] = [text(before), text(after)];
  if (Math.max(left.length, right.length) <= LONGEST) return `${quoted(left)} to ${quoted(right)}`;
  const start = commonLength(left, right);
  const end = commonLength(reversed(left.slice(start)), reversed(right.slice(start)));
  const part = (whole: string) => {
    const from = Math.max(0, start - CONTEXT);
    const to = Math.min(whole.length, whole.length - end + CONTEXT);
    return quoted(`${from > 0 ? "…" : ""}${whole.slice(from, to)}${to < whole.length ? "…" : ""}`);
  };
  return `${part(left)} to ${part(right)}`;
}

function text(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (value === UNKNOWN) return "(known after the deployment)";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quoted(value: string): string {
  const line = value.replaceAll(/\s+/g, " ").replaceAll("`", "'").replaceAll(UNKNOWN, "(unknown)");
  const cut = line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
  return `\`${cut}\``;
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < Math.min(left.length, right.length) && left[length] === right[length]) length++;
  return length;
}

const reversed = (value: string) => [...value].reverse().join("");
