/**
 * Whether Prometheus finds what it is to scrape, and hears of it what it is there for: what leaves discovery has no `up`
 * that could be 0, and what answers may say nothing.
 */
import { metrics } from "../metrics/index.ts";
import type { Alert, AlertGroup } from "./alert.ts";
import { anyWithoutSubject } from "./availability.ts";

const prometheusTargetSyncFailure: Alert = {
  name: "PrometheusTargetSyncFailure",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus can't scrape targets that it has found.",
  description:
    "Targets of {{ $labels.scrape_job }} could not be made into something to scrape {{ $value | humanize }} times in half an hour: nothing is known of them, and no alert counts them as down.",
  // Prometheus's own mixin, which calls it critical: what users feel has alerts of its own.
  expression: () => `increase(${metrics.prometheusTargetSyncFailures.name}[30m]) > 0`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-meta", panel: "discoveryFailures" },
};

/** What fails where targets are looked up: each way counts its failures by itself, and only there. */
const lookupFailures = [
  metrics.prometheusNameLookupFailures,
  metrics.prometheusTargetFileErrors,
  metrics.prometheusDiscoveryFailures,
].map(({ name }) => `sum by (job, instance) (increase(${name}[10m])) > 0`);

const prometheusDiscoveryFailing: Alert = {
  name: "PrometheusDiscoveryFailing",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus can't look up what to scrape.",
  description:
    "{{ $labels.instance }} failed {{ $value | humanize }} times in 10 minutes to look targets up, by DNS, in a file or in EC2: it goes on with those it knows, and new servers are not watched.",
  // Prometheus's own mixin holds it for 20 minutes; its counter has neither DNS's failures nor those of files.
  expression: () => lookupFailures.join(" or "),
  holdFor: "20m",
  panel: { dashboard: "agentpay-meta", panel: "discoveryFailures" },
};

const known = `count by (job) (${metrics.up.name})`;

const targetsVanished: Alert = {
  name: "TargetsVanished",
  severity: "warning",
  service: "monitoring",
  summary: "Many targets are no longer known.",
  description:
    "Of the targets of {{ $labels.job }} that were known within the last hour, {{ $value | humanizePercentage }} are left. One that left discovery is not counted as down by any other alert: it was taken away on purpose, or it died and took its address with it.",
  threshold: {
    default: 0.5,
    unit: "share of the job's targets of the last hour",
    source: "a starting point; an autoscaler takes a few away at a time, and replaces what it ends",
  },
  expression: (threshold) => `${known} / max_over_time(${known}[1h:1m]) < ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-meta", panel: "targetsKnown" },
};

const subjectMissing: Alert = {
  name: "SubjectMissing",
  severity: "warning",
  service: "monitoring",
  summary: "A target answers, and says nothing of what it is there for.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) is up, and its own series are gone: whatever happens to its subject goes unseen, and no alert on it can ring.",
  expression: anyWithoutSubject,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "samplesPerTarget" },
};

const prometheusSamplesRefused: Alert = {
  name: "PrometheusSamplesRefused",
  severity: "warning",
  service: "monitoring",
  summary: "Prometheus does not store some samples.",
  description:
    "{{ $labels.instance }} drops {{ $value | humanize }} samples a second, since their series has another value for that time or a newer one: two targets say they are the same, or a clock is wrong, and what is stored is one of them by chance.",
  // Prometheus's own mixin, as PrometheusDuplicateTimestamps and PrometheusOutOfOrderTimestamps.
  expression: () =>
    `${[
      metrics.prometheusDuplicateSamples,
      metrics.prometheusUnorderedSamples,
      metrics.prometheusUnboundedSamples,
    ]
      .map(({ name }) => `rate(${name}[5m])`)
      .join(" + ")} > 0`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-meta", panel: "samplesRefused" },
};

export const discoveryAlerts: AlertGroup = {
  name: "agentpay-discovery",
  interval: "30s",
  alerts: [
    prometheusTargetSyncFailure,
    prometheusDiscoveryFailing,
    targetsVanished,
    subjectMissing,
    prometheusSamplesRefused,
  ],
};
