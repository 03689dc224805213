/** Pieces of the input schemas that several resources share. Messages complete the sentence `"<property>": ...`. */
import { z } from "zod";

/** The slug of something that exists. */
export const slug = z.string().regex(/^[^\s/]+$/, "must be a slug: not blank, and without spaces or slashes");

/** A slug to be made. */
export const newSlug = z
  .string()
  .max(50, "must have at most 50 characters")
  .regex(/^(?![0-9]+$)[a-z0-9_-]+$/, "must be lower-case letters, digits, - and _, and not digits alone");

export const name = (longest: number) =>
  z
    .string()
    // Not trimmed: Sentry does that, so a space at an end is a difference for ever.
    .refine((value) => value.trim() !== "", "can't be blank")
    .max(longest, `must have at most ${longest} characters`)
    .optional();

export function wholeNumber(minimum: number, maximum: number, unit: string) {
  const message = `must be a whole number of ${unit} from ${minimum} to ${maximum}`;
  return z.int(message).min(minimum, message).max(maximum, message);
}
