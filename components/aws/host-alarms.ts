import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import * as pulumi from "@pulumi/pulumi";
import { type AlertThresholds, thresholdOf } from "../../catalog/alerts/index.ts";
import { HOST_NAMESPACE, type HostAlarm } from "../../catalog/host-alarms.ts";
import { kebabCase } from "../shared/names.ts";
import type { RegionalTopics } from "./alert-topics.ts";

export interface HostAlarmsArgs {
  /** Prefix of the alarms' names, such as `agentpay-production`. */
  alarmPrefix: string;
  alarms: readonly HostAlarm[];
  /** The stack's own thresholds of the alarms. */
  thresholds: AlertThresholds;
  /** Topics of the home region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** Alarms on AgentPay's hosts. Warnings: where a full or dead host hurts users, the services' alerts page. */
export class HostAlarms extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: HostAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:HostAlarms", name, {}, opts);
    const actions = [args.topics.warningArn];
    const alarms = args.alarms.map((alarm) => {
      const threshold = thresholdOf(alarm, args.thresholds);
      const key = kebabCase(alarm.name);
      return new MetricAlarm(
        `${name}-${key}`,
        {
          name: `${args.alarmPrefix}-${key}`,
          alarmDescription: `${alarm.describe(threshold)} Runbook: ${args.runbookBaseUrl}/${alarm.name}.md`,
          namespace: HOST_NAMESPACE,
          metricName: alarm.metricName,
          statistic: alarm.statistic,
          period: 60,
          evaluationPeriods: alarm.minutes,
          comparisonOperator: alarm.comparisonOperator,
          threshold,
          treatMissingData: alarm.treatMissingData,
          alarmActions: actions,
          okActions: actions,
        },
        { parent: this },
      );
    });

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
