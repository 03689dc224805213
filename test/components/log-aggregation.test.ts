import { describe, expect, test } from "vitest";
import { cloudWatchAgentConfiguration } from "../../render/cloudwatch-agent.ts";
import { componentOf, runProgram } from "../support/program.ts";

describe.each([
  { stack: "production", retentionInDays: 30 },
  { stack: "staging", retentionInDays: 14 },
] as const)("$stack", ({ stack, retentionInDays }) => {
  test("has a log group for each service and the agent's configuration", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.counts).toEqual({
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:ssm/parameter:Parameter": 1,
    });
    expect(logs.outputs).toEqual({
      logGroupNames: { api: "/agentpay/api", worker: "/agentpay/worker" },
      agentParameterName: `AmazonCloudWatch-agentpay-${stack}`,
    });
  });

  test.each(["api", "worker"])("keeps the %s log for the stack's retention", async (service) => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.inputs(`logs-${service}`)).toEqual({ name: `/agentpay/${service}`, retentionInDays });
  });

  test("publishes the agent's configuration where the agent may read it and reviewers see it", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.inputs("logs-agent")).toEqual({
      name: `AmazonCloudWatch-agentpay-${stack}`,
      description: expect.any(String),
      type: "String",
      insecureValue: cloudWatchAgentConfiguration("/var/log/agentpay"),
    });
    expect(String(logs.inputs("logs-agent")["insecureValue"]).length).toBeLessThan(4096);
  });

  test("is protected in production only", async () => {
    const logs = componentOf(await runProgram(stack), "LogAggregation");
    expect(logs.children.every(({ protect }) => protect === (stack === "production"))).toBe(true);
  });
});
