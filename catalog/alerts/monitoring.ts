/**
 * The monitoring watches itself as far as it can: these alerts are evaluated by the Prometheus and sent by the
 * Alertmanager that they are about. What they can't report, their own death, is left to the Watchdog's silence.
 */
import { increase } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import type { Alert, AlertGroup } from "./alert.ts";
import { RESTARTS } from "./availability.ts";
import {
  engineDiscardsSamples,
  metricsNotArriving,
  prometheusRemoteStorageFailures,
  prometheusRemoteWriteBehind,
  samplesDoubled,
} from "./remote-write.ts";

const up = metrics.up.name;

const watchdog: Alert = {
  name: "Watchdog",
  severity: "none",
  service: "monitoring",
  summary: "The alerting works.",
  description:
    "This alert always fires. Whoever receives it sounds the alarm when it stops: then nothing else arrives either.",
  // It reads a sample, so that it stops where reading fails. Where none arrives, MetricsNotArriving tells.
  expression: () => `group(${up}) or vector(1)`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-meta", panel: "firingAlerts" },
};

/** Jobs whose targets have alerts of their own. */
const OTHERS = 'job!~"agentpay-api|agentpay-worker|postgres|redis|blackbox"';

const targetDown: Alert = {
  name: "TargetDown",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus can't reach a part of the monitoring.",
  description:
    "{{ $value | humanizePercentage }} of the targets of {{ $labels.job }} don't answer: users notice nothing, but what they would report goes unseen.",
  threshold: {
    default: 0.1,
    unit: "share of a job's targets",
    source: "a starting point; with few targets, any that is down",
  },
  expression: (threshold) =>
    `count by (job) (${up}{${OTHERS}} == 0) / count by (job) (${up}{${OTHERS}}) > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "targetsUp" },
};

const prometheusBadConfig: Alert = {
  name: "PrometheusBadConfig",
  severity: "critical",
  service: "monitoring",
  summary: "Prometheus refused its new configuration.",
  description:
    "{{ $labels.instance }} runs on an old configuration: alerts and targets that were changed since are not in force, and after a restart it won't come up.",
  // max: a scrape may be missed.
  expression: () => `max_over_time(${metrics.prometheusConfigReloadSuccessful.name}[5m]) == 0`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "configurationLoaded" },
};

/** What a server that evaluates rules says of it: Prometheus, or the ruler of an engine elsewhere. */
const either = (own: string, engine: string, calculate: (counter: string) => string) =>
  `(${calculate(own)} or ${calculate(engine)})`;
const in5m = (counter: string) => `increase(${counter}[5m])`;
const ruleFailures = either(metrics.prometheusRuleFailures.name, metrics.engineRuleFailures.name, in5m);
const missedIterations = either(
  metrics.prometheusRuleIterationsMissed.name,
  metrics.engineRuleIterationsMissed.name,
  in5m,
);

const prometheusRuleFailures: Alert = {
  name: "PrometheusRuleFailures",
  severity: "critical",
  service: "monitoring",
  summary: "Prometheus can't evaluate a rule.",
  description:
    "{{ $value }} groups of rules failed at {{ $labels.instance }} within 5 minutes: the alerts in them can't ring.",
  expression: () => `count by (instance) (sum by (instance, rule_group) ${ruleFailures} > 0)`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "ruleFailures" },
};

const prometheusMissingRuleEvaluations: Alert = {
  name: "PrometheusMissingRuleEvaluations",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus is too slow for its rules.",
  description:
    "{{ $labels.rule_group }} skipped {{ $value | humanize }} evaluations in 5 minutes: its alerts ring late, and sums over recorded series come out too low.",
  expression: () => `sum by (instance, rule_group) ${missedIterations} > 0`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "missedEvaluations" },
};

const rate5m = (counter: string) => `rate(${counter}[5m])`;
const sendErrors = either(
  metrics.prometheusNotificationErrors.name,
  metrics.engineNotificationErrors.name,
  rate5m,
);
const sent = either(metrics.prometheusNotificationsSent.name, metrics.engineNotificationsSent.name, rate5m);

const prometheusErrorSendingAlerts: Alert = {
  name: "PrometheusErrorSendingAlerts",
  severity: "critical",
  service: "monitoring",
  summary: "Prometheus can't hand its alerts to any Alertmanager.",
  description:
    "{{ $value | humanizePercentage }} of the alerts that {{ $labels.instance }} sends fail at every Alertmanager: pages are late or lost.",
  threshold: {
    default: 0.03,
    unit: "share of alerts sent",
    source: "Prometheus's own mixin (PrometheusErrorSendingAlertsToAnyAlertmanager)",
  },
  // min: while one of several Alertmanagers takes them, nothing is lost.
  expression: (threshold) => `min without (alertmanager) (${sendErrors} / ${sent}) > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "sendErrors" },
};

