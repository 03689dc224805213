/** An alarm of CloudWatch on a metric that somebody else reports: an agent, RDS, a load balancer. */
import type { Threshold } from "./alerts/alert.ts";
import type { Severity } from "./severity.ts";

export interface CloudWatchAlarm {
  /** PascalCase; also the name of its runbook and of its threshold in a stack's settings. */
  readonly name: string;
  readonly severity: Extract<Severity, "critical" | "warning">;
  readonly threshold: Threshold;
  /** What CloudWatch counts for one unit of the threshold, such as bytes for a GiB. @default 1 */
  readonly perUnit?: number;
  /** What is wrong, for people; static but for the threshold and what the alarm is on, such as an instance's name. */
  readonly describe: (threshold: number, subject: string) => string;
  readonly metricName: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
  readonly comparisonOperator: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  /** All of them, in single minutes. */
  readonly minutes: number;
  readonly treatMissingData: "breaching" | "missing" | "notBreaching";
}
