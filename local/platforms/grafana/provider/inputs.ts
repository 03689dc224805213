/** Pieces of the input schemas that several resources share. Messages complete the sentence `"<property>": ...`. */
import { z } from "zod";

export const orgId = z.string().regex(/^\d+$/, "must be the id of an organization, such as 1").optional();

const LONGEST_UID = 40;
export const UID = /^[a-zA-Z0-9_-]+$/;

export const newUid = z
  .string()
  .max(LONGEST_UID, `must have at most ${LONGEST_UID} characters`)
  .regex(UID, "must be letters, digits, - and _");

export function oneOf<const Texts extends readonly [string, ...string[]]>(...texts: Texts) {
  return z.enum(texts, `must be one of ${texts.join(", ")}`);
}
