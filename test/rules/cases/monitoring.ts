import { metrics } from "../../../catalog/metrics.ts";
import {
  type GroupCases,
  level,
  perMinute,
  type RuleCase,
  type Shape,
  series,
  silent,
} from "../rule-case.ts";
import { up } from "./api.ts";

const prometheus = { job: "prometheus", instance: "localhost:9090" };
const alertmanager = { job: "alertmanager", instance: "alertmanager:9093" };
const { instance } = prometheus;
const group = { rule_group: "/etc/prometheus/rules/agentpay-api.yml;agentpay-api" };

const at = (name: string, shape: Shape, labels = {}) => ({
  [series(name, { ...prometheus, ...labels })]: shape,
});

/** Alerts sent to each Alertmanager, and those that failed. */
function sending(errors: Record<string, Shape>) {
  return Object.assign(
    {},
    ...Object.entries(errors).map(([url, shape]) => ({
      ...at(metrics.prometheusNotificationsSent.name, perMinute([10, 60]), { alertmanager: url }),
      ...at(metrics.prometheusNotificationErrors.name, shape, { alertmanager: url }),
    })),
  ) as Record<string, Shape>;
}

function notifications(integration: string, sent: Shape, failed: Shape) {
  const failure = { ...alertmanager, integration, reason: "serverError" };
  return {
    [series(metrics.alertmanagerNotifications.name, { ...alertmanager, integration })]: sent,
    [series(metrics.alertmanagerNotificationsFailed.name, failure)]: failed,
  };
}

function samples(job: string, ...[name, shape]: [string, Shape]) {
  return { [series(metrics.scrapeSamplesKept.name, { job, instance: name })]: shape };
}

const reloadOf = (job: typeof prometheus | typeof alertmanager, name: string, shape: Shape) => ({
  [series(name, job)]: shape,
});

function reloadCases(job: typeof prometheus | typeof alertmanager, name: string): RuleCase[] {
  return [
    {
      title: "a configuration is refused, and then put right",
      series: reloadOf(job, name, level([1, 5], [0, 20], [1, 10])),
      firing: { 5: [], 15: [], 22: [job], 27: [] },
    },
    {
      title: "refused for five minutes",
      series: reloadOf(job, name, level([1, 5], [0, 5], [1, 20])),
      firing: silent(10, 16, 25),
    },
    { title: "accepted", series: reloadOf(job, name, level([1, 30])), firing: silent(30) },
    {
      title: "a missed scrape in between",
      series: reloadOf(job, name, level([1, 5], [0, 8], ["gone", 1], [0, 16])),
      firing: { 8: [], 25: [job] },
    },
  ];
}

function ruleCounterCases(name: string): RuleCase[] {
  const expected = [{ instance, ...group }];
  return [
    {
      title: "for half an hour, and then no more",
      series: at(name, perMinute([0, 10], [2, 30], [0, 20]), group),
      firing: { 10: [], 20: [], 30: expected, 40: expected, 47: [] },
    },
    {
      title: "once",
      series: at(name, perMinute([0, 10], [2, 0.5], [0, 40]), group),
      firing: silent(11, 15, 26, 40),
    },
    { title: "never", series: at(name, perMinute([0, 40]), group), firing: silent(20, 40) },
  ];
}

/** So many that answer. */
function alertmanagers(count: number): Record<string, Shape> {
  const instances = Array.from({ length: count }, (_, index) =>
    up("alertmanager", `alertmanager-${index}:9093`),
  );
  return Object.fromEntries(instances.map((name) => [name, level([1, 35])]));
}

