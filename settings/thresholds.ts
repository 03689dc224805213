/** `alertThresholds`: a stack's own numbers, by alert. */
import { z } from "zod";
import { type AlertThresholds, alertThresholdNames, settableThresholds } from "../catalog/alerts/index.ts";

/** What lies outside is a slip: nothing is counted so finely, and nothing grows so large. */
const SMALLEST = 0.000_001;
const LARGEST = 1_000_000_000;
const NUMBER = `a number above 0, from ${SMALLEST.toFixed(6)} to ${LARGEST}`;

/** The CLI stores a fraction as a text. */
const number = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,10}(\.\d{1,9})?$/)
        .transform(Number),
    ],
    NUMBER,
  )
  .refine((value) => value >= SMALLEST && value <= LARGEST, NUMBER);

const ALERT = `an alert that has a threshold: ${alertThresholdNames.join(", ")}`;

/** A record leaves this one out unsaid, since no object can have it by assignment. */
const noPrototype = z
  .unknown()
  .optional()
  .superRefine((values, context) => {
    if (typeof values === "object" && values !== null && Object.hasOwn(values, "__proto__")) {
      const issue: z.core.$ZodIssue = { code: "custom", path: [], message: ALERT };
      context.addIssue({ code: "invalid_key", origin: "record", path: ["__proto__"], issues: [issue] });
    }
  });

const byAlert = z
  .record(
    z.string().refine((name) => Object.hasOwn(settableThresholds, name), { error: ALERT }),
    // Looked at below, with the alert's name: a rule of the whole map is not asked where one value is wrong.
    z.unknown(),
    "a map of alert name to number",
  )
  .superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const { data, error } = number.safeParse(value);
      const message = error ? NUMBER : limitProblem(name, data);
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .default({})
  .transform(
    (values): AlertThresholds =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)])),
  );

export const thresholds = noPrototype.pipe(byAlert);

/** 5 for 5% would silence an alert for good. */
function limitProblem(name: string, value: number): string | undefined {
  const { unit = "", wholeUpTo } = settableThresholds[name] ?? {};
  if (unit.startsWith("share") && value >= 1) return "a share below 1, such as 0.05 for 5%";
  if (unit.startsWith("percent") && value >= 100) return "a percentage below 100, such as 85";
  if (wholeUpTo !== undefined && (!Number.isInteger(value) || value > wholeUpTo)) {
    return `a whole number from 1 to ${wholeUpTo}`;
  }
  return undefined;
}
