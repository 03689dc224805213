import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import type { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { Schedule } from "@pulumi/aws/scheduler/schedule.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import * as pulumi from "@pulumi/pulumi";
import {
  costReportFailed,
  costReportMissing,
  type ReportAlarm,
  SILENT_HOURS,
} from "../../catalog/report-alarms.ts";
import type { RegionalTopics } from "../aws/alert-topics.ts";
import { schedulePolicy } from "./daily-cost-report-policy.ts";
import type { Edition } from "./function/calendar.ts";
import { SENT_METRIC, sentDimensions } from "./function/settings.ts";
import { reportPolicy, reportRole } from "./report-role.ts";
import { type ReporterArgs, reporterFunction } from "./reporter.ts";

export interface DailyCostReportArgs extends ReporterArgs {
  /** Zone and hour, 0 to 23, at which reports are due. */
  timeZone: string;
  hour: number;
  /** Topics of the home region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** The days on which each edition is due, in cron's fields: day of month, month, day of week, year. */
const due: Readonly<Record<Edition, string>> = {
  daily: "* * ? *",
  weekly: "? * MON *",
  // The 2nd: wherever people live, the last day of the month is over in UTC, and AWS has worked out its costs.
  monthly: "2 * ? *",
};

/**
 * What language models and AWS cost, by email: yesterday, each Monday the week, and the month once it is over. Lambda tries
 * a report three times within a few minutes; what then failed is kept in a queue, and an alarm tells. Another one
 * tells when no report was sent, for whatever reason.
 */
export class DailyCostReport extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly scheduleNames: Record<Edition, pulumi.Output<string>>;
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: DailyCostReportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DailyCostReport", name, {}, opts);
    const failures = this.failures(name, args);
    const reporter = reporterFunction(this, name, args, failures);
    const role = reportRole(
      this,
      `${name}-schedule`,
      `${args.namePrefix}-cost-report-schedule`,
      "scheduler",
      args,
    );
    const permission = reportPolicy(
      this,
      `${name}-schedule`,
      role,
      schedulePolicy(reporter.arn, failures.arn),
    );
    const schedule = (edition: Edition) =>
      this.schedule(name, edition, { ...args, reporter, role, failures, permission });

    this.functionName = reporter.name;
    this.scheduleNames = {
      daily: schedule("daily"),
      weekly: schedule("weekly"),
      monthly: schedule("monthly"),
    };
    this.alarmNames = this.alarms(name, args, failures);
    this.registerOutputs({
      functionName: this.functionName,
      scheduleNames: this.scheduleNames,
      alarmNames: this.alarmNames,
    });
  }

  /** What could not be reported, for two weeks. */
  private failures(name: string, { namePrefix }: DailyCostReportArgs): Queue {
    return new Queue(
      `${name}-failures`,
      {
        name: `${namePrefix}-cost-report-failures`,
        messageRetentionSeconds: 14 * 86_400,
        sqsManagedSseEnabled: true,
      },
      { parent: this },
    );
  }

  private schedule(
    name: string,
    edition: Edition,
    { namePrefix, hour, timeZone, reporter, role, failures, permission }: DailyCostReportArgs & Target,
  ): pulumi.Output<string> {
    return new Schedule(
      `${name}-${edition}`,
      {
        name: `${namePrefix}-cost-report-${edition}`,
        description: `The ${edition} cost report`,
        scheduleExpression: `cron(0 ${hour} ${due[edition]})`,
        scheduleExpressionTimezone: timeZone,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: reporter.arn,
          roleArn: role.arn,
          // EventBridge puts the time in.
          input: JSON.stringify({ edition, scheduledAt: "<aws.scheduler.scheduled-time>" }),
          // Until Lambda has taken the event. From there on Lambda tries again itself.
          retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 6 * 3600 },
          deadLetterConfig: { arn: failures.arn },
        },
      },
      { parent: this, dependsOn: [permission] },
    ).name;
  }

  /** One that tells when no report was sent, and one when a report failed for good. */
  private alarms(name: string, args: DailyCostReportArgs, failures: Queue): pulumi.Output<string[]> {
    return pulumi.all([
      this.alarm(`${name}-missing-alarm`, "missing", costReportMissing, args, {
        namespace: SENT_METRIC.namespace,
        metricName: SENT_METRIC.name,
        dimensions: sentDimensions(args.settings.environment, "daily"),
        statistic: "Sum",
        period: 3600,
        evaluationPeriods: SILENT_HOURS,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        // Nothing counted is the very case.
        treatMissingData: "breaching",
      }),
      this.alarm(`${name}-failed-alarm`, "failed", costReportFailed, args, {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: failures.name },
        statistic: "Maximum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
      }),
    ]);
  }

  private alarm(
    resourceName: string,
    key: string,
    { name, description }: ReportAlarm,
    { namePrefix, topics, runbookBaseUrl }: DailyCostReportArgs,
    condition: Condition,
  ): pulumi.Output<string> {
    const actions = [topics.warningArn];
    return new MetricAlarm(
      resourceName,
      {
        name: `${namePrefix}-cost-report-${key}`,
        alarmDescription: `${description} Runbook: ${runbookBaseUrl}/${name}.md`,
        ...condition,
        alarmActions: actions,
        okActions: actions,
      },
      { parent: this },
    ).name;
  }
}

/** What a schedule needs to run the function. */
interface Target {
  readonly reporter: LambdaFunction;
  readonly role: Role;
  readonly failures: Queue;
  readonly permission: RolePolicy;
}

/** What an alarm watches. */
interface Condition {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, pulumi.Input<string>>;
  readonly statistic: "Sum" | "Maximum";
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly comparisonOperator: "LessThanThreshold" | "GreaterThanThreshold";
  readonly threshold: number;
  readonly treatMissingData: "breaching" | "notBreaching";
}
