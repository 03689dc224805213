/** Pieces of the input schemas that several resources share. Messages complete the sentence `"<property>": ...`. */
import { z } from "zod";

const DAY = 24 * 3600;
/** Seconds. */
export const WEEK = 7 * DAY;

const text = z.string().refine((value) => value.trim() !== "", "can't be blank");
/** Not trimmed: PagerDuty does that, so a space at an end is a difference for ever. */
export const name = text.optional();
/** A service's name, which the plugin looks at before PagerDuty does. */
export const printableName = text
  .refine((value) => value === value.trimEnd(), "must not end with a space")
  .refine((value) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(value), "must not have signs that can't be printed")
  .optional();
/** An escalation policy's. */
export const plainName = printableName.refine(
  (value) => !/[\\/&<>]/.test(value ?? ""),
  "must not have any of \\ / & < >",
);
/** What PagerDuty numbers by itself, and the plugin takes from nobody. */
export const assigned = z.undefined("is PagerDuty's to choose").optional();
export const description = z.string().max(1024).default("Managed by Pulumi");
/** The id of another object. */
export const id = z.string().min(1, "can't be blank");

/** One of a set of texts. The SDK's comments show them in camel case; the API only takes them as they are here. */
export function oneOf<const Texts extends readonly [string, ...string[]]>(...texts: Texts) {
  return z.enum(texts, `must be one of ${texts.join(", ")}`);
}

export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const message = `must be a whole number ${range}`;
  return z.int(message).min(minimum, message).max(maximum, message);
}

/** Seconds as a text, as the official provider wants them; `"null"` switches the timeout off. */
export const secondsText = z
  .string('must be a text: seconds such as "1800", or "null" for never')
  .regex(/^(\d+|null)$/, 'must be seconds such as "1800", or "null" for never');

export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "must be a time of day such as 00:00:00");

/** RFC 3339. */
export const instant = z
  .string()
  .refine(
    (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
      !Number.isNaN(Date.parse(text)),
    "must be a time such as 2024-01-01T00:00:00Z",
  );

export const timeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}, "must be a time zone such as Europe/Berlin or Etc/UTC");

const restriction = z
  .strictObject({
    type: oneOf("daily_restriction", "weekly_restriction"),
    startTimeOfDay: timeOfDay,
    startDayOfWeek: wholeNumber(1, 7).optional(),
    durationSeconds: wholeNumber(1, WEEK - 1),
  })
  .superRefine(({ type, startDayOfWeek, durationSeconds }, context) => {
    const refuse = (property: string, message: string) =>
      context.addIssue({ code: "custom", path: [property], message });
    if (type === "weekly_restriction" && startDayOfWeek === undefined) {
      refuse("startDayOfWeek", "is required for a weekly_restriction (1 is Monday)");
    }
    if (type === "daily_restriction" && startDayOfWeek !== undefined) {
      refuse("startDayOfWeek", "must only be set for a weekly_restriction");
    }
    if (type === "daily_restriction" && durationSeconds >= DAY) {
      refuse("durationSeconds", "of a daily_restriction must be shorter than a day");
    }
  });

export const layer = z.strictObject({
  id: assigned,
  name: z.string().optional(),
  start: instant,
  end: instant.optional(),
  rotationVirtualStart: instant,
  rotationTurnLengthSeconds: wholeNumber(3600, 365 * DAY),
  users: z.array(id).min(1, "must name at least one user"),
  restrictions: z.array(restriction).optional(),
});

export type Layer = z.output<typeof layer>;
