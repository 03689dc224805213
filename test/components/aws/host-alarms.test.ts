import { expect, test } from "vitest";
import { cloudWatchAgentConfiguration } from "../../../components/aws/cloudwatch-agent.ts";
import { componentOf, runProgram } from "../../support/program.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

test.each(["production", "staging", "local"] as const)("%s has an alarm for each", async (stack) => {
  const hosts = componentOf(await runProgram(stack), "HostAlarms");
  expect(hosts.counts).toEqual({ [ALARM]: 3 });
  expect(hosts.outputs).toEqual({
    alarmNames: ["memory-high", "disk-full", "s-missing"].map((name) =>
      `agentpay-${stack}-host-${name}`.replace("host-s", "hosts"),
    ),
  });
});

test("memory over 80% for 10 minutes warns in the home region, and its end is told", async () => {
  const hosts = componentOf(await runProgram("production"), "HostAlarms");
  const topic = "arn:aws:sns:eu-central-1:111122223333:agentpay-production-warning";
  expect(hosts.inputs("hosts-host-memory-high")).toEqual({
    name: "agentpay-production-host-memory-high",
    alarmDescription: expect.stringMatching(/more than 80% .* 10 minutes.*\/runbooks\/HostMemoryHigh\.md$/),
    namespace: "AgentPay/Hosts",
    metricName: "mem_used_percent",
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 10,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 80,
    treatMissingData: "missing",
    alarmActions: [topic],
    okActions: [topic],
  });
});

test("hosts that fall silent breach: there is no number then", async () => {
  const hosts = componentOf(await runProgram("production"), "HostAlarms");
  expect(hosts.inputs("hosts-hosts-missing")).toMatchObject({
    statistic: "SampleCount",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
  });
});

test("a stack may set its own thresholds", async () => {
  const overrides = { "alertThresholds.HostMemoryHigh": 90, "alertThresholds.HostsMissing": 3 };
  const hosts = componentOf(await runProgram("production", { overrides }), "HostAlarms");
  expect(hosts.inputs("hosts-host-memory-high")["threshold"]).toBe(90);
  expect(hosts.inputs("hosts-hosts-missing")).toMatchObject({
    threshold: 3,
    alarmDescription: expect.stringContaining("Fewer than 3 hosts"),
  });
});

test("alarms watch what the agent reports of all hosts in one", async () => {
  const { metrics } = JSON.parse(cloudWatchAgentConfiguration({ logDirectory: "/var/log" }));
  expect(metrics.aggregation_dimensions).toContainEqual([]);
  // The agent puts the plugin's name before each measurement that doesn't begin with it.
  const reported = Object.entries<{ measurement?: string[] }>(metrics.metrics_collected).flatMap(
    ([plugin, { measurement = [] }]) =>
      measurement.map((name) => (name.startsWith(`${plugin}_`) ? name : `${plugin}_${name}`)),
  );
  const { children } = componentOf(await runProgram("production"), "HostAlarms");
  for (const { inputs } of children) {
    expect(inputs["namespace"]).toBe(metrics.namespace);
    expect(reported).toContain(inputs["metricName"]);
  }
});
