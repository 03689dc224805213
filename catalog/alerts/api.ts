import { metrics } from "../metrics.ts";
import { errorRatio, latencyP95, requestRate, userEndpoints } from "../recording-rules.ts";
import type { Alert, AlertGroup } from "./alert.ts";

const API = 'job="agentpay-api"';

/** Few failures in few requests are a large share of nothing: a ratio alert also needs this many. */
const MINIMUM_FAILURES = 5;

const failures = (window: "5m" | "15m") =>
  `sum by (job) (increase(${metrics.requests.name}{${API},${userEndpoints},status=~"5.."}[${window}]))`;

const apiDown: Alert = {
  name: "APIDown",
  severity: "critical",
  service: "api",
  summary: "No API server answers.",
  description:
    "Every API server has been unreachable for 2 minutes, or none is known: the chat widget shows errors to every visitor.",
  // absent(): a target that left discovery is as dead as one that refuses connections.
  expression: () => `sum by (job) (${metrics.up.name}{${API}}) == 0 or absent(${metrics.up.name}{${API}})`,
  holdFor: "2m",
  panel: { dashboard: "agentpay-metrics", panel: "requestRate" },
};

const highErrorRate: Alert = {
  name: "HighErrorRate",
  severity: "critical",
  service: "api",
  summary: "The API fails a large share of requests.",
  description:
    "{{ $value | humanizePercentage }} of the API's requests fail with a server error: visitors see errors in the chat.",
  threshold: {
    default: 0.05,
    unit: "share of requests",
    source: "the guide: error rate over 5% for 5 minutes",
  },
  expression: (threshold) =>
    `${errorRatio.record}{${API}} > ${threshold} and on (job) ${failures("5m")} > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-metrics", panel: "errorRatio" },
};

const elevatedErrorRate: Alert = {
  name: "ElevatedErrorRate",
  severity: "warning",
  service: "api",
  summary: "The API fails more requests than usual.",
  description:
    "{{ $value | humanizePercentage }} of the API's requests fail with a server error: some visitors have to try again.",
  threshold: {
    default: 0.01,
    unit: "share of requests",
    source: "the guide: error rate over 1% for 15 minutes",
  },
  expression: (threshold) =>
    `${errorRatio.record}{${API}} > ${threshold} and on (job) ${failures("15m")} > ${MINIMUM_FAILURES}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-metrics", panel: "errorRatio" },
};

/** A quantile of a handful of requests is one request's luck; requests a second, 10 in 5 minutes. */
const MINIMUM_TRAFFIC = 10 / 300;

const slowApiResponses: Alert = {
  name: "SlowAPIResponses",
  severity: "warning",
  service: "api",
  summary: "The API answers slowly.",
  description:
    "1 request in 20 takes longer than {{ $value | humanizeDuration }}: visitors wait for the chat to react.",
  threshold: {
    default: 2,
    unit: "seconds, 95th percentile",
    source: "the guide: p95 over 2 s for 10 minutes",
  },
  expression: (threshold) =>
    `${latencyP95.record}{${API}} > ${threshold} and on (job) ${requestRate.record} > ${MINIMUM_TRAFFIC.toFixed(4)}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "latencyP95" },
};

export const apiAlerts: AlertGroup = {
  name: "agentpay-api",
  alerts: [apiDown, highErrorRate, elevatedErrorRate, slowApiResponses],
};
