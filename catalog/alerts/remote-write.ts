/** Samples on their way to an engine elsewhere that has the rules: lost, late, thrown away or counted twice. */
import { increase } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { HA_REPLICA } from "../metrics/labels.ts";
import type { Alert } from "./alert.ts";

const up = metrics.up.name;

/**
 * Samples were seen, or have had ten minutes to come since the rules began: those are there before the first samples in a
 * new engine. A Prometheus scrapes itself.
 */
const EXPECTED =
  `group(present_over_time(${up}{job="prometheus"}[1d]))` +
  ` or group(${metrics.alerts.name}{alertname="Watchdog"} offset 10m)`;

export const metricsNotArriving: Alert = {
  name: "MetricsNotArriving",
  severity: "critical",
  service: "monitoring",
  summary: "The engine that has the rules gets no samples: monitoring is blind.",
  description:
    "No sample of any target's health has arrived for 5 minutes: Prometheus is down or cut off from the engine that has the rules, or the engine refuses them, as it does at its limit of series. Whatever breaks now goes unseen, and nothing is known of AgentPay.",
  // Every Prometheus scrapes itself, and what was cut off brings no end of its series: they are old after 5 minutes.
  // Of anything at all: while a single target is heard of, what is down is known to be.
  expression: () => `absent(${up}) and on () (${EXPECTED})`,
  // A scrape and an evaluation before the alerts of what is merely not seen, so that these are held back, until they are over.
  holdFor: "30s",
  keepFiringFor: "2m",
  panel: { dashboard: "agentpay-meta", panel: "targetsUp" },
};

const lost = `rate(${metrics.prometheusRemoteSamplesFailed.name}[5m])`;
const shipped = `rate(${metrics.prometheusRemoteSamples.name}[5m])`;

export const prometheusRemoteStorageFailures: Alert = {
  name: "PrometheusRemoteStorageFailures",
  severity: "critical",
  service: "monitoring",
  summary: "The engine elsewhere refuses samples.",
  description:
    "{{ $value | humanizePercentage }} of the samples of {{ $labels.instance }} are refused by {{ $labels.url }} and lost: alerts and dashboards that need them are wrong. Most often they are more than the engine's limits allow.",
  threshold: {
    default: 0.01,
    unit: "share of samples sent",
    source: "Prometheus's own mixin (PrometheusRemoteStorageFailures)",
  },
  // Of what was sent: that counts the refused as well.
  expression: (threshold) => `${lost} / ${shipped} > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "samplesLost" },
};

export const prometheusRemoteWriteBehind: Alert = {
  name: "PrometheusRemoteWriteBehind",
  severity: "critical",
  service: "monitoring",
  summary: "Samples reach the engine elsewhere late.",
  description:
    "{{ $labels.instance }} is {{ $value | humanizeDuration }} behind with {{ $labels.url }}: every alert rings late, and once it is 5 minutes, none does.",
  threshold: {
    default: 120,
    unit: "seconds",
    source: "Prometheus's own mixin (PrometheusRemoteWriteBehind)",
  },
  // max: a scrape may be missed.
  expression: (threshold) =>
    `max_over_time(${metrics.prometheusRemoteHighestTimestamp.name}[5m]) - max_over_time(${metrics.prometheusRemoteHighestSent.name}[5m]) > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "samplesBehind" },
};

export const engineDiscardsSamples: Alert = {
  name: "EngineDiscardsSamples",
  severity: "warning",
  service: "monitoring",
  summary: "The engine elsewhere throws samples away.",
  description:
    "{{ $value | humanize }} samples were thrown away in 10 minutes for {{ $labels.reason }}: series are missing, those that alerts themselves record among them, so alerts ring late or not at all.",
  expression: () => `sum by (reason) (${increase(metrics.engineDiscardedSamples.name, "10m")}) > 0`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-meta", panel: "samplesDiscarded" },
};

export const samplesDoubled: Alert = {
  name: "SamplesDoubled",
  severity: "warning",
  service: "monitoring",
  summary: "Every sample is counted twice.",
  description:
    "The engine keeps the samples of {{ $value | humanize }} Prometheus servers that scrape the same, instead of one of them: rates, counts and costs are twice what they are.",
  // An engine that knows replicas takes the samples of one, and their label off.
  expression: () => `count(group by (${HA_REPLICA}) (${up}{${HA_REPLICA}!=""})) > 1`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "replicasKept" },
};
