/** What CloudWatch alarms on about AgentPay's hosts: the agent on them reports there, and nowhere else. */
import type { Threshold } from "./alerts/alert.ts";

/** Namespace of the hosts' metrics in CloudWatch. */
export const HOST_NAMESPACE = "AgentPay/Hosts";

/** An alarm on what the agents report, all hosts in one: hosts come and go, and no list of them has to be kept. */
export interface HostAlarm {
  /** PascalCase; also the name of its runbook and of its threshold in a stack's settings. */
  readonly name: "HostMemoryHigh" | "HostDiskFull" | "HostsMissing";
  readonly threshold: Threshold;
  /** What is wrong, for people; static but for the threshold. */
  readonly describe: (threshold: number) => string;
  /** Of the agent's metrics, in `HOST_NAMESPACE`, without dimensions. */
  readonly metricName: string;
  /** Maximum is the worst host's; SampleCount, over a minute, is how many hosts report. */
  readonly statistic: "Maximum" | "SampleCount";
  readonly comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  /** All of them, in single minutes: the agent reports once in each. */
  readonly minutes: number;
  readonly treatMissingData: "breaching" | "missing";
}

export const hostAlarms: readonly HostAlarm[] = [
  {
    name: "HostMemoryHigh",
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
    threshold: {
      default: 85,
      unit: "percent of a host's disk",
      source: "a starting point: PostgreSQL, Docker and logs stop at 100, and the last percents go fast",
    },
    describe: (threshold) => `The disk of a host is more than ${threshold}% full for 10 minutes.`,
    metricName: "disk_used_percent",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "HostsMissing",
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
