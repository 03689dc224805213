/** What the rulers of an engine elsewhere tell, and how it knows whose requests are whose. */

import { ruleGroup } from "./labels.ts";
import { counter, open } from "./metric.ts";

/** By which Mimir, Cortex, Loki and Thanos know a tenant. */
export const TENANT_HEADER = "X-Scope-OrgID";

const ruler = ["ruler"] as const;

/** Those of Cortex and Mimir; the rulers of Thanos have Prometheus's own names. All of the stack's own tenant. */
export const engineMetrics = {
  engineRuleFailures: counter("cortex_prometheus_rule_evaluation_failures_total", {
    help: "Rule evaluations that failed in the engine elsewhere.",
    jobs: ruler,
    labels: { ...ruleGroup, user: open("tenant") },
  }),
  engineRuleIterationsMissed: counter("cortex_prometheus_rule_group_iterations_missed_total", {
    help: "Rule group evaluations that the engine elsewhere skipped because the previous one was too slow.",
    jobs: ruler,
    labels: { ...ruleGroup, user: open("tenant") },
  }),
  engineNotificationsSent: counter("cortex_prometheus_notifications_sent_total", {
    help: "Alerts that the engine elsewhere sent to an Alertmanager.",
    jobs: ruler,
    labels: { alertmanager: open("Alertmanager URL"), user: open("tenant") },
  }),
  engineNotificationErrors: counter("cortex_prometheus_notifications_errors_total", {
    help: "Alerts that the engine elsewhere failed to send to an Alertmanager.",
    jobs: ruler,
    labels: { alertmanager: open("Alertmanager URL"), user: open("tenant") },
  }),
  engineDiscardedSamples: counter("cortex_discarded_samples_total", {
    help: "Samples that the engine elsewhere refused, by its reason.",
    jobs: ruler,
    labels: { reason: open("per_user_series_limit, rate_limited, ..."), user: open("tenant") },
  }),
};
