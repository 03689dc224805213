import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

/** The given name, else one such as Pulumi's providers make: the resource's own and seven characters. */
export function nameOr(given: string | undefined, resourceName: string): string {
  return given ?? `${resourceName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** `escalationDelayInMinutes` becomes `escalation_delay_in_minutes`, at any depth. */
export function snakeCaseKeys(value: unknown): unknown {
  return mapKeys(value, (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** The other way round. */
export function camelCaseKeys(value: unknown): unknown {
  return mapKeys(value, (key) => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function mapKeys(value: unknown, change: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapKeys(item, change)]));
}

/** A text that holds a JSON object. Rules that are added to it only see texts that do. */
export const jsonObject = z.string().superRefine((text, context) => {
  const problem = jsonProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem, continue: false });
});

function jsonProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? undefined : "must be a JSON object";
  } catch (error) {
    // The parser's message quotes the text, which may be secret; its position says enough.
    const position = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined;
    return ["is not JSON", position].filter(Boolean).join(" ");
  }
}

/** The old text where both hold the same JSON: the order of keys and white space mean nothing. */
export function sameJsonAs(last: string | undefined, live: string): string {
  return last !== undefined && isDeepStrictEqual(JSON.parse(last), JSON.parse(live)) ? last : live;
}
