import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { LogMetricFilter } from "@pulumi/aws/cloudwatch/logMetricFilter.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { QueryDefinition } from "@pulumi/aws/cloudwatch/queryDefinition.js";
import * as pulumi from "@pulumi/pulumi";
import { type AlertThresholds, thresholdOf } from "../../catalog/alerts/index.ts";
import { ERROR_WINDOW_MINUTES, type LogAlarm, logErrorsHigh, logsMissing } from "../../catalog/log-alarms.ts";
import {
  errorLevels,
  type LoggingService,
  type LogQuery,
  logGroupName,
  loggingServices,
} from "../../catalog/logs.ts";
import type { RegionalTopics } from "./alert-topics.ts";

export interface LogAggregationArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** Folder of the saved queries in Logs Insights, such as `AgentPay/production`. */
  queryFolder: string;
  /** Days that log events are kept; one of CloudWatch's periods. */
  retentionDays: number;
  /** KMS key of the log groups, whose policy lets CloudWatch Logs use it. @default CloudWatch's own encryption */
  kmsKeyArn: string | undefined;
  /** Whether AWS refuses to delete the groups. */
  deletionProtection: boolean;
  /** The stack's own thresholds of the alarms. */
  thresholds: AlertThresholds;
  queries: readonly LogQuery[];
  /** Topics of the home region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** Where the filters count lines. */
const NAMESPACE = "AgentPay/Logs";

/**
 * CloudWatch Logs: a group for each service, alarms on lines that say error and on lines that don't come, and the
 * questions that operators ask, saved.
 */
export class LogAggregation extends pulumi.ComponentResource {
  readonly logGroupNames: Record<LoggingService, pulumi.Output<string>>;
  readonly logGroupArns: readonly pulumi.Output<string>[];
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: LogAggregationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:LogAggregation", name, {}, opts);
    const groups = loggingServices.map((service) => ({ service, group: this.group(name, service, args) }));
    const alarms = groups.flatMap(({ service, group }) => [
      this.errorAlarm(name, service, group, args),
      this.silenceAlarm(name, service, group, args),
    ]);
    for (const query of args.queries) this.savedQuery(name, query, groups, args);

    this.logGroupNames = Object.fromEntries(
      groups.map(({ service, group }) => [service, group.name]),
    ) as Record<LoggingService, pulumi.Output<string>>;
    this.logGroupArns = groups.map(({ group }) => group.arn);
    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ logGroupNames: this.logGroupNames, alarmNames: this.alarmNames });
  }

  private group(name: string, service: LoggingService, args: LogAggregationArgs): LogGroup {
    return new LogGroup(
      `${name}-${service}`,
      {
        name: logGroupName(service),
        retentionInDays: args.retentionDays,
        ...(args.kmsKeyArn === undefined ? {} : { kmsKeyId: args.kmsKeyArn }),
        deletionProtectionEnabled: args.deletionProtection,
      },
      { parent: this },
    );
  }

  private errorAlarm(name: string, service: LoggingService, group: LogGroup, args: LogAggregationArgs) {
    const metricName = `${args.namePrefix}-${service}-errors`;
    new LogMetricFilter(
      `${name}-${service}-errors`,
      {
        name: metricName,
        logGroupName: group.name,
        pattern: `{ ${errorLevels.map((level) => `($.level = "${level}")`).join(" || ")} }`,
        // Lines without an error count as 0, so that the alarm knows "no error" from "no line".
        metricTransformation: { name: metricName, namespace: NAMESPACE, value: "1", defaultValue: "0" },
      },
      { parent: this },
    );
    const threshold = thresholdOf(logErrorsHigh, args.thresholds);
    return this.alarm(`${name}-${service}-errors-alarm`, metricName, logErrorsHigh, args, {
      alarmDescription: logErrorsHigh.describe(service, threshold),
      namespace: NAMESPACE,
      metricName,
      statistic: "Sum",
      period: ERROR_WINDOW_MINUTES * 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold,
      treatMissingData: "notBreaching",
    });
  }

  private silenceAlarm(name: string, service: LoggingService, group: LogGroup, args: LogAggregationArgs) {
    const minutes = thresholdOf(logsMissing, args.thresholds);
    const alarmName = `${args.namePrefix}-${service}-logs-missing`;
    return this.alarm(`${name}-${service}-missing-alarm`, alarmName, logsMissing, args, {
      alarmDescription: logsMissing.describe(service, minutes),
      namespace: "AWS/Logs",
      metricName: "IncomingLogEvents",
      dimensions: { LogGroupName: group.name },
      statistic: "Sum",
      period: 60,
      evaluationPeriods: Math.ceil(minutes),
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      // CloudWatch reports nothing for a group that gets nothing: that is the very case.
      treatMissingData: "breaching",
    });
  }

  private alarm(
    resourceName: string,
    alarmName: string,
    { name: runbook, severity }: LogAlarm,
    { topics, runbookBaseUrl }: LogAggregationArgs,
    condition: AlarmCondition,
  ): MetricAlarm {
    const topicArn = severity === "critical" ? topics.criticalArn : topics.warningArn;
    return new MetricAlarm(
      resourceName,
      {
        name: alarmName,
        ...condition,
        alarmDescription: `${condition.alarmDescription} Runbook: ${runbookBaseUrl}/${runbook}.md`,
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
  }

  private savedQuery(
    name: string,
    { key, title, services, lines }: LogQuery,
    groups: readonly { service: LoggingService; group: LogGroup }[],
    { queryFolder }: LogAggregationArgs,
  ): void {
    new QueryDefinition(
      `${name}-query-${key}`,
      {
        name: `${queryFolder}/${title}`,
        logGroupNames: groups
          .filter(({ service }) => services.includes(service))
          .map(({ group }) => group.name),
        queryString: lines.join("\n| "),
      },
      { parent: this },
    );
  }
}

/** What an alarm watches, and the sentence that says so. */
interface AlarmCondition {
  alarmDescription: string;
  namespace: string;
  metricName: string;
  dimensions?: Record<string, pulumi.Input<string>>;
  statistic: "Sum";
  period: number;
  evaluationPeriods: number;
  comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  treatMissingData: "breaching" | "notBreaching";
}
