/** Pieces of input schemas that several AWS resources share. Messages complete the sentence "<property> ...". */
import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";

const arnShape = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+$/;

export const arn = z.string().regex(arnShape, "must be an ARN (arn:aws:service:region:account:resource)");

/** An ARN of one service, such as `arnOf("sns")`. */
export function arnOf(service: string) {
  return arn.refine(
    (text) => text.split(":")[2] === service,
    `must be the ARN of ${article(service)} resource`,
  );
}

function article(service: string): string {
  return `${/^[aeio]|^s[nqs]/.test(service) ? "an" : "a"} ${service}`;
}

export function region(missing = "must be a region such as eu-west-1") {
  return z.string(missing).regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as eu-west-1");
}

/** One of a set of names. The message lists them: AWS's enums are case-sensitive. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, `must be one of ${names.join(", ")}`);
}

export function text(minimum: number, maximum: number) {
  const message =
    minimum > 0 ? `must have ${minimum} to ${maximum} characters` : `must have at most ${maximum} characters`;
  return z.string().min(minimum, message).max(maximum, message);
}

export function wholeNumber(minimum: number, maximum: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return z.int(message).min(minimum, message).max(maximum, message);
}

export const json = z.string().superRefine((value, context) => {
  try {
    JSON.parse(value);
  } catch {
    context.addIssue({ code: "custom", message: "must be valid JSON" });
  }
});

export const email = z.email("must be an e-mail address");

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** A map whose keys have rules of their own. */
export function mapOf<Value extends z.ZodType>(key: z.ZodType<string>, value: Value) {
  return z.record(z.string(), value).superRefine((entries, context) => {
    for (const name of Object.keys(entries)) {
      for (const { message } of key.safeParse(name).error?.issues ?? [])
        problem(context, name, `its key ${message}`);
    }
  });
}

const tagKey = text(1, 128)
  .regex(tagText, "may hold letters, digits, spaces and _.:/=+-@")
  .refine((key) => !/^aws:/i.test(key), "must not begin with aws:, which AWS keeps for itself");
const tagValue = text(0, 256).regex(tagText, "may hold letters, digits, spaces and _.:/=+-@");

/** Tags as AWS takes them: `aws:` is reserved, keys up to 128 characters, values up to 256, 50 in all. */
export const tagMap = mapOf(tagKey, tagValue).refine(
  (tags) => Object.keys(tags).length <= 50,
  "must have at most 50 entries",
);

/**
 * The `tags` input of a resource. The official provider merges its `defaultTags` into it during Check, which is what
 * makes a changed default tag an update of everything; so does this one.
 */
export function tags(defaults: Readonly<Record<string, string>>) {
  return tagMap.optional().transform((own) => {
    const all = { ...defaults, ...own };
    return Object.keys(all).length > 0 ? all : undefined;
  });
}

/** `name` and `namePrefix`, which exclude each other. 26 characters are what the provider puts after a prefix. */
export function named(maximum: number, pattern: RegExp, allowed: string) {
  return {
    name: text(1, maximum).regex(pattern, allowed).optional(),
    namePrefix: text(1, maximum - 26)
      .regex(pattern, allowed)
      .optional(),
  };
}

type Context = z.core.$RefinementCtx;

/** Reports a problem of one property. */
export function problem(
  context: Context,
  path: string | readonly (string | number)[],
  message: string,
): void {
  context.addIssue({ code: "custom", path: typeof path === "string" ? [path] : [...path], message });
}

/** Reports when not exactly one of the properties is given. */
export function exactlyOne(context: Context, inputs: Properties, names: readonly string[]): void {
  const given = names.filter((name) => inputs[name] !== undefined);
  if (given.length === 1) return;
  const message =
    given.length === 0
      ? `is missing: exactly one of ${names.join(", ")} must be given`
      : `conflicts with ${given.slice(1).join(", ")}: exactly one of ${names.join(", ")} must be given`;
  problem(context, given[0] ?? names[0] ?? "", message);
}

/** Reports when more than one of the properties is given. */
export function atMostOne(context: Context, inputs: Properties, names: readonly string[]): void {
  if (names.filter((name) => inputs[name] !== undefined).length > 1) exactlyOne(context, inputs, names);
}

/** Properties that the official provider has and this stand-in refuses, because nothing here could honour them. */
export function refused(reason: string) {
  return z.undefined(`is not offered by the local stand-in: ${reason}`).optional();
}
