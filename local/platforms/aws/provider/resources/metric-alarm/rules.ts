/** What AWS checks across a metric alarm's inputs. */
import type { z } from "zod";
import { exactlyOne, problem } from "../../schema.ts";
import { bandOperators, day, type metricQuery, type operators } from "./fields.ts";

/** Namespaces whose metrics exist in one region only. */
const onlyInUsEast1 = ["AWS/Billing", "AWS/Route53"];

interface AlarmInputs {
  readonly [name: string]: unknown;
  readonly comparisonOperator: (typeof operators)[number];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number | undefined;
  readonly threshold?: number | undefined;
  readonly thresholdMetricId?: string | undefined;
  readonly metricName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly period?: number | undefined;
  readonly statistic?: string | undefined;
  readonly extendedStatistic?: string | undefined;
  readonly metricQueries?: readonly z.output<typeof metricQuery>[] | undefined;
}

type Rule = (inputs: AlarmInputs, context: z.core.$RefinementCtx, region: string) => void;

/** One each. */
export const rules: readonly Rule[] = [
  function oneSource(inputs, context) {
    exactlyOne(context, inputs, ["metricName", "metricQueries"]);
  },
  function completeMetric(inputs, context) {
    if (inputs.metricName === undefined) return;
    for (const name of ["namespace", "period"]) {
      if (inputs[name] === undefined) problem(context, name, "is required with metricName");
    }
    exactlyOne(context, inputs, ["statistic", "extendedStatistic"]);
  },
  function nothingBesideQueries(inputs, context) {
    if (inputs.metricQueries === undefined) return;
    for (const name of ["namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit"]) {
      if (inputs[name] !== undefined)
        problem(context, name, "conflicts with metricQueries: put it into a query");
    }
  },
  function queriesFit(inputs, context) {
    const queries = inputs.metricQueries ?? [];
    const ids = queries.map((query) => query.id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index) problem(context, ["metricQueries", index, "id"], `repeats the id ${id}`);
    });
    const returned = queries.filter((query) => query.returnData).length;
    const expected = inputs.thresholdMetricId === undefined ? 1 : 2;
    if (inputs.metricQueries !== undefined && returned !== expected) {
      problem(
        context,
        "metricQueries",
        `must have returnData: true on exactly ${expected} of the queries, not ${returned}`,
      );
    }
    if (inputs.thresholdMetricId !== undefined && !ids.includes(inputs.thresholdMetricId)) {
      problem(context, "thresholdMetricId", "must be the id of one of metricQueries");
    }
  },
  function oneThreshold(inputs, context) {
    exactlyOne(context, inputs, ["threshold", "thresholdMetricId"]);
    const band = (bandOperators as readonly string[]).includes(inputs.comparisonOperator);
    if (band && inputs.thresholdMetricId === undefined) {
      problem(
        context,
        "comparisonOperator",
        "compares with an anomaly band: give thresholdMetricId, or another operator",
      );
    }
    if (!band && inputs.thresholdMetricId !== undefined) {
      problem(
        context,
        "comparisonOperator",
        `must be one of ${bandOperators.join(", ")} with thresholdMetricId`,
      );
    }
  },
  function window(inputs, context) {
    if ((inputs.datapointsToAlarm ?? 0) > inputs.evaluationPeriods) {
      problem(context, "datapointsToAlarm", "must not be greater than evaluationPeriods");
    }
    const seconds = inputs.period ?? Math.max(0, ...(inputs.metricQueries ?? []).map(queryPeriod));
    const limit = seconds >= 3600 ? 7 * day : day;
    if (seconds * inputs.evaluationPeriods > limit) {
      problem(context, "evaluationPeriods", `times the period must not exceed ${limit} seconds`);
    }
  },
  function metricsThere(inputs, context, place) {
    const namespaces = [
      inputs.namespace,
      ...(inputs.metricQueries ?? []).map((query) => query.metric?.namespace),
    ];
    for (const name of onlyInUsEast1.filter((only) => namespaces.includes(only) && place !== "us-east-1")) {
      problem(
        context,
        "region",
        `must be us-east-1: ${name} has no metrics in ${place}, so the alarm could never ring`,
      );
    }
  },
  function actionsHere(inputs, context, place) {
    for (const name of ["alarmActions", "okActions", "insufficientDataActions"]) {
      const given = (inputs[name] ?? []) as readonly string[];
      given.forEach((action, index) => {
        const [, , service, actionRegion] = action.split(":");
        if (service === "sns" && actionRegion !== place) {
          problem(
            context,
            [name, index],
            `must be a topic in the alarm's own region ${place}, not in ${actionRegion}`,
          );
        }
      });
    }
  },
  function lowSamples(inputs, context) {
    if (inputs["evaluateLowSampleCountPercentiles"] !== undefined && inputs.statistic !== undefined) {
      problem(
        context,
        "evaluateLowSampleCountPercentiles",
        "is for percentiles (extendedStatistic), not for statistic",
      );
    }
  },
];

function queryPeriod(query: z.output<typeof metricQuery>): number {
  return query.metric?.period ?? query.period ?? 0;
}
