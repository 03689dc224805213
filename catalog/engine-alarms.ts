/**
 * What CloudWatch alarms on about Amazon's engine: its rules can't tell that rules fail, and the Watchdog may go on while
 * most of them do. Amazon reports of each workspace at no charge; what is not reported is 0.
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-CW-usage-metrics.html
 */
import type { Severity } from "./severity.ts";

/** Namespace of those metrics, and the dimension that says which workspace one is of; others are rule groups and reasons. */
export const ENGINE_NAMESPACE = "AWS/Prometheus";
export const WORKSPACE_DIMENSION = "Workspace";

export interface EngineAlarm {
  /** Of the alert that tells the same of another engine; also the name of its runbook. */
  readonly name:
    | "PrometheusRuleFailures"
    | "PrometheusMissingRuleEvaluations"
    | "AlertmanagerNotificationsFailing"
    | "EngineDiscardsSamples";
  readonly severity: Extract<Severity, "critical" | "warning">;
  /** Summed over all rule groups, or reasons, of the workspace. */
  readonly metricName:
    | "RuleEvaluationFailures"
    | "RuleGroupIterationsMissed"
    | "AlertManagerNotificationsFailed"
    | "DiscardedSamples";
  /** What is wrong, for people. */
  readonly description: string;
  /** Periods of 5 minutes, in each of which there are some. */
  readonly periods: number;
}

export const engineAlarms: readonly EngineAlarm[] = [
  {
    name: "PrometheusRuleFailures",
    severity: "critical",
    metricName: "RuleEvaluationFailures",
    description:
      "Amazon's engine can't evaluate rules for 15 minutes: the alerts in them can't ring. The metric's RuleGroup names the groups.",
    periods: 3,
  },
  {
    name: "PrometheusMissingRuleEvaluations",
    severity: "warning",
    metricName: "RuleGroupIterationsMissed",
    description: "Amazon's engine is too slow for its rules for 15 minutes: alerts ring late.",
    periods: 3,
  },
  {
    name: "AlertmanagerNotificationsFailing",
    severity: "critical",
    metricName: "AlertManagerNotificationsFailed",
    description:
      "Amazon's Alertmanager can't deliver for 10 minutes: whoever relies on that channel is not told of the next outage.",
    periods: 2,
  },
  {
    name: "EngineDiscardsSamples",
    severity: "warning",
    metricName: "DiscardedSamples",
    description:
      "Amazon's engine throws samples away for 15 minutes, as it does at its quotas. The metric's Reason says why.",
    periods: 3,
  },
];
