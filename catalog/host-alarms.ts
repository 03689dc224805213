/** What CloudWatch alarms on about AgentPay's hosts: the agent on them reports there, and nowhere else. */
import type { CloudWatchAlarm } from "./cloudwatch-alarm.ts";
import type { HostMetric } from "./hosts.ts";

/** An alarm on what the agents report, all hosts in one: hosts come and go, and no list of them has to be kept. */
export interface HostAlarm extends CloudWatchAlarm {
  readonly name: "HostMemoryHigh" | "HostDiskFull" | "HostsMissing";
  /** Where a full or dead host hurts users, the services' alerts page. */
  readonly severity: "warning";
  /** Of the agent's metrics, in `HOST_NAMESPACE`, without dimensions. */
  readonly metricName: HostMetric;
  /** Maximum is the worst host's; SampleCount, over a minute, is how many hosts report. */
  readonly statistic: "Maximum" | "SampleCount";
}

export const hostAlarms: readonly HostAlarm[] = [
  {
    name: "HostMemoryHigh",
    severity: "warning",
    threshold: {
      default: 80,
      unit: "percent of a host's memory",
      source: "the guide: over 80% for 10 minutes",
    },
    describe: (threshold) => `A host uses more than ${threshold}% of its memory for 10 minutes.`,
    metricName: "mem_used_percent",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "HostDiskFull",
    severity: "warning",
    threshold: {
      default: 85,
      unit: "percent of a host's disk",
      source: "a starting point: PostgreSQL, Docker and logs stop at 100, and the last percents go fast",
    },
    describe: (threshold) => `A disk of a host is more than ${threshold}% full for 10 minutes.`,
    metricName: "disk_used_percent",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "HostsMissing",
    severity: "warning",
    threshold: {
      default: 1,
      unit: "hosts that report",
      source: "a starting point: set it to how many hosts there always are",
    },
    describe: (threshold) =>
      `Fewer than ${threshold} hosts report for 10 minutes: a host, or the agent on it, is down.`,
    metricName: "mem_used_percent",
    statistic: "SampleCount",
    comparisonOperator: "LessThanThreshold",
    minutes: 10,
    // Of no host at all, there is no number.
    treatMissingData: "breaching",
  },
];
