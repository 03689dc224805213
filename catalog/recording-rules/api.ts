import { metrics } from "../metrics.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const PROBES = "/metrics|/healthz|/readyz";
/** Routes that answer for as long as people talk: how long that takes says nothing of the API's speed. */
const STREAMS = ".+/(ws|stream)";

/** Requests of people and their widgets: probes of the platform would dilute every ratio. */
export const userEndpoints = `endpoint!~"${PROBES}"`;

/** Those of `userEndpoints` that are to answer quickly. */
export const quickEndpoints = `endpoint!~"${PROBES}|${STREAMS}"`;

const requests = `${metrics.requests.name}{${userEndpoints}}`;
const serverErrors = `${metrics.requests.name}{${userEndpoints},status=~"5.."}`;

/** Share of requests that failed, by job; 0 rather than nothing before the first failure. */
export const errorRatio: RecordingRule = {
  record: "job:agentpay_requests_errors_per_requests:ratio_rate5m",
  expression:
    `(sum by (job) (rate(${serverErrors}[5m])) or 0 * sum by (job) (rate(${requests}[5m])))` +
    ` / (sum by (job) (rate(${requests}[5m])) > 0)`,
};

const buckets = `rate(${metrics.requestLatency.bucket}{${quickEndpoints}}[5m])`;

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

/** Open WebSockets of all servers: a mean over time of each server's own would count those that left twice. */
export const websocketConnections: RecordingRule = {
  record: "job:agentpay_websocket_connections:sum",
  expression: `sum by (job) (${metrics.websocketConnections.name})`,
};

/** 1 while at least one API server answers Prometheus. */
export const apiUp: RecordingRule = {
  record: "agentpay:api_up:max",
  expression: `max(${metrics.up.name}{job="agentpay-api"})`,
};

export const apiRecordingRules: RecordingRuleGroup = {
  name: "agentpay-red.rules",
  interval: "30s",
  rules: [
    errorRatio,
    latencyBucketsByInstance,
    latencyBucketsByEndpoint,
    latencyBuckets,
    latencyP95,
    websocketConnections,
    apiUp,
  ],
};
