import { Budget } from "@pulumi/aws/budgets/budget.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { AnomalyMonitor } from "@pulumi/aws/costexplorer/anomalyMonitor.js";
import { AnomalySubscription } from "@pulumi/aws/costexplorer/anomalySubscription.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import type { RegionalTopics } from "./alert-topics.ts";

/** Shares of the monthly budget at which someone is told. Spend is month to date, so each rings once a month. */
const LEVELS = [
  { percent: 50, severity: "warning" },
  { percent: 80, severity: "warning" },
  { percent: 100, severity: "critical" },
] as const;

export interface CostControlArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** AWS spend a month, USD. */
  monthlyBudgetUsd: number;
  /** AWS spend a day, USD. */
  dailyBudgetUsd: number;
  /** What an anomaly must cost in all before someone is told, USD. */
  anomalyImpactUsd: number;
  /** Monitor of the account's services that is there already (AWS allows one). @default one is made */
  anomalyMonitorArn?: string | undefined;
  /** Topics of the global region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/**
 * What AWS costs, three ways. Billing alarms page: they are the only ones with a runbook in their text. Budgets see
 * sooner than a month's end where it leads, and a day that costs too much; anomaly detection sees a service that costs
 * more than it used to, whatever the budget. Both only warn: the same money pages once.
 *
 * The account must have "Receive Billing Alerts" switched on once, by hand.
 */
export class CostControl extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;
  readonly budgetNames: pulumi.Output<string[]>;
  readonly anomalySubscriptionArn: pulumi.Output<string>;

  constructor(name: string, args: CostControlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:CostControl", name, {}, opts);
    this.alarmNames = this.billingAlarms(name, args);
    this.budgetNames = pulumi.all([
      this.budget(`${name}-monthly`, "MONTHLY", args.monthlyBudgetUsd, args),
      this.budget(`${name}-daily`, "DAILY", args.dailyBudgetUsd, args),
    ]);
    this.anomalySubscriptionArn = this.anomalies(name, args);
    this.registerOutputs({
      alarmNames: this.alarmNames,
      budgetNames: this.budgetNames,
      anomalySubscriptionArn: this.anomalySubscriptionArn,
    });
  }

  private billingAlarms(name: string, args: CostControlArgs): pulumi.Output<string[]> {
    const topicArns = { critical: args.topics.criticalArn, warning: args.topics.warningArn };
    const alarms = LEVELS.map(
      ({ percent, severity }) =>
        new MetricAlarm(
          `${name}-billing-${percent}`,
          {
            name: `${args.namePrefix}-billing-${percent}-percent`,
            alarmDescription:
              `AWS charges this month passed ${percent}% of the budget of ${args.monthlyBudgetUsd} USD. ` +
              `Runbook: ${args.runbookBaseUrl}/AWSBillingBudget.md`,
            ...estimatedCharges,
            threshold: (args.monthlyBudgetUsd * percent) / 100,
            alarmActions: [topicArns[severity]],
            region: GLOBAL_REGION,
          },
          { parent: this },
        ),
    );
    return pulumi.all(alarms.map((alarm) => alarm.name));
  }

  private budget(
    name: string,
    timeUnit: keyof typeof notified,
    limitUsd: number,
    { namePrefix, topics }: CostControlArgs,
  ): pulumi.Output<string> {
    return new Budget(
      `${name}-budget`,
      {
        name: `${namePrefix}-${timeUnit.toLowerCase()}`,
        budgetType: "COST",
        timeUnit,
        limitAmount: String(limitUsd),
        limitUnit: "USD",
        // What is used: an account that lives on credits would never reach its budget.
        costTypes: { includeCredit: false, includeRefund: false },
        notifications: notified[timeUnit].map(([notificationType, threshold]) => ({
          notificationType,
          threshold,
          thresholdType: "PERCENTAGE",
          comparisonOperator: "GREATER_THAN",
          subscriberSnsTopicArns: [topics.warningArn],
        })),
      },
      { parent: this },
    ).name;
  }

  private anomalies(name: string, args: CostControlArgs): pulumi.Output<string> {
    const monitorArn =
      args.anomalyMonitorArn ??
      new AnomalyMonitor(
        `${name}-anomaly-monitor`,
        {
          name: `${args.namePrefix}-services`,
          monitorType: "DIMENSIONAL",
          monitorDimension: "SERVICE",
        },
        { parent: this },
      ).arn;
    return new AnomalySubscription(
      `${name}-anomalies`,
      {
        name: `${args.namePrefix}-anomalies`,
        // The only frequency that reaches an SNS topic; daily and weekly ones are emails of AWS's own.
        frequency: "IMMEDIATE",
        monitorArnLists: [monitorArn],
        subscribers: [{ type: "SNS", address: args.topics.warningArn }],
        thresholdExpression: {
          dimension: {
            key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            matchOptions: ["GREATER_THAN_OR_EQUAL"],
            values: [String(args.anomalyImpactUsd)],
          },
        },
      },
      { parent: this },
    ).arn;
  }
}

/** When a budget tells, % of its limit. AWS forecasts no single days. */
const notified = {
  MONTHLY: [...LEVELS.map(({ percent }) => ["ACTUAL", percent] as const), ["FORECASTED", 100] as const],
  DAILY: [["ACTUAL", 100] as const],
} as const;

/** Charges of the month so far. AWS publishes them every six hours or so, hence the day; gaps mean nothing. */
const estimatedCharges = {
  namespace: "AWS/Billing",
  metricName: "EstimatedCharges",
  dimensions: { Currency: "USD" },
  statistic: "Maximum",
  period: 86_400,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "missing",
} as const;
