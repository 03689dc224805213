import { metrics } from "../metrics.ts";
import { errorRatio, latencyBuckets, latencyP95, userEndpoints } from "../recording-rules/api.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, MINIMUM_OBSERVATIONS } from "./alert.ts";
import { allDown, someDown } from "./availability.ts";

const API = 'job="agentpay-api"';

const failures = (window: "5m" | "15m") =>
  `sum by (job) (increase(${metrics.requests.name}{${API},${userEndpoints},status=~"5.."}[${window}]))`;

const apiDown: Alert = {
  name: "APIDown",
  severity: "critical",
  service: "api",
  summary: "No API server answers.",
  description:
    "Every API server has been unreachable for 2 minutes, or none is known: the chat widget shows errors to every visitor.",
  expression: () => allDown("agentpay-api"),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
};

const apiInstanceDown: Alert = {
  name: "APIInstanceDown",
  severity: "warning",
  service: "api",
  summary: "An API server does not answer.",
  description:
    "API server {{ $labels.instance }} has been unreachable for 2 minutes. The others serve all visitors, with less room for more of them.",
  expression: () => someDown("agentpay-api"),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
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

export const slowApiResponses = {
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
    `${latencyP95.record}{${API}} > ${threshold}` +
    ` and on (job) ${latencyBuckets.record}{${API},le="+Inf"} * 300 > ${MINIMUM_OBSERVATIONS}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "latencyP95" },
} as const satisfies Alert;

const databaseAppPoolSaturated: Alert = {
  name: "DatabaseAppPoolSaturated",
  severity: "warning",
  service: "postgres",
  summary: "A server's own database pool is nearly used up.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) has {{ $value | humanizePercentage }} of its database connections in use: its requests queue for one, and users wait.",
  threshold: {
    default: 0.9,
    unit: "share of the pool",
    source: "a starting point; a pool that is this full for minutes makes requests wait",
  },
  expression: (threshold) =>
    `sum by (job, instance) (${metrics.dbPoolConnections.name}{state="checked_out"})` +
    ` / sum by (job, instance) (${metrics.dbPoolLimit.name}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "applicationPool" },
};

export const apiAlerts: AlertGroup = {
  name: "agentpay-api",
  interval: "30s",
  alerts: [
    apiDown,
    apiInstanceDown,
    highErrorRate,
    elevatedErrorRate,
    slowApiResponses,
    databaseAppPoolSaturated,
  ],
};
