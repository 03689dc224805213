/**
 * Series that Prometheus computes once, so that alerts and panels share them. Names are `level:metric:operations`.
 */
import type { Duration } from "./duration.ts";
import { metrics } from "./metrics.ts";

/** A recorded series. */
export interface RecordingRule {
  readonly record: string;
  readonly expression: string;
}

export interface RecordingRuleGroup {
  readonly name: string;
  readonly interval: Duration;
  readonly rules: readonly RecordingRule[];
}

/** Requests of people and their widgets: probes of the platform would dilute every ratio. */
export const userEndpoints = 'endpoint!~"/metrics|/healthz|/readyz"';

const requests = `${metrics.requests.name}{${userEndpoints}}`;
const serverErrors = `${metrics.requests.name}{${userEndpoints},status=~"5.."}`;

/** Requests a second by job. */
export const requestRate: RecordingRule = {
  record: "job:agentpay_requests:rate5m",
  expression: `sum by (job) (rate(${requests}[5m]))`,
};

/** Share of requests that failed, by job; 0 rather than nothing before the first failure. */
export const errorRatio: RecordingRule = {
  record: "job:agentpay_requests_errors_per_requests:ratio_rate5m",
  expression:
    `(sum by (job) (rate(${serverErrors}[5m])) or 0 * sum by (job) (rate(${requests}[5m])))` +
    ` / (sum by (job) (rate(${requests}[5m])) > 0)`,
};

/** Latency buckets by job, aggregated once for every quantile. */
export const latencyBuckets: RecordingRule = {
  record: "job_le:agentpay_request_latency_seconds_bucket:rate5m",
  expression: `sum by (job, le) (rate(${metrics.requestLatency.bucket}{${userEndpoints}}[5m]))`,
};

/** Seconds within which 95% of requests are answered, by job. */
export const latencyP95: RecordingRule = {
  record: "job:agentpay_request_latency_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, ${latencyBuckets.record})`,
};

/** What the models cost in the last 24 hours, USD; Prometheus estimates, the provider's bill is exact. */
export const dailyCost: RecordingRule = {
  record: "agentpay:llm_cost_usd:increase1d",
  expression: `sum(increase(${metrics.llmCost.name}[1d]))`,
};

/** Share of the usable connection slots in use, whatever their state, by database server. */
export const connectionRatio: RecordingRule = {
  record: "instance:pg_connections_per_max_connections:ratio",
  expression:
    `sum by (instance) (${metrics.pgStatActivityCount.name})` +
    ` / sum by (instance) (${metrics.pgMaxConnections.name} - ${metrics.pgReservedConnections.name})`,
};

/** Mean seconds of a call, by statement, of the statements that were called. */
export const statementSeconds: RecordingRule = {
  record: "instance_datname_queryid:pg_stat_statements_seconds:mean5m",
  expression:
    `sum by (instance, datname, queryid) (rate(${metrics.pgStatStatementsSeconds.name}[5m]))` +
    ` / (sum by (instance, datname, queryid) (rate(${metrics.pgStatStatementsCalls.name}[5m])) > 0)`,
};

export const recordingRuleGroups: readonly RecordingRuleGroup[] = [
  {
    name: "agentpay-red.rules",
    interval: "30s",
    rules: [requestRate, errorRatio, latencyBuckets, latencyP95],
  },
  { name: "agentpay-cost.rules", interval: "1m", rules: [dailyCost] },
  { name: "agentpay-data.rules", interval: "30s", rules: [connectionRatio, statementSeconds] },
];
