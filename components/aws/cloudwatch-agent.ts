/** The CloudWatch agent's configuration for AgentPay's hosts. */
import { HOST_DIMENSION, HOST_NAMESPACE } from "../../catalog/hosts.ts";
import { logGroupName, loggingServices } from "../../catalog/logs.ts";

/**
 * A line that begins a log event: structlog's JSON, or the traceback of a process that died before it could log one. Or
 * what other programs say (`INFO:     Started server process`, `[2026-11-24 08:15:00 +0000] [1] [INFO] Listening at`,
 * `Fatal Python error`). Other lines belong to the event before them.
 */
export const EVENT_START = "^(\\{|\\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|Traceback|Fatal |Killed|[A-Z]+:)";

/** File systems without a disk behind them, or of what is full by its nature. */
const NO_DISKS = ["devtmpfs", "nsfs", "overlay", "proc", "squashfs", "sysfs", "tmpfs"];

/** Command lines of the processes that matter, as regular expressions. */
const processes = ["uvicorn|gunicorn", "dramatiq"];

export interface AgentOptions {
  /** Folder of `<service>.log`, without a trailing slash; undefined where another agent ships the logs. */
  readonly logDirectory: string | undefined;
}

/** What the agent collects. Retention is the log group's own (the agent would overwrite it). */
export function cloudWatchAgentConfiguration({ logDirectory }: AgentOptions): string {
  const configuration = {
    agent: { metrics_collection_interval: 60, run_as_user: "cwagent" },
    ...(logDirectory === undefined ? {} : { logs: logs(logDirectory) }),
    metrics,
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

function logs(directory: string) {
  return {
    logs_collected: {
      files: {
        collect_list: loggingServices.map((service) => ({
          file_path: `${directory}/${service}.log`,
          log_group_name: logGroupName(service),
          log_stream_name: "{instance_id}",
          // structlog writes ISO 8601 in UTC, with microseconds; the guide's format has a space where it has a T.
          timestamp_format: "%Y-%m-%dT%H:%M:%S.%f",
          timezone: "UTC",
          multi_line_start_pattern: EVENT_START,
        })),
      },
    },
    force_flush_interval: 15,
  };
}

const metrics = {
  namespace: HOST_NAMESPACE,
  append_dimensions: { [HOST_DIMENSION]: `\${aws:${HOST_DIMENSION}}` },
  // By host, and all hosts in one: an alarm on the latter needs no list of hosts, which come and go.
  aggregation_dimensions: [[HOST_DIMENSION], []],
  metrics_collected: {
    // All processors of a host in one.
    cpu: { measurement: ["usage_active"], totalcpu: true },
    mem: { measurement: ["mem_used_percent", "mem_available"] },
    disk: {
      measurement: ["used_percent", "inodes_free"],
      resources: ["*"],
      ignore_file_system_types: NO_DISKS,
      drop_device: true,
    },
    swap: { measurement: ["swap_used_percent"] },
    processes: { measurement: ["running", "blocked", "zombies", "total"] },
    procstat: processes.map((pattern) => ({
      pattern,
      measurement: ["cpu_usage", "memory_rss", "pid_count"],
    })),
  },
};
