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

/** Latency buckets by job, aggregated once for every quantile; the one up to +Inf counts all requests. */
export const latencyBuckets: RecordingRule = {
  record: "job_le:agentpay_request_latency_seconds_bucket:rate5m",
  expression: `sum by (job, le) (rate(${metrics.requestLatency.bucket}{${quickEndpoints}}[5m]))`,
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

export const apiRecordingRules: RecordingRuleGroup = {
  name: "agentpay-red.rules",
  interval: "30s",
  rules: [errorRatio, latencyBuckets, latencyP95, websocketConnections],
};
