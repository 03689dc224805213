import { describe, expect, test } from "vitest";
import { componentOf, runProgram } from "../../support/program.ts";

const MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor";
const warnings = (stack: string) => `arn:aws:sns:us-east-1:111122223333:agentpay-${stack}-warning`;

describe.each([
  { stack: "production", budget: 5000, daily: 250, anomaly: 100 },
  { stack: "staging", budget: 500, daily: 50, anomaly: 50 },
] as const)("$stack", ({ stack, budget, daily, anomaly }) => {
  test("has billing alarms, budgets, anomaly detection and nothing else", async () => {
    const cost = componentOf(await runProgram(stack), "CostControl");
    expect(cost.counts).toEqual({
      "aws:cloudwatch/metricAlarm:MetricAlarm": 3,
      "aws:budgets/budget:Budget": 2,
      [MONITOR]: 1,
      "aws:costexplorer/anomalySubscription:AnomalySubscription": 1,
    });
    expect(cost.outputs).toEqual({
      alarmNames: [50, 80, 100].map((percent) => `agentpay-${stack}-billing-${percent}-percent`),
      budgetNames: [`agentpay-${stack}-monthly`, `agentpay-${stack}-daily`],
      anomalySubscriptionArn: "arn:aws:ce::111122223333:anomalysubscription/cost-anomalies",
    });
  });

  test.each([
    [
      "monthly",
      budget,
      [
        ["ACTUAL", 50],
        ["ACTUAL", 80],
        ["ACTUAL", 100],
        ["FORECASTED", 100],
      ],
    ],
    ["daily", daily, [["ACTUAL", 100]]],
  ] as const)("has a %s budget that warns", async (unit, limit, notified) => {
    const cost = componentOf(await runProgram(stack), "CostControl");
    expect(cost.inputs(`cost-${unit}-budget`)).toEqual({
      name: `agentpay-${stack}-${unit}`,
      budgetType: "COST",
      costTypes: { includeCredit: false, includeRefund: false },
      timeUnit: unit.toUpperCase(),
      limitAmount: String(limit),
      limitUnit: "USD",
      notifications: notified.map(([notificationType, threshold]) => ({
        notificationType,
        threshold,
        thresholdType: "PERCENTAGE",
        comparisonOperator: "GREATER_THAN",
        subscriberSnsTopicArns: [warnings(stack)],
      })),
    });
  });

  test("is told at once of a service that costs more than it used to", async () => {
    const cost = componentOf(await runProgram(stack), "CostControl");
    expect(cost.inputs("cost-anomaly-monitor")).toEqual({
      name: `agentpay-${stack}-services`,
      monitorType: "DIMENSIONAL",
      monitorDimension: "SERVICE",
    });
    expect(cost.inputs("cost-anomalies")).toEqual({
      name: `agentpay-${stack}-anomalies`,
      frequency: "IMMEDIATE",
      monitorArnLists: ["arn:aws:ce::111122223333:anomalymonitor/cost-anomaly-monitor"],
      subscribers: [{ type: "SNS", address: warnings(stack) }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: [String(anomaly)],
        },
      },
    });
  });

  test.each([
    [50, "warning"],
    [80, "warning"],
    [100, "critical"],
  ])("tells at %d%% of the budget, as %s", async (percent, severity) => {
    const cost = componentOf(await runProgram(stack), "CostControl");
    expect(cost.inputs(`cost-billing-${percent}`)).toEqual({
      name: `agentpay-${stack}-billing-${percent}-percent`,
      alarmDescription: expect.stringMatching(
        new RegExp(`passed ${percent}% of the budget of ${budget} USD.*/runbooks/AWSBillingBudget.md$`),
      ),
      namespace: "AWS/Billing",
      metricName: "EstimatedCharges",
      dimensions: { Currency: "USD" },
      statistic: "Maximum",
      period: 86_400,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "missing",
      threshold: (budget * percent) / 100,
      alarmActions: [`arn:aws:sns:us-east-1:111122223333:agentpay-${stack}-${severity}`],
      region: "us-east-1",
    });
  });
});

test("a monitor that the account has already is used, and none is made", async () => {
  const existing = "arn:aws:ce::111122223333:anomalymonitor/default-services";
  const overrides = { "cost.anomalyMonitorArn": existing };
  const cost = componentOf(await runProgram("production", { overrides }), "CostControl");
  expect(cost.counts[MONITOR]).toBeUndefined();
  expect(cost.inputs("cost-anomalies")["monitorArnLists"]).toEqual([existing]);
});

test("budgets and anomaly detection are made once they may publish", async () => {
  const run = await runProgram("production");
  const policy = componentOf(run, "AlertTopics").child("alert-topics-warning-policy").urn;
  const cost = componentOf(run, "CostControl");
  for (const name of ["cost-monthly-budget", "cost-daily-budget", "cost-anomalies"]) {
    expect(cost.child(name).dependencies).toContain(policy);
  }
});
