import { rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { heldBefore } from "./before.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const PROBES = "/metrics|/healthz|/readyz";
/** Routes that answer for as long as people talk: how long that takes says nothing of the API's speed. */
const STREAMS = ".+/(ws|stream)";

/**
 * Statuses of those who did not get what they asked for: refused, given up, or sent elsewhere, as all of them are by a proxy
 * that takes HTTPS for HTTP. 304 is an answer: what they have is still right.
 */
export const NOT_SERVED = "30(1|2|3|7|8)|4..";

/** Requests of people and their widgets: probes of the platform would dilute every ratio. */
export const userEndpoints = `endpoint!~"${PROBES}"`;

/** Those of `userEndpoints` that are to answer quickly. */
export const quickEndpoints = `endpoint!~"${PROBES}|${STREAMS}"`;

const API = 'job="agentpay-api"';
const requests = `${metrics.requests.name}{${userEndpoints}}`;
const serverErrors = `${metrics.requests.name}{${userEndpoints},status=~"5.."}`;

/** 0 rather than nothing before the first failure. */
function failedShare(by: "job" | "job, instance"): string {
  const sum = (series: string) => `sum by (${by}) (${rate(series, "5m")})`;
  return `(${sum(serverErrors)} or 0 * ${sum(requests)}) / (${sum(requests)} > 0)`;
}

/** Share of requests that failed, by job. */
export const errorRatio: RecordingRule = {
  record: "job:agentpay_requests_errors_per_requests:ratio_rate5m",
  expression: failedShare("job"),
};

/** Likewise by server. */
export const errorRatioByInstance: RecordingRule = {
  record: "job_instance:agentpay_requests_errors_per_requests:ratio_rate5m",
  expression: failedShare("job, instance"),
};

const buckets = rate(`${metrics.requestLatency.bucket}{${quickEndpoints}}`, "5m");

/**
 * Latency buckets by server, aggregated once for every quantile: a server has as many series as routes times buckets,
 * and a panel over all of them took seconds (`npm run bench -- dashboards`).
 */
export const latencyBucketsByInstance: RecordingRule = {
  record: "job_instance_le:agentpay_request_latency_seconds_bucket:rate5m",
  expression: `sum by (job, instance, le) (${buckets})`,
};

/** Likewise by route. */
export const latencyBucketsByEndpoint: RecordingRule = {
  record: "endpoint_le:agentpay_request_latency_seconds_bucket:rate5m",
  expression: `sum by (endpoint, le) (${buckets})`,
};

/** Likewise by job; the bucket up to +Inf counts all requests. */
export const latencyBuckets: RecordingRule = {
  record: "job_le:agentpay_request_latency_seconds_bucket:rate5m",
  expression: `sum by (job, le) (${latencyBucketsByInstance.record})`,
};

/** Seconds within which 95% of requests are answered, by job. */
export const latencyP95: RecordingRule = {
  record: "job:agentpay_request_latency_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, ${latencyBuckets.record})`,
};

/** Seconds within which half of the requests are answered, by job. */
export const latencyMedian: RecordingRule = {
  record: "job:agentpay_request_latency_seconds:p50_rate5m",
  expression: `histogram_quantile(0.5, ${latencyBuckets.record})`,
};

/** Seconds within which 95% of a server's requests are answered. */
export const latencyP95ByInstance: RecordingRule = {
  record: "job_instance:agentpay_request_latency_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, ${latencyBucketsByInstance.record})`,
};

/** Requests a second that got what they asked for; 0 rather than nothing where none did. */
export const requestsAnswered: RecordingRule = {
  record: "job:agentpay_requests_answered:rate5m",
  expression:
    `sum by (job) (${rate(`${metrics.requests.name}{${API},${userEndpoints},status!~"${NOT_SERVED}|5.."}`, "5m")})` +
    ` or 0 * sum by (job) (${metrics.up.name}{${API}})`,
};

const byRoute = (matchers: string) =>
  `sum by (job, endpoint) (${rate(`${metrics.requests.name}{${API},${userEndpoints},endpoint!="<unmatched>"${matchers}}`, "10m")})`;

/** Share of a route's requests that it refuses or sends elsewhere, or whose callers give up. */
export const refusedRatio: RecordingRule = {
  record: "job_endpoint:agentpay_requests_refused_per_requests:ratio_rate10m",
  expression: `(${byRoute(`,status=~"${NOT_SERVED}"`)} or 0 * ${byRoute("")}) / (${byRoute("")} > 0)`,
};

/** Of the routes that are asked for, the share that refuses 9 of 10 requests. */
export const routesRefused: RecordingRule = {
  record: "job:agentpay_routes_refused:ratio_rate10m",
  expression: `count by (job) (${refusedRatio.record} > 0.9) / count by (job) (${refusedRatio.record})`,
};

/** Of the requests answered before, the share below which they have stopped. */
export const STOPPED_SHARE = 0.05;

/** The same before they stopped. */
export const requestsAnsweredBefore = heldBefore(
  "job:agentpay_requests_answered:rate5m_before",
  requestsAnswered,
  STOPPED_SHARE,
);

/** Open WebSockets of all servers: a mean over time of each server's own would count those that left twice. */
export const websocketConnections: RecordingRule = {
  record: "job:agentpay_websocket_connections:sum",
  expression: `sum by (job) (${metrics.websocketConnections.name} >= 0)`,
};

/** Of the connections before, the share below which many were lost at once: the daily curve never halves in minutes. */
export const CONNECTIONS_LOST_SHARE = 0.5;

/** The same before many were lost. */
export const websocketConnectionsBefore = heldBefore(
  "job:agentpay_websocket_connections:sum_before",
  websocketConnections,
  CONNECTIONS_LOST_SHARE,
);

/** The share of what people ask of the API that it does at all: 0 while no server answers Prometheus. */
export const apiAvailability: RecordingRule = {
  record: "agentpay:api_availability:ratio",
  expression:
    `max(${metrics.up.name}{${API}}) * (max(1 - ${errorRatio.record}) or max(${metrics.up.name}{${API}}))` +
    " or vector(0)",
};

/**
 * Its mean over 30 days. Recorded, since a panel of 30 days that asks for it at each of its points would reach 60 days
 * back, and engines elsewhere refuse more than about 32.
 */
export const apiAvailability30d: RecordingRule = {
  record: "agentpay:api_availability:avg30d",
  expression: `avg_over_time(${apiAvailability.record}[30d])`,
};

/** A month changes slowly, but whoever has just started the platform looks at an empty panel until then. */
export const apiUptimeRecordingRules: RecordingRuleGroup = {
  name: "agentpay-api-uptime.rules",
  interval: "1m",
  rules: [apiAvailability30d],
};

const APP = 'job=~"agentpay-(api|worker)"';
const resets = (series: string) =>
  `label_replace(max by (job, instance) (resets(${series}[30m])), "by", "counter", "", "")`;

/**
 * How often a server went away and came back in half an hour. A crash between two scrapes never shows in `up`: the
 * process is younger then, or, where an application in several processes does not say its age, its counters began again.
 */
export const restarts: RecordingRule = {
  record: "job_instance:agentpay_restarts:changes30m",
  expression:
    "max by (job, instance) (" +
    `changes(${metrics.up.name}{${APP}}[30m]) / 2` +
    ` or label_replace(changes(${metrics.processStartTime.name}{${APP}}[30m]), "by", "start", "", "")` +
    ` or ${resets(metrics.requests.name)} or ${resets(metrics.workerJobs.name)})`,
};

export const apiRecordingRules: RecordingRuleGroup = {
  name: "agentpay-red.rules",
  interval: "30s",
  rules: [
    errorRatio,
    errorRatioByInstance,
    latencyBucketsByInstance,
    latencyBucketsByEndpoint,
    latencyBuckets,
    latencyP95,
    latencyMedian,
    latencyP95ByInstance,
    requestsAnswered,
    requestsAnsweredBefore,
    refusedRatio,
    routesRefused,
    websocketConnections,
    websocketConnectionsBefore,
    apiAvailability,
    restarts,
  ],
};
