/** What postgres_exporter tells of PostgreSQL. */

import { counter, gauge, open } from "./metric.ts";

const postgres = ["postgres"] as const;

const datname = open("database name");
const activity = {
  datname,
  usename: open("database user"),
  application_name: open("what the client calls itself"),
  backend_type: open("client backend, autovacuum worker, ..."),
  state: [
    "active",
    "idle",
    "idle in transaction",
    "idle in transaction (aborted)",
    "fastpath function call",
    "disabled",
  ],
  wait_event: open("what the backend waits for"),
  wait_event_type: open("kind of wait"),
} as const;
const statement = {
  datname,
  user: open("database user"),
  queryid: open("hash of the normalised statement; the top 100"),
};
const database = { datid: open("database oid"), datname };
const table = { datname, schemaname: open("schema"), relname: open("table") };

/** postgres_exporter, with `--collector.stat_statements` and `--collector.database_wraparound`. Its pg_stat_database_* counters have no `_total`. */
export const postgresMetrics = {
  pgUp: gauge("pg_up", {
    help: "Whether the exporter could connect to PostgreSQL.",
    unit: "boolean",
    jobs: postgres,
    labels: {},
  }),
  pgStatActivityCount: gauge("pg_stat_activity_count", {
    help: "Connections by state.",
    jobs: postgres,
    labels: activity,
  }),
  pgStatActivityMaxTxDuration: gauge("pg_stat_activity_max_tx_duration", {
    help: "Age of the oldest transaction, by connection state.",
    unit: "seconds",
    jobs: postgres,
    labels: activity,
  }),
  pgMaxConnections: gauge("pg_settings_max_connections", {
    help: "Most connections that the server accepts.",
    jobs: postgres,
    labels: {},
  }),
  pgReservedConnections: gauge("pg_settings_superuser_reserved_connections", {
    help: "Connections kept free for superusers.",
    jobs: postgres,
    labels: {},
  }),
  pgReservedForRoles: gauge("pg_settings_reserved_connections", {
    help: "Connections kept free for roles with pg_use_reserved_connections; from PostgreSQL 16 on.",
    jobs: postgres,
    labels: {},
  }),
  pgStatStatementsSeconds: counter("pg_stat_statements_seconds_total", {
    help: "Time spent in a statement.",
    unit: "seconds",
    jobs: postgres,
    labels: statement,
  }),
  pgStatStatementsCalls: counter("pg_stat_statements_calls_total", {
    help: "Executions of a statement.",
    jobs: postgres,
    labels: statement,
  }),
  pgCollectorSuccess: gauge("pg_scrape_collector_success", {
    help: "Whether a part of the exporter could read what it is for.",
    unit: "boolean",
    jobs: postgres,
    labels: { collector: open("database, replication, stat_database, stat_statements, ...") },
  }),
  pgIsReplica: gauge("pg_replication_is_replica", {
    help: "Whether the server replays what another one wrote.",
    unit: "boolean",
    jobs: postgres,
    labels: {},
  }),
  pgReplayAge: gauge("pg_replication_last_replay_seconds", {
    help: "Age of the last transaction that a replica replayed; grows also while nobody writes.",
    unit: "seconds",
    jobs: postgres,
    labels: {},
  }),
  pgDeadRows: gauge("pg_stat_user_tables_n_dead_tup", {
    help: "Rows of a table that nobody sees any more and autovacuum has not removed, estimated.",
    jobs: postgres,
    labels: table,
  }),
  pgLiveRows: gauge("pg_stat_user_tables_n_live_tup", {
    help: "Rows of a table, estimated.",
    jobs: postgres,
    labels: table,
  }),
  pgSlotHeldBytes: gauge("pg_replication_slots_pg_wal_lsn_diff", {
    help: "Write-ahead log between a replication slot and now: it is kept until whoever reads the slot has taken it.",
    unit: "bytes",
    jobs: postgres,
    labels: { database: open("database of a logical slot"), slot_name: open("replication slot") },
  }),
  pgTransactionIdAge: gauge("pg_database_wraparound_age_datfrozenxid_seconds", {
    help: "Transaction IDs used since a database's oldest row was frozen; no seconds, whatever its name says.",
    jobs: postgres,
    labels: { datname },
  }),
  pgMultixactIdAge: gauge("pg_database_wraparound_age_datminmxid_seconds", {
    help: "Likewise the IDs of rows that several transactions lock at once.",
    jobs: postgres,
    labels: { datname },
  }),
  pgDatabaseBackends: gauge("pg_stat_database_numbackends", {
    help: "Backends connected to a database.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseCommits: counter("pg_stat_database_xact_commit", {
    help: "Transactions committed.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseRollbacks: counter("pg_stat_database_xact_rollback", {
    help: "Transactions rolled back.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseBlocksHit: counter("pg_stat_database_blks_hit", {
    help: "Blocks found in the buffer cache.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseBlocksRead: counter("pg_stat_database_blks_read", {
    help: "Blocks read from disk.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseDeadlocks: counter("pg_stat_database_deadlocks", {
    help: "Deadlocks detected.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseSize: gauge("pg_database_size_bytes", {
    help: "Disk space of a database.",
    unit: "bytes",
    jobs: postgres,
    labels: { datname },
  }),
};
