/** The parts that a metric alarm's inputs are made of. */
import { z } from "zod";
import { arn, exactlyOne, mapOf, oneOf, text } from "../../schema.ts";

const byteUnits = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"] as const;
const bitUnits = ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"] as const;

export const units = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...byteUnits,
  ...bitUnits,
  "Percent",
  "Count",
  ...byteUnits.map((unit) => `${unit}/Second` as const),
  ...bitUnits.map((unit) => `${unit}/Second` as const),
  "Count/Second",
  "None",
] as const;

export const statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;
export const bandOperators = [
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
] as const;
export const operators = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
  ...bandOperators,
] as const;

/** `p99`, `tm90`, `IQM`, `TM(10%:90%)`, `PR(100:)`: percentiles, trimmed means and the like. */
export const percentile =
  /^((p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,10})?|100)|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$/;
export const percentileMessage = "must be a statistic such as p99, tm90, IQM or PR(100:)";

export const day = 86_400;

export function period(short: readonly number[]) {
  const message = `must be ${short.join(", ")} or a multiple of 60 seconds`;
  return z
    .int(message)
    .refine((seconds) => short.includes(seconds) || (seconds > 0 && seconds % 60 === 0), message);
}

export const namespace = text(1, 255).regex(/^[^:]/, "must not begin with a colon");
export const dimensions = mapOf(text(1, 255), text(1, 1024))
  .refine((all) => Object.keys(all).length <= 30, "must have at most 30 entries")
  .optional();
export const actions = z.array(arn).max(5, "must have at most 5 actions").optional();

export const metricQuery = z
  .strictObject({
    id: text(1, 255).regex(/^[a-z]\w*$/, "must begin with a lower-case letter, then letters, digits and _"),
    expression: text(1, 2048).optional(),
    metric: z
      .strictObject({
        metricName: text(1, 255),
        namespace: namespace.optional(),
        period: period([1, 5, 10, 20, 30]),
        stat: z
          .string()
          .refine((stat) => (statistics as readonly string[]).includes(stat) || percentile.test(stat), {
            message: `must be one of ${statistics.join(", ")}, or a statistic such as p99`,
          }),
        unit: oneOf(units).optional(),
        dimensions,
      })
      .optional(),
    label: z.string().optional(),
    period: period([1, 5, 10, 20, 30]).optional(),
    returnData: z.boolean().default(false),
    accountId: text(1, 255).optional(),
  })
  .superRefine((query, context) => exactlyOne(context, query, ["expression", "metric"]));