const alertmanagerFailedReload: Alert = {
  name: "AlertmanagerFailedReload",
  severity: "critical",
  service: "monitoring",
  summary: "Alertmanager refused its new configuration.",
  description:
    "{{ $labels.instance }} routes by an old configuration: alerts may reach the wrong people, and after a restart it won't come up.",
  expression: () => `max_over_time(${metrics.alertmanagerConfigReloadSuccessful.name}[5m]) == 0`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "configurationLoaded" },
};

const notifications = (metric: { name: string }, calculate: "rate" | "increase") =>
  `sum by (integration) (${calculate}(${metric.name}[15m]))`;
const { alertmanagerNotifications, alertmanagerNotificationsFailed } = metrics;

const alertmanagerNotificationsFailing: Alert = {
  name: "AlertmanagerNotificationsFailing",
  severity: "critical",
  service: "monitoring",
  summary: "Alertmanager can't deliver notifications.",
  description:
    "{{ $value | humanizePercentage }} of the notifications to {{ $labels.integration }} fail: whoever relies on that channel is not told of the next outage.",
  threshold: {
    default: 0.01,
    unit: "share of a channel's notifications",
    source: "a starting point; none should fail",
  },
  // More than one: Alertmanager tries a failed notification again minutes later, and that has to fail as well.
  expression: (threshold) =>
    `${notifications(alertmanagerNotificationsFailed, "rate")} / ${notifications(alertmanagerNotifications, "rate")}` +
    ` > ${threshold} and on (integration) ${notifications(alertmanagerNotificationsFailed, "increase")} > 1.5`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-meta", panel: "notificationFailures" },
};

const members = `max_over_time(${metrics.alertmanagerClusterMembers.name}[5m])`;

const alertmanagerMembersInconsistent: Alert = {
  name: "AlertmanagerMembersInconsistent",
  // Nothing is lost: each tells everything by itself.
  severity: "warning",
  service: "monitoring",
  summary: "The Alertmanagers have lost one another.",
  description:
    "{{ $labels.instance }} knows of {{ $value | humanize }} Alertmanagers, itself included, and more answer: messages come twice, and a silence made in one is unknown to the other.",
  // As Alertmanager's own mixin has it. By instance: replicas of Prometheus may each bring a series of it.
  expression: () => `${members} < on (job) group_left count by (job) (group by (job, instance) (${members}))`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "clusterMembers" },
};

