import { metrics } from "../../../catalog/metrics/index.ts";
import { HA_REPLICA } from "../../../catalog/metrics/labels.ts";
import {
  type GroupCases,
  type Labels,
  level,
  type Phase,
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

const faults = (shape: Shape) => ({
  [series(metrics.instrumentationFaults.name, { job: "agentpay-api", instance: "api-1", kind: "value" })]:
    shape,
});

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

function ruleCounterCases(name: string, expected: readonly Labels[]): RuleCase[] {
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

const member = (name: string) => ({ job: "alertmanager", instance: `${name}:9093` });

/** The members that each Alertmanager knows. */
function members(known: Record<string, Shape>): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(known).map(([name, shape]) => [
      series(metrics.alertmanagerClusterMembers.name, member(name)),
      shape,
    ]),
  );
}

const engine = { ...prometheus, remote_name: "engine", url: "https://engine.example/api/v1/push" };

/** 1000 samples a minute, of which some are refused. */
const shipping = (failed: Shape) => ({
  [series(metrics.prometheusRemoteSamples.name, engine)]: perMinute([1000, 60]),
  [series(metrics.prometheusRemoteSamplesFailed.name, engine)]: failed,
});

const discarding = (shape: Shape) => ({
  [series(metrics.engineDiscardedSamples.name, {
    job: "ruler",
    instance: "cortex:9009",
    user: "production",
    reason: "per_user_series_limit",
  })]: shape,
});

/** A target as one of two replicas has it, in an engine that keeps both. */
const replica = (name: string, ...phases: Phase[]) => ({
  [series(metrics.up.name, { ...prometheus, cluster: "agentpay-production", [HA_REPLICA]: name })]: level(
    ...phases,
  ),
});

/** Seconds since a moment that does not move: only the way between the two counts. */
const behind = (way: Shape) => ({
  [series(metrics.prometheusRemoteHighestTimestamp.name, engine)]: way,
  [series(metrics.prometheusRemoteHighestSent.name, engine)]: level([0, 60]),
});

