/** One alarm of the catalogue, as CloudWatch keeps it. */
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type * as pulumi from "@pulumi/pulumi";
import { type AlertThresholds, thresholdOf } from "../../catalog/alerts/index.ts";
import type { CloudWatchAlarm } from "../../catalog/cloudwatch-alarm.ts";
import { kebabCase } from "../shared/names.ts";
import type { RegionalTopics } from "./alert-topics.ts";

/** What all alarms of a stack share. */
export interface AlarmsArgs {
  /** Prefix of the alarms' names, such as `agentpay-production`. */
  alarmPrefix: string;
  /** The stack's own thresholds of the alarms. */
  thresholds: AlertThresholds;
  /** Topics of the region whose metrics are read. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** The metric that an alarm is on. */
export interface AlarmSubject {
  readonly namespace: string;
  /** @default none: the metric without dimensions */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Its name, for people and for the names of its alarms, such as an instance's. @default none: there is one */
  readonly name?: string;
}

export function metricAlarm(
  parent: pulumi.ComponentResource,
  name: string,
  alarm: CloudWatchAlarm,
  { namespace, dimensions, name: subject }: AlarmSubject,
  { alarmPrefix, thresholds, topics, runbookBaseUrl }: AlarmsArgs,
): MetricAlarm {
  const threshold = thresholdOf(alarm, thresholds);
  const key = [kebabCase(alarm.name), ...(subject === undefined ? [] : [subject])].join("-");
  const actions = [alarm.severity === "critical" ? topics.criticalArn : topics.warningArn];
  return new MetricAlarm(
    `${name}-${key}`,
    {
      name: `${alarmPrefix}-${key}`,
      alarmDescription: `${alarm.describe(threshold, subject ?? "")} Runbook: ${runbookBaseUrl}/${alarm.name}.md`,
      namespace,
      metricName: alarm.metricName,
      ...(dimensions && { dimensions }),
      statistic: alarm.statistic,
      period: 60,
      evaluationPeriods: alarm.minutes,
      comparisonOperator: alarm.comparisonOperator,
      threshold: threshold * (alarm.perUnit ?? 1),
      treatMissingData: alarm.treatMissingData,
      alarmActions: actions,
      okActions: actions,
    },
    { parent },
  );
}
