import { describe, expect, test } from "vitest";
import { componentOf, runProgram } from "../support/program.ts";

describe.each([
  { stack: "production", budget: 5000 },
  { stack: "staging", budget: 500 },
] as const)("$stack", ({ stack, budget }) => {
  test("has three billing alarms and nothing else", async () => {
    const cost = componentOf(await runProgram(stack), "CostControl");
    expect(cost.counts).toEqual({ "aws:cloudwatch/metricAlarm:MetricAlarm": 3 });
    expect(cost.outputs).toEqual({
      alarmNames: [50, 80, 100].map((percent) => `agentpay-${stack}-billing-${percent}-percent`),
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
