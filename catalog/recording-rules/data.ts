import { rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

/** As operations/database/role.ts makes it: what looks at the database is no part of what is looked at. */
const NOT_MONITORING = 'user!="agentpay_monitoring"';

const { pgMaxConnections, pgReservedConnections, pgReservedForRoles } = metrics;

/** What takes a slot: exporters before 0.17 don't say, and neither autovacuum nor a parallel worker does. */
const CLIENTS = 'backend_type=~"client backend|"';

/**
 * Share of the connection slots that AgentPay can use, whatever their state, by database server. Superusers, and from
 * PostgreSQL 16 on roles with pg_use_reserved_connections, have some to themselves.
 */
export const connectionRatio: RecordingRule = {
  record: "instance:pg_connections_per_max_connections:ratio",
  expression:
    `sum by (instance) (${metrics.pgStatActivityCount.name}{${CLIENTS}} >= 0)` +
    ` / sum by (instance) (${pgMaxConnections.name} - ${pgReservedConnections.name}` +
    ` - (${pgReservedForRoles.name} or 0 * ${pgMaxConnections.name}))`,
};

const statements = ({ name }: { name: string }) => rate(`${name}{${NOT_MONITORING}}`, "5m");

/** Mean seconds of a call, by statement, of the statements that were called. */
export const statementSeconds: RecordingRule = {
  record: "instance_datname_queryid:pg_stat_statements_seconds:mean5m",
  expression:
    `sum by (instance, datname, queryid) (${statements(metrics.pgStatStatementsSeconds)})` +
    ` / (sum by (instance, datname, queryid) (${statements(metrics.pgStatStatementsCalls)}) > 0)`,
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