function storageCases(name: string): RuleCase[] {
  const failing = (...phases: Phase[]) => ({ [series(name, prometheus)]: perMinute(...phases) });
  return [
    {
      title: "it fails every hour for half a day",
      series: failing([0, 60], [0.02, 720], [0, 300]),
      firing: { 60: [], 240: [], 420: [prometheus], 780: [prometheus], 1000: [] },
      scrapeInterval: "1m",
      evaluationInterval: "5m",
    },
    {
      title: "it fails once",
      series: failing([0, 60], [1, 1], [0, 500]),
      firing: silent(120, 240, 300, 500),
      scrapeInterval: "1m",
      evaluationInterval: "5m",
    },
  ];
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
  PrometheusTSDBReloadsFailing: storageCases(metrics.prometheusReloadFailures.name),
  PrometheusTSDBCompactionsFailing: storageCases(metrics.prometheusCompactionFailures.name),
  MonitoringRestarting: [
    {
      title: "Prometheus is ended and started again every four minutes, and then lives",
      series: {
        [series(metrics.processStartTime.name, prometheus)]: level(
          [100, 10],
          [700, 4],
          [940, 4],
          [1180, 4],
          [1420, 60],
        ),
      },
      firing: { 10: [], 20: [], 24: [prometheus], 38: [prometheus], 60: [] },
    },
    {
      title: "three updates in a row",
      series: {
        [series(metrics.processStartTime.name, prometheus)]: level([100, 10], [700, 4], [940, 4], [1180, 60]),
      },
      firing: silent(19, 24, 60),
    },
    {
      title: "AgentPay's servers have alerts of their own",
      series: {
        [series(metrics.processStartTime.name, { job: "agentpay-api", instance: "api-1" })]: level(
          [100, 10],
          [700, 4],
          [940, 4],
          [1180, 4],
          [1420, 60],
        ),
      },
      firing: silent(24, 38),
    },
  ],
  PrometheusScrapeSampleLimitHit: [
    {
      title: "a target is over the limit at each scrape, until it no longer is",
      series: {
        [series(metrics.prometheusSampleLimitHits.name, prometheus)]: perMinute([0, 10], [4, 30], [0, 20]),
      },
      firing: { 10: [], 20: [], 30: [prometheus], 40: [prometheus], 50: [] },
    },
    {
      title: "once",
      series: {
        [series(metrics.prometheusSampleLimitHits.name, prometheus)]: perMinute([0, 10], [2, 0.5], [0, 30]),
      },
      firing: silent(12, 20, 40),
    },
  ],
  PrometheusRuleFailures: [metrics.prometheusRuleFailures, metrics.engineRuleFailures].flatMap(({ name }) =>
    ruleCounterCases(name, [{ instance }]),
  ),
  PrometheusMissingRuleEvaluations: [
    metrics.prometheusRuleIterationsMissed,
    metrics.engineRuleIterationsMissed,
  ].flatMap(({ name }) => ruleCounterCases(name, [{ instance, ...group }])),
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
  AlertmanagerMembersInconsistent: [
    {
      title: "two that lose one another, and meet again",
      series: members({ a: level([2, 10], [1, 30], [2, 20]), b: level([2, 10], [1, 30], [2, 20]) }),
      firing: { 10: [], 28: [], 32: [member("a"), member("b")], 42: [] },
    },
    {
      title: "one that is down is known to be gone",
      series: members({ a: level([2, 10], [1, 50]), b: level([2, 10], ["gone", 50]) }),
      firing: silent(12, 20, 32, 50),
    },
    {
      title: "one that was restarted",
      series: members({ a: level([2, 10], [1, 2], [2, 48]), b: level([2, 10], ["gone", 2], [2, 48]) }),
      firing: silent(11, 15, 30, 50),
    },
    { title: "a single one, which has no cluster", series: alertmanagers(1), firing: silent(30) },
  ],
  MetricsNotArriving: [
    {
      title: "cut off: the last samples count for five minutes",
      series: { [up("prometheus", "localhost:9090")]: level([1, 10]) },
      firing: { 10: [], 14: [], 18: [{}], 60: [{}] },
    },
    {
      title: "gone, and back: it stays two minutes more",
      series: { [up("prometheus", "localhost:9090")]: level([1, 10], ["gone", 20], [1, 10]) },
      firing: { 10: [], 13: [{}], 31: [{}], 34: [] },
    },
    {
      title: "one of two arrives",
      series: {
        [up("prometheus", "prometheus:9090")]: level([1, 40]),
        [up("prometheus", "prometheus-b:9090")]: level([1, 10], ["gone", 30]),
      },
      firing: silent(20, 40),
    },
    {
      title: "only AgentPay's server is heard of, which does not answer",
      series: { [up("agentpay-api", "10.0.0.1:8000")]: level([0, 40]) },
      firing: silent(10, 20, 40),
    },
    {
      title: "a missed scrape",
      series: { [up("prometheus", "localhost:9090")]: level([1, 10], ["gone", 0.5], [1, 20]) },
      firing: silent(10, 11, 12, 20),
    },
    {
      title: "never anything: first samples have ten minutes to come",
      series: {},
      firing: { 3: [], 10: [], 12: [{}] },
    },
    {
      title: "cut off for more than a day",
      series: { [up("prometheus", "localhost:9090")]: level([1, 10], ["gone", 1500]) },
      firing: { 10: [], 18: [{}], 1440: [{}], 1500: [{}] },
    },
  ],
  PrometheusRemoteStorageFailures: [
    {
      title: "2% are refused, and then none",
      series: shipping(perMinute([0, 10], [20, 30], [0, 20])),
      firing: { 10: [], 20: [], 30: [engine], 40: [engine], 47: [] },
    },
    { title: "just below 1%", series: shipping(perMinute([9, 60])), firing: silent(30, 60) },
    {
      title: "a burst within a minute",
      series: shipping(perMinute([0, 10], [900, 1], [0, 49])),
      firing: silent(12, 16, 26, 40),
    },
    { title: "nothing is shipped", series: alertmanagers(1), firing: silent(30) },
  ],
  PrometheusRemoteWriteBehind: [
    {
      title: "three minutes behind, and then caught up",
      series: behind(level([5, 10], [180, 30], [5, 20])),
      firing: { 10: [], 20: [], 32: [engine], 47: [] },
    },
    { title: "exactly two minutes", series: behind(level([120, 60])), firing: silent(30, 60) },
    {
      title: "for ten minutes",
      series: behind(level([5, 10], [180, 10], [5, 40])),
      firing: silent(15, 20, 26, 40),
    },
    { title: "nothing is shipped", series: alertmanagers(1), firing: silent(30) },
  ],
  EngineDiscardsSamples: [
    {
      title: "the tenant is at its limit for half an hour",
      series: discarding(perMinute([0, 10], [100, 30], [0, 30])),
      firing: {
        10: [],
        20: [],
        30: [{ reason: "per_user_series_limit" }],
        40: [{ reason: "per_user_series_limit" }],
        52: [],
      },
    },
    {
      title: "a burst",
      series: discarding(perMinute([0, 10], [100, 1], [0, 30])),
      firing: silent(12, 20, 26, 40),
    },
    { title: "none", series: discarding(perMinute([0, 40])), firing: silent(20, 40) },
  ],
  SamplesDoubled: [
    {
      title: "an engine keeps both replicas, until it is told",
      series: { ...replica("prometheus", [1, 30]), ...replica("prometheus-b", [1, 30], ["gone", 20]) },
      firing: { 5: [], 15: [{}], 29: [{}], 40: [] },
    },
    {
      title: "one replica takes over from the other",
      series: {
        ...replica("prometheus", [1, 10], ["gone", 30]),
        ...replica("prometheus-b", ["gone", 10], [1, 30]),
      },
      firing: silent(5, 12, 20, 40),
    },
    {
      title: "an engine that takes the label off",
      series: { [up("prometheus", "localhost:9090")]: level([1, 30]) },
      firing: silent(15, 30),
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
  InstrumentationFaults: [
    {
      title: "a provider's numbers can't be, for ten minutes",
      series: faults(perMinute([0, 20], [2, 10], [0, 60])),
      firing: {
        20: [],
        30: [{ job: "agentpay-api", kind: "value" }],
        50: [{ job: "agentpay-api", kind: "value" }],
        75: [],
      },
    },
    {
      title: "four of them",
      series: faults(perMinute([0, 20], [1, 4], [0, 60])),
      firing: silent(25, 40, 60),
    },
    { title: "none", series: faults(perMinute([0, 60])), firing: silent(30, 60) },
    {
      title: "the server restarts",
      series: faults(perMinute([2, 5], [0, 60], "restart", [0, 30])),
      firing: silent(60, 70, 90),
    },
  ],
};
