/** A metric alarm's inputs, with everything that AWS refuses. */
import { z } from "zod";
import type { Connection } from "../../connection.ts";
import { oneOf, refused, region, tags, text, wholeNumber } from "../../schema.ts";
import {
  actions,
  day,
  dimensions,
  metricQuery,
  namespace,
  operators,
  percentile,
  percentileMessage,
  period,
  statistics,
  units,
} from "./fields.ts";
import { rules } from "./rules.ts";

const noPromql = refused("the emulator has no PromQL alarms and no warm-up");

export function schema(connection: Connection) {
  return z
    .strictObject({
      name: text(1, 255).optional(),
      alarmDescription: text(0, 1024).optional(),
      comparisonOperator: oneOf(operators),
      evaluationPeriods: wholeNumber(1, day),
      datapointsToAlarm: wholeNumber(1, day).optional(),
      threshold: z.number("must be a number").optional(),
      thresholdMetricId: text(1, 255).optional(),
      metricName: text(1, 255).optional(),
      namespace: namespace.optional(),
      dimensions,
      period: period([10, 20, 30]).optional(),
      statistic: oneOf(statistics).optional(),
      extendedStatistic: z.string().regex(percentile, percentileMessage).optional(),
      unit: oneOf(units).optional(),
      metricQueries: z.array(metricQuery).max(20, "must have at most 20 queries").optional(),
      treatMissingData: oneOf(["missing", "ignore", "breaching", "notBreaching"]).default("missing"),
      evaluateLowSampleCountPercentiles: oneOf(["evaluate", "ignore"]).optional(),
      actionsEnabled: z.boolean().default(true),
      alarmActions: actions,
      okActions: actions,
      insufficientDataActions: actions,
      region: region().optional(),
      tags: tags(connection.defaultTags),
      evaluationCriteria: noPromql,
      evaluationInterval: noPromql,
      warmUpConfiguration: noPromql,
    })
    .superRefine((inputs, context) => {
      for (const rule of rules) rule(inputs, context, inputs.region ?? connection.region);
    });
}

export type Inputs = z.output<ReturnType<typeof schema>>;