export const monitoringCases: GroupCases = {
  Watchdog: [{ title: "always", series: {}, firing: { 0: [{}], 1: [{}], 60: [{}] } }],
  TargetDown: [
    {
      title: "one of six Alertmanagers is down, and comes back",
      series: { ...alertmanagers(5), [up("alertmanager", "down:9093")]: level([1, 5], [0, 20], [1, 10]) },
      firing: { 5: [], 14: [], 17: [{ job: "alertmanager" }], 26: [] },
    },
    {
      title: "one of twelve is down",
      series: { ...alertmanagers(11), [up("alertmanager", "down:9093")]: level([0, 35]) },
      firing: silent(15, 35),
    },
    {
      title: "a job whose targets have alerts of their own",
      series: {
        [up("postgres", "postgres-exporter:9187")]: level([0, 30]),
        [up("agentpay-api", "api-1")]: level([0, 30]),
      },
      firing: silent(15, 30),
    },
    {
      title: "down for five minutes",
      series: { [up("alertmanager", "alertmanager:9093")]: level([1, 5], [0, 5], [1, 20]) },
      firing: silent(9, 16, 25),
    },
    { title: "all up", series: { [up("prometheus", "localhost:9090")]: level([1, 30]) }, firing: silent(30) },
  ],
  PrometheusBadConfig: reloadCases(prometheus, metrics.prometheusConfigReloadSuccessful.name),
  AlertmanagerFailedReload: reloadCases(alertmanager, metrics.alertmanagerConfigReloadSuccessful.name),
  PrometheusRuleFailures: ruleCounterCases(metrics.prometheusRuleFailures.name),
  PrometheusMissingRuleEvaluations: ruleCounterCases(metrics.prometheusRuleIterationsMissed.name),
  PrometheusErrorSendingAlerts: [
    {
      title: "the only Alertmanager refuses 1 in 20, and then none",
      series: sending({ one: perMinute([0, 10], [0.5, 30], [0, 20]) }),
      firing: { 10: [], 20: [], 30: [prometheus], 40: [prometheus], 47: [] },
    },
    {
      title: "one of two Alertmanagers takes them all",
      series: sending({ one: perMinute([10, 60]), two: perMinute([0, 60]) }),
      firing: silent(30, 60),
    },
    {
      title: "both refuse some",
      series: sending({ one: perMinute([10, 60]), two: perMinute([1, 60]) }),
      firing: { 10: [], 30: [prometheus] },
    },
    {
      title: "just below 3%",
      series: sending({ one: perMinute([0.29, 60]) }),
      firing: silent(30, 60),
    },
    {
      title: "a burst within a minute",
      series: sending({ one: perMinute([0, 10], [10, 1], [0, 49]) }),
      firing: silent(12, 16, 26, 40),
    },
    {
      title: "nothing to send",
      series: {
        ...at(metrics.prometheusNotificationsSent.name, perMinute([0, 60]), { alertmanager: "one" }),
        ...at(metrics.prometheusNotificationErrors.name, perMinute([0, 60]), { alertmanager: "one" }),
      },
      firing: silent(30, 60),
    },
  ],
  AlertmanagerNotificationsFailing: [
    {
      title: "1 notification in 67 fails",
      series: notifications("email", perMinute([100, 60]), perMinute([0, 10], [1.5, 50])),
      firing: { 10: [], 40: [{ integration: "email" }] },
    },
    {
      title: "a channel fails at every attempt, every five minutes; then it works",
      series: {
        // One attempt every five minutes.
        ...notifications(
          "pagerduty",
          perMinute([0, 9.5], [2, 0.5], [0, 4.5], [2, 0.5], [0, 4.5], [2, 0.5], [0, 40]),
          perMinute([0, 9.5], [2, 0.5], [0, 4.5], [2, 0.5], [0, 4.5], [2, 0.5], [0, 40]),
        ),
        ...notifications("slack", perMinute([1, 60]), perMinute([0, 60])),
      },
      firing: { 9: [], 14: [], 18: [], 22: [{ integration: "pagerduty" }], 45: [] },
    },
    {
      title: "one notification fails, the next attempt arrives",
      series: notifications(
        "slack",
        perMinute([0, 10], [2, 0.5], [0, 4.5], [2, 0.5], [0, 40]),
        perMinute([0, 10], [2, 0.5], [0, 45]),
      ),
      firing: silent(11, 16, 20, 25, 30),
    },
    {
      title: "just below 1%",
      series: notifications("slack", perMinute([50, 60]), perMinute([0.45, 60])),
      firing: silent(30, 60),
    },
    {
      title: "nothing to send",
      series: notifications("slack", perMinute([0, 60]), perMinute([0, 60])),
      firing: silent(30, 60),
    },
  ],
  MetricCardinalityExplosion: [
    {
      title: "a server exposes 30000 series, and then few",
      series: samples("agentpay-worker", "worker-1", level([2000, 10], [30_000, 30], [2000, 10])),
      firing: { 10: [], 24: [], 27: [{ job: "agentpay-worker", instance: "worker-1" }], 41: [] },
    },
    {
      title: "exactly 20000",
      series: samples("agentpay-api", "api-1", level([20_000, 40])),
      firing: silent(20, 40),
    },
    {
      title: "an exporter may expose many",
      series: samples("postgres", "postgres-exporter:9187", level([30_000, 40])),
      firing: silent(20, 40),
    },
    {
      title: "ten minutes during a deployment",
      series: samples("agentpay-api", "api-1", level([2000, 10], [30_000, 10], [2000, 20])),
      firing: silent(20, 26, 40),
    },
  ],
};
