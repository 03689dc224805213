import { metrics } from "../metrics.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

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

/** Share of Redis's memory in use; nothing, rather than infinity, where maxmemory is unset. */
export const redisMemoryRatio: RecordingRule = {
  record: "instance:redis_memory_used_per_max:ratio",
  expression:
    `sum by (instance) (${metrics.redisMemoryUsed.name})` +
    ` / (sum by (instance) (${metrics.redisMemoryMax.name}) > 0)`,
};

export const dataRecordingRules: RecordingRuleGroup = {
  name: "agentpay-data.rules",
  interval: "30s",
  rules: [connectionRatio, statementSeconds, redisMemoryRatio],
};
