/** What a PostgreSQL comes to that nobody looks after: each of these goes well for days, and then stops everything. */
import { metrics } from "../metrics/index.ts";
import type { Alert } from "./alert.ts";

/** PostgreSQL's own databases have no users. */
export const OURS = 'datname!~"template.*|postgres"';

export const postgresReplicationSlotBehind: Alert = {
  name: "PostgresReplicationSlotBehind",
  severity: "warning",
  service: "postgres",
  summary: "PostgreSQL keeps old log for a replication slot.",
  description:
    "{{ $labels.instance }} keeps {{ $value | humanize }} GiB of its log for the replication slot {{ $labels.slot_name }}, whose reader is gone or too slow: the log grows until it is read, and at the end the disk is full.",
  threshold: {
    default: 1,
    unit: "GiB of log kept for a slot",
    source:
      "a starting point; a reader that keeps up is behind by some MB, a dead one by all that is written",
  },
  // A slot that was never used has NaN, which no threshold is compared with.
  expression: (threshold) => `${metrics.pgSlotHeldBytes.name} / 1024 ^ 3 > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-data", panel: "slotsBehind" },
};

export const postgresTransactionIdsHigh: Alert = {
  name: "PostgresTransactionIdsHigh",
  // On RDS, DatabaseTransactionIdsHigh pages at twice as many.
  severity: "warning",
  service: "postgres",
  summary: "PostgreSQL is using up its transaction IDs.",
  description:
    "{{ $labels.datname }} on {{ $labels.instance }} has used {{ $value | humanize }} transaction IDs since its oldest row was frozen: autovacuum does not keep up, and at 2 billion PostgreSQL takes no more writes.",
  threshold: {
    default: 500_000_000,
    unit: "transaction IDs in use",
    source:
      "a quarter of the 2 billion there are; PostgreSQL freezes from 200 million on, or 400 million of those for locks (autovacuum_freeze_max_age, autovacuum_multixact_freeze_max_age)",
  },
  expression: (threshold) =>
    `${metrics.pgTransactionIdAge.name} > ${threshold} or ${metrics.pgMultixactIdAge.name} > ${threshold}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-data", panel: "transactionIds" },
};

export const postgresSessionsBlocked: Alert = {
  name: "PostgresSessionsBlocked",
  severity: "warning",
  service: "postgres",
  summary: "Database sessions wait for a lock.",
  description:
    "{{ $value }} sessions of {{ $labels.datname }} wait for a lock that another one holds: their requests hang, and each new one that needs the same joins them.",
  threshold: {
    default: 5,
    unit: "sessions that wait for a lock",
    source: "a starting point; who shares a row waits for milliseconds, and is hardly ever seen",
  },
  expression: (threshold) =>
    `sum by (instance, datname) (${metrics.pgStatActivityCount.name}{wait_event_type="Lock"}) > ${threshold}`,
  holdFor: "3m",
  panel: { dashboard: "agentpay-data", panel: "sessionsBlocked" },
};

/** After a crash PostgreSQL counts from 0 again; who stops it in good order loses no count. */
const crashes = `resets(${metrics.pgDatabaseCommits.name}{${OURS}}[30m])`;

export const postgresRestarting: Alert = {
  name: "PostgresRestarting",
  severity: "warning",
  service: "postgres",
  summary: "PostgreSQL keeps crashing.",
  description:
    "{{ $labels.instance }} crashed, or went away and came back, {{ $value | humanize }} times in half an hour: each time every connection breaks, and what was at work fails. It is back too soon for PostgresDown.",
  threshold: {
    default: 1,
    unit: "crashes in 30 minutes",
    source: "a starting point; a failover, or an update, is one",
  },
  expression: (threshold) =>
    `max by (instance) (${crashes} or changes(${metrics.pgUp.name}[30m]) / 2) > ${threshold}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "databaseRestarts" },
};
