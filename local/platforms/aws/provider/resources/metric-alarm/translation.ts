/** A metric alarm's inputs as CloudWatch takes them, and an alarm that it has as inputs. */
import type { MetricAlarm, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { z } from "zod";
import { tagList } from "../../tags.ts";
import type { metricQuery } from "./fields.ts";
import type { Inputs } from "./inputs.ts";

function dimensionList(record: Readonly<Record<string, string>> | undefined) {
  return Object.entries(record ?? {}).map(([Name, Value]) => ({ Name, Value }));
}

function dimensionRecord(list: MetricAlarm["Dimensions"]): Record<string, string> | undefined {
  if (list === undefined || list.length === 0) return undefined;
  return Object.fromEntries(list.map(({ Name = "", Value = "" }) => [Name, Value]));
}

export function request(AlarmName: string, inputs: Inputs) {
  return {
    AlarmName,
    AlarmDescription: inputs.alarmDescription,
    ComparisonOperator: inputs.comparisonOperator,
    EvaluationPeriods: inputs.evaluationPeriods,
    DatapointsToAlarm: inputs.datapointsToAlarm,
    Threshold: inputs.threshold,
    ThresholdMetricId: inputs.thresholdMetricId,
    MetricName: inputs.metricName,
    Namespace: inputs.namespace,
    Dimensions: dimensionList(inputs.dimensions),
    Period: inputs.period,
    Statistic: inputs.statistic,
    ExtendedStatistic: inputs.extendedStatistic,
    Unit: inputs.unit,
    Metrics: inputs.metricQueries?.map(queryRequest),
    TreatMissingData: inputs.treatMissingData,
    EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
    ActionsEnabled: inputs.actionsEnabled,
    AlarmActions: inputs.alarmActions ?? [],
    OKActions: inputs.okActions ?? [],
    InsufficientDataActions: inputs.insufficientDataActions ?? [],
    Tags: tagList(inputs.tags),
  };
}

function queryRequest(query: z.output<typeof metricQuery>): MetricDataQuery {
  const { metric } = query;
  return {
    Id: query.id,
    Expression: query.expression,
    Label: query.label,
    Period: query.period,
    ReturnData: query.returnData,
    AccountId: query.accountId,
    MetricStat: metric && {
      Metric: {
        MetricName: metric.metricName,
        Namespace: metric.namespace,
        Dimensions: dimensionList(metric.dimensions),
      },
      Period: metric.period,
      Stat: metric.stat,
      Unit: metric.unit,
    },
  };
}

/** The alarm as inputs. */
export function response(alarm: MetricAlarm): Partial<Inputs> {
  return {
    alarmDescription: alarm.AlarmDescription,
    comparisonOperator: alarm.ComparisonOperator as Inputs["comparisonOperator"],
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm,
    threshold: alarm.Threshold,
    thresholdMetricId: alarm.ThresholdMetricId,
    metricName: alarm.MetricName,
    namespace: alarm.Namespace,
    dimensions: dimensionRecord(alarm.Dimensions),
    period: alarm.Period,
    statistic: alarm.Statistic as Inputs["statistic"],
    extendedStatistic: alarm.ExtendedStatistic,
    unit: alarm.Unit as Inputs["unit"],
    metricQueries: alarm.Metrics?.map(queryResponse) as Inputs["metricQueries"],
    treatMissingData: (alarm.TreatMissingData ?? "missing") as Inputs["treatMissingData"],
    evaluateLowSampleCountPercentiles: alarm.EvaluateLowSampleCountPercentile as "evaluate" | undefined,
    actionsEnabled: alarm.ActionsEnabled,
    alarmActions: alarm.AlarmActions,
    okActions: alarm.OKActions,
    insufficientDataActions: alarm.InsufficientDataActions,
  };
}

function queryResponse(query: MetricDataQuery) {
  const stat = query.MetricStat;
  return compact({
    id: query.Id,
    expression: query.Expression,
    label: query.Label,
    period: query.Period,
    returnData: query.ReturnData ?? false,
    accountId: query.AccountId,
    metric:
      stat &&
      compact({
        metricName: stat.Metric?.MetricName,
        namespace: stat.Metric?.Namespace,
        dimensions: dimensionRecord(stat.Metric?.Dimensions),
        period: stat.Period,
        stat: stat.Stat,
        unit: stat.Unit,
      }),
  });
}

function compact(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
