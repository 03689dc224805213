/** What breaks in the monitoring itself. */
import { deadTarget, failingRule, hastyRule, noAlertmanager, refusedConfiguration } from "../breakages.ts";
import type { Drill } from "./drill.ts";

export const monitoringDrills: readonly Drill[] = [
  {
    title: "A part of the monitoring does not answer",
    prometheus: deadTarget("drill"),
    areas: ["prometheus"],
    rings: ["TargetDown"],
  },
  {
    title: "An exporter restarts again and again, and is back at once",
    faults: { "exporter-restarting": {} },
    areas: ["postgres"],
    rings: ["MonitoringRestarting"],
  },
  {
    title: "Prometheus gets a configuration that it refuses",
    prometheus: refusedConfiguration,
    areas: ["prometheus"],
    rings: ["PrometheusBadConfig"],
  },
  {
    title: "No alert gets out of Prometheus",
    prometheus: noAlertmanager,
    aws: true,
    rings: ["Watchdog"],
  },
  {
    title: "A rule can't be evaluated",
    prometheus: failingRule,
    areas: ["prometheus"],
    rings: ["PrometheusRuleFailures"],
  },
  {
    title: "Prometheus is too slow for its rules",
    // Without areas: whoever shares this Prometheus finds it as slow.
    prometheus: hastyRule,
    rings: ["PrometheusMissingRuleEvaluations"],
  },
  {
    title: "Alertmanager gets a configuration that it refuses",
    alertmanager: "refused configuration",
    areas: ["alertmanager"],
    rings: ["AlertmanagerFailedReload"],
  },
  {
    title: "Slack's webhook is revoked, and a warning rings",
    faults: { "long-transaction": {} },
    alertmanager: "revoked Slack webhook",
    rings: ["AlertmanagerNotificationsFailing"],
    mayRing: ["PostgresLongTransaction", "PostgresSlowCalls"],
  },
  {
    title: "A metric has a label that holds ids",
    faults: { "stray-label": {} },
    rings: ["MetricCardinalityExplosion"],
    // Prometheus gets busy, too.
    mayRing: ["PrometheusMissingRuleEvaluations"],
  },
  {
    title: "The API's instrumentation is told numbers that can't be",
    faults: { "values-refused": {} },
    areas: ["api"],
    rings: ["InstrumentationFaults"],
  },
];
