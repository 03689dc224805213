/** What values of any kind are made of: texts of one line, numbers in their bounds, lists without doubles. */
import { z } from "zod";

/** A text of one form. What a refusal says is what was expected, never what was given: that may be a secret. */
export function text(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, { error: expected, abort: true });
}

/** A text about which there is more to say than a pattern can: `problemOf` says what is wrong with it. */
export function checkedText(expected: string, problemOf: (value: string) => string | undefined) {
  return z.string(expected).superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== undefined) {
      context.addIssue({ code: "custom", message: problem === "" ? expected : `${expected}: ${problem}` });
    }
  });
}

/** An empty value means "not set". */
export function optional<Rule extends z.ZodType>(rule: Rule) {
  return z.preprocess((value) => (value === "" ? undefined : value), rule.optional());
}

export function integer(minimum: number, maximum: number) {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
}

/** Pulumi's configuration types know no fractions: they are written as text. */
export function fraction(minimum: number, maximum: number) {
  const expected = `a number from ${minimum} to ${maximum}`;
  return text(/^\d{1,9}(\.\d{1,9})?$/, expected)
    .refine((value) => Number(value) >= minimum && Number(value) <= maximum, expected)
    .transform(Number);
}

/**
 * Line breaks, controls, marks of direction and of no width, and halves of signs: YAML takes no half, and nobody sees the
 * others. What joins emoji is let be.
 */
export function hasUnseen(value: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200D)\p{Cf}/u.test(value);
}

/** A name that another system has given: one line, without what a template would take for its own. */
export function name(most: number, pattern = /^\S(.*\S)?$/) {
  return checkedText("a text", (value) => {
    if (value.length > most) return `it is longer than ${most} characters`;
    if (hasUnseen(value)) return "it has a line break or another sign that can't be seen";
    if (/\{\{|\}\}|\$\{/.test(value)) return "it has marks of a template";
    if (value !== value.trim()) return "it begins or ends with a space";
    return pattern.test(value) ? undefined : "";
  });
}

/** A name of lower-case letters, digits and dashes. */
export function slug(most: number) {
  const expected = "a slug of lower-case letters, digits and dashes";
  return text(/^[a-z0-9][a-z0-9-]*$/, expected).max(most, `${expected}, at most ${most} of them`);
}

/** A list in which nothing is twice: two resources can't have one name, and nobody wants a message twice. */
export function list<Item extends z.ZodType<unknown>>(
  item: Item,
  expected: string,
  most = 100,
  identity = (each: string) => each.toLowerCase(),
) {
  return z
    .array(item, expected)
    .max(most, `at most ${most} of them`)
    .superRefine((items, context) => {
      const seen = new Map<string, number>();
      for (const [index, each] of items.entries()) {
        const same = identity(String(each));
        const first = seen.get(same);
        seen.set(same, first ?? index);
        if (first === undefined) continue;
        context.addIssue({
          code: "custom",
          path: [index],
          message: `another one than [${first}]: nothing may be in the list twice`,
        });
      }
    });
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]], expected?: string) {
  return z.enum(words, expected ?? `one of ${words.join(", ")}`);
}

export const trueOrFalse = z.boolean("true or false");
