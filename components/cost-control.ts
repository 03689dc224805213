import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "../catalog/topics.ts";
import type { RegionalTopics } from "./alert-topics.ts";

/** Shares of the monthly budget at which someone is told. Spend is month to date, so each rings once a month. */
const LEVELS = [
  { percent: 50, severity: "warning" },
  { percent: 80, severity: "warning" },
  { percent: 100, severity: "critical" },
] as const;

export interface CostControlArgs {
  /** Prefix of the alarms' names, such as `agentpay-production`. */
  alarmPrefix: string;
  /** AWS spend a month, USD. */
  monthlyBudgetUsd: number;
  /** Topics of the global region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** Billing alarms. The account must have "Receive Billing Alerts" switched on once, by hand. */
export class CostControl extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: CostControlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:CostControl", name, {}, opts);
    const topicArns = { critical: args.topics.criticalArn, warning: args.topics.warningArn };

    const alarms = LEVELS.map(
      ({ percent, severity }) =>
        new MetricAlarm(
          `${name}-billing-${percent}`,
          {
            name: `${args.alarmPrefix}-billing-${percent}-percent`,
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

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}

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
