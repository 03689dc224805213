import { describe, expect, test } from "vitest";
import { cloudWatchAgentConfiguration, EVENT_START } from "../../../components/aws/cloudwatch-agent.ts";
import { agentSchema } from "../../operations/render/agent-schema.ts";

const configuration = JSON.parse(cloudWatchAgentConfiguration({ logDirectory: "/srv/logs" }));

test("ships each service's log file to its group, with the time that the service wrote", () => {
  const entry = (service: string) => ({
    file_path: `/srv/logs/${service}.log`,
    log_group_name: `/agentpay/${service}`,
    log_stream_name: "{instance_id}",
    timestamp_format: "%Y-%m-%dT%H:%M:%S.%f",
    timezone: "UTC",
    multi_line_start_pattern: EVENT_START,
  });
  // No retention_in_days: the agent would overwrite the log group's own.
  expect(configuration.logs.logs_collected.files.collect_list).toEqual([entry("api"), entry("worker")]);
});

test("measures what AWS cannot see from outside, of each host and of all in one", () => {
  const { metrics_collected, aggregation_dimensions, ...metrics } = configuration.metrics;
  expect(metrics).toEqual({
    namespace: "AgentPay/Hosts",
    append_dimensions: { InstanceId: "${aws:InstanceId}" },
  });
  expect(Object.keys(metrics_collected)).toEqual(["cpu", "mem", "disk", "swap", "processes", "procstat"]);
  // A data volume fills up as well as the root does.
  expect(metrics_collected.disk.resources).toEqual(["*"]);
  expect(aggregation_dimensions).toEqual([["InstanceId"], []]);
});

test("leaves the logs to another agent where one ships them", () => {
  const { logs, metrics } = JSON.parse(cloudWatchAgentConfiguration({ logDirectory: undefined }));
  expect(logs).toBeUndefined();
  expect(metrics).toEqual(configuration.metrics);
});

describe("the agent's schema", () => {
  test.each(["/srv/logs", undefined])("takes the configuration (logs in %s)", (logDirectory) => {
    const { error } = agentSchema.safeParse(JSON.parse(cloudWatchAgentConfiguration({ logDirectory })));
    expect(error?.issues ?? []).toEqual([]);
  });

  test.each([
    ["a key that collect_list does not know", { service: "api" }],
    ["a relative path", { file_path: "api.log" }],
    ["another time zone", { timezone: "Europe/Berlin" }],
    ["an empty pattern", { multi_line_start_pattern: "" }],
  ])("refuses %s", (_what, change) => {
    const [first, ...others] = configuration.logs.logs_collected.files.collect_list;
    const files = { collect_list: [{ ...first, ...change }, ...others] };
    const changed = { ...configuration, logs: { ...configuration.logs, logs_collected: { files } } };
    expect(agentSchema.safeParse(changed).success).toBe(false);
  });

  test("refuses a measurement that is misspelt", () => {
    const metrics_collected = { ...configuration.metrics.metrics_collected, mem: { measurement: ["used"] } };
    const changed = { ...configuration, metrics: { ...configuration.metrics, metrics_collected } };
    expect(agentSchema.safeParse(changed).success).toBe(false);
  });
});

describe("a log event begins with", () => {
  const start = new RegExp(EVENT_START);
  test.each([
    '{"event": "conversation_started", "timestamp": "2026-11-24T08:15:00.123456Z"}',
    "Traceback (most recent call last):",
    "INFO:     Started server process [1]",
    "[2026-11-24 08:15:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)",
    "[2026-11-24 08:15:00,123] [PID 1] [MainThread] [dramatiq.MainProcess] [INFO] Dramatiq '2.1.0' is booting up.",
    "Fatal Python error: Segmentation fault",
    "2026-11-24 08:15:00,123 WARNING a library that logs by itself",
  ])("%s", (line) => {
    expect(start.test(line)).toBe(true);
  });

  test.each([
    '  File "/app/polar/app.py", line 3, in <module>',
    "",
    "KeyError: 'claude'",
    "[1, 2, 3]",
    "During handling of the above exception, another exception occurred:",
  ])("not with %s", (line) => {
    expect(start.test(line)).toBe(false);
  });
});