const metricCardinalityExplosion: Alert = {
  name: "MetricCardinalityExplosion",
  severity: "warning",
  service: "monitoring",
  summary: "A server exposes far more series than it should.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) exposes {{ $value | humanize }} series: at the scrape's limit Prometheus drops all of them, and the server looks dead.",
  threshold: {
    default: 20_000,
    unit: "series of a target",
    source: "a starting point; several times what AgentPay has, and below the scrape's limit of 50000",
  },
  expression: (threshold) => `${metrics.scrapeSamplesKept.name}{job=~"agentpay-(api|worker)"} > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "samplesPerTarget" },
};

/** The mixins look back so far: a failure is repeated every two hours. */
const failedLately = (counter: { name: string }) => `increase(${counter.name}[3h]) > 0`;

const prometheusTsdbReloadsFailing: Alert = {
  name: "PrometheusTSDBReloadsFailing",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus can't load blocks of its own data.",
  description:
    "{{ $labels.instance }} failed {{ $value | humanize }} times in 3 hours to load its blocks from disk: what is in them is missing from dashboards and from alerts that look back.",
  // Prometheus's own mixin.
  expression: () => failedLately(metrics.prometheusReloadFailures),
  holdFor: "4h",
  panel: { dashboard: "agentpay-meta", panel: "storageFailures" },
};

const prometheusTsdbCompactionsFailing: Alert = {
  name: "PrometheusTSDBCompactionsFailing",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus can't write its data to disk.",
  description:
    "{{ $labels.instance }} failed {{ $value | humanize }} compactions in 3 hours: its memory and its log grow until it is ended, and nothing is watched.",
  // Prometheus's own mixin.
  expression: () => failedLately(metrics.prometheusCompactionFailures),
  holdFor: "4h",
  panel: { dashboard: "agentpay-meta", panel: "storageFailures" },
};

const prometheusScrapeSampleLimitHit: Alert = {
  name: "PrometheusScrapeSampleLimitHit",
  severity: "warning",
  service: "monitoring",
  summary: "A target exposes more series than Prometheus takes.",
  description:
    "{{ $labels.instance }} dropped {{ $value | humanize }} scrapes in 5 minutes, since the target exposes more series than the limit: it looks dead, and nothing is known of it.",
  // Prometheus's own mixin.
  expression: () => `increase(${metrics.prometheusSampleLimitHits.name}[5m]) > 0`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "samplesPerTarget" },
};

/** Who watches: the servers of AgentPay have alerts of their own. */
const WATCHERS = 'job!~"agentpay-.+"';

const monitoringRestarting: Alert = {
  name: "MonitoringRestarting",
  severity: "warning",
  service: "monitoring",
  summary: "A part of the monitoring keeps restarting.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) was started {{ $value | humanize }} times in half an hour: while it is away nothing is seen or told, and it is back too soon for TargetDown.",
  threshold: {
    default: RESTARTS,
    unit: "restarts in 30 minutes",
    source: "a starting point; as of AgentPay's own servers",
  },
  expression: (threshold) => `changes(${metrics.processStartTime.name}{${WATCHERS}}[30m]) > ${threshold}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-meta", panel: "monitoringRestarts" },
};

const instrumentationFaults: Alert = {
  name: "InstrumentationFaults",
  severity: "warning",
  service: "monitoring",
  summary: "AgentPay's own counting has faults.",
  description:
    "{{ $labels.job }} could not count {{ $value | humanize }} times in 30 minutes ({{ $labels.kind }}): users notice nothing, but what alerts and reports read is too low by that much.",
  threshold: {
    default: 5,
    unit: "faults of a kind in 30 minutes",
    source: "a starting point; one strange number of a provider's is not worth a person's time",
  },
  expression: (threshold) =>
    `sum by (job, kind) (${increase(metrics.instrumentationFaults.name, "30m")}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-meta", panel: "instrumentationFaults" },
};

export const monitoringAlerts: AlertGroup = {
  name: "agentpay-monitoring",
  interval: "30s",
  alerts: [
    watchdog,
    targetDown,
    prometheusBadConfig,
    prometheusRuleFailures,
    prometheusMissingRuleEvaluations,
    prometheusErrorSendingAlerts,
    alertmanagerFailedReload,
    alertmanagerNotificationsFailing,
    alertmanagerMembersInconsistent,
    metricsNotArriving,
    prometheusRemoteStorageFailures,
    prometheusRemoteWriteBehind,
    engineDiscardsSamples,
    samplesDoubled,
    metricCardinalityExplosion,
    prometheusTsdbReloadsFailing,
    prometheusTsdbCompactionsFailing,
    prometheusScrapeSampleLimitHit,
    monitoringRestarting,
    instrumentationFaults,
  ],
};
