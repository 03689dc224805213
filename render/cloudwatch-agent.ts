/** The CloudWatch agent's configuration for AgentPay's hosts. */

/** Services that write a log file, each to the log group `/agentpay/<service>`. */
export const loggingServices = ["api", "worker"] as const;
export type LoggingService = (typeof loggingServices)[number];

export function logGroupName(service: LoggingService): string {
  return `/agentpay/${service}`;
}

/**
 * What the agent collects. Retention is the log group's own (the agent would overwrite it).
 * @param logDirectory folder of `<service>.log`, without a trailing slash
 */
export function cloudWatchAgentConfiguration(logDirectory: string): string {
  const configuration = {
    agent: { metrics_collection_interval: 60, run_as_user: "cwagent" },
    logs: {
      logs_collected: {
        files: {
          collect_list: loggingServices.map((service) => ({
            file_path: `${logDirectory}/${service}.log`,
            log_group_name: logGroupName(service),
            log_stream_name: "{instance_id}",
            // structlog writes ISO 8601 in UTC; the guide's format has a space where it has a T.
            timestamp_format: "%Y-%m-%dT%H:%M:%S",
            timezone: "UTC",
          })),
        },
      },
      force_flush_interval: 15,
    },
    metrics: {
      namespace: "AgentPay/Hosts",
      append_dimensions: { InstanceId: "${aws:InstanceId}" },
      metrics_collected: {
        mem: { measurement: ["mem_used_percent"] },
        disk: { measurement: ["used_percent"], resources: ["/"], drop_device: true },
        swap: { measurement: ["swap_used_percent"] },
      },
    },
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}
