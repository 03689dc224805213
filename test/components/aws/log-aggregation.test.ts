import { describe, expect, test } from "vitest";
import { logQueries } from "../../../catalog/logs.ts";
import { componentOf, runProgram } from "../../support/program.ts";

const topic = (stack: string) => `arn:aws:sns:eu-central-1:111122223333:agentpay-${stack}-warning`;

describe.each([
  { stack: "production", retentionInDays: 30 },
  { stack: "staging", retentionInDays: 14 },
] as const)("$stack", ({ stack, retentionInDays }) => {
  const prefix = `agentpay-${stack}`;

  test("has a log group for each service, alarms on it, and the saved queries", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.counts).toEqual({
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": 2,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 4,
      "aws:cloudwatch/queryDefinition:QueryDefinition": 4,
    });
    expect(logs.outputs).toEqual({
      logGroupNames: { api: "/agentpay/api", worker: "/agentpay/worker" },
      alarmNames: ["api", "worker"].flatMap((service) => [
        `${prefix}-${service}-errors`,
        `${prefix}-${service}-logs-missing`,
      ]),
    });
  });

  describe.each(["api", "worker"])("%s", (service) => {
    test("keeps its log for the stack's retention, in production against deletion", async () => {
      const logs = componentOf(await runProgram(stack), "LogAggregation");
      expect(logs.inputs(`logs-${service}`)).toEqual({
        name: `/agentpay/${service}`,
        retentionInDays,
        deletionProtectionEnabled: stack === "production",
      });
    });

    test("warns of many lines that say error", async () => {
      const logs = componentOf(await runProgram(stack), "LogAggregation");
      const name = `${prefix}-${service}-errors`;
      expect(logs.inputs(`logs-${service}-errors`)).toEqual({
        name,
        logGroupName: `/agentpay/${service}`,
        pattern: '{ ($.level = "error") || ($.level = "critical") }',
        metricTransformation: { name, namespace: "AgentPay/Logs", value: "1", defaultValue: "0" },
      });
      expect(logs.inputs(`logs-${service}-errors-alarm`)).toEqual({
        name,
        alarmDescription: expect.stringMatching(/more than 25 errors.*\/runbooks\/LogErrorsHigh.md$/),
        namespace: "AgentPay/Logs",
        metricName: name,
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 25,
        treatMissingData: "notBreaching",
        alarmActions: [topic(stack)],
        okActions: [topic(stack)],
      });
    });

    test("warns of silence, which is no data", async () => {
      const logs = componentOf(await runProgram(stack), "LogAggregation");
      expect(logs.inputs(`logs-${service}-missing-alarm`)).toEqual({
        name: `${prefix}-${service}-logs-missing`,
        alarmDescription: expect.stringMatching(/for 15 minutes.*\/runbooks\/LogsMissing.md$/),
        namespace: "AWS/Logs",
        metricName: "IncomingLogEvents",
        dimensions: { LogGroupName: `/agentpay/${service}` },
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 15,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        treatMissingData: "breaching",
        alarmActions: [topic(stack)],
        okActions: [topic(stack)],
      });
    });
  });

  test("saves each query with the groups it asks", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    for (const { key, title, services, lines } of logQueries(2)) {
      expect(logs.inputs(`logs-query-${key}`)).toEqual({
        name: `AgentPay/${stack}/${title}`,
        logGroupNames: services.map((service) => `/agentpay/${service}`),
        queryString: lines.join("\n| "),
      });
    }
  });

  test("is protected in production only", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.children.every(({ protect }) => protect === (stack === "production"))).toBe(true);
  });
});

test("a stack sets its own thresholds, retention and key", async () => {
  const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/0f4b8f3e-6f0a-4b0e-9d57-6a3c1c0d2e11";
  const overrides = {
    "logs.kmsKeyArn": kmsKeyArn,
    "logs.retentionDays": 90,
    "alertThresholds.LogErrorsHigh": 5,
    "alertThresholds.LogsMissing": 30,
    "alertThresholds.SlowAPIResponses": 3,
  };
  const logs = componentOf(await runProgram("production", { overrides }), "LogAggregation");
  expect(logs.inputs("logs-api")).toMatchObject({ kmsKeyId: kmsKeyArn, retentionInDays: 90 });
  expect(logs.inputs("logs-api-errors-alarm")["threshold"]).toBe(5);
  expect(logs.inputs("logs-api-missing-alarm")["evaluationPeriods"]).toBe(30);
  expect(logs.inputs("logs-query-slow-requests")["queryString"]).toContain("duration_ms > 3000");
});
