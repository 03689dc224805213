import { expect, test } from "vitest";
import { cloudWatchAgentConfiguration } from "../../render/cloudwatch-agent.ts";

const configuration = JSON.parse(cloudWatchAgentConfiguration("/srv/logs"));

test("ships each service's log file to its group, with the time that the service wrote", () => {
  const entry = (service: string) => ({
    file_path: `/srv/logs/${service}.log`,
    log_group_name: `/agentpay/${service}`,
    log_stream_name: "{instance_id}",
    timestamp_format: "%Y-%m-%dT%H:%M:%S",
    timezone: "UTC",
  });
  // No retention_in_days: the agent would overwrite the log group's own.
  expect(configuration.logs.logs_collected.files.collect_list).toEqual([entry("api"), entry("worker")]);
});

test("measures what AWS cannot see from outside: memory, disk and swap", () => {
  expect(configuration.metrics).toEqual({
    namespace: "AgentPay/Hosts",
    append_dimensions: { InstanceId: "${aws:InstanceId}" },
    metrics_collected: {
      mem: { measurement: ["mem_used_percent"] },
      disk: { measurement: ["used_percent"], resources: ["/"], drop_device: true },
      swap: { measurement: ["swap_used_percent"] },
    },
  });
});
