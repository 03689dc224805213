import { rate, sustained } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { connectionRatio, statementSeconds } from "../recording-rules/data.ts";
import { type Alert, type AlertGroup, OUTAGE_INTERVAL } from "./alert.ts";
import { anyDown, unknownState } from "./availability.ts";
import {
  OURS,
  postgresReplicationSlotBehind,
  postgresRestarting,
  postgresSessionsBlocked,
  postgresTransactionIdsHigh,
} from "./postgres-upkeep.ts";

const postgresDown: Alert = {
  name: "PostgresDown",
  severity: "critical",
  service: "postgres",
  summary: "PostgreSQL does not answer.",
  description:
    "The exporter of {{ $labels.instance }} answers, its database does not: nearly every request and job fails.",
  expression: () => `${metrics.pgUp.name} == 0`,
  holdFor: "1m",
  evaluatedEach: OUTAGE_INTERVAL,
  panel: { dashboard: "agentpay-data", panel: "databasesUp" },
};

const postgresExporterDown: Alert = {
  name: "PostgresExporterDown",
  severity: "warning",
  service: "postgres",
  summary: "The exporter of PostgreSQL does not answer.",
  description:
    "Users notice nothing, but whatever happens to PostgreSQL now goes unseen: its exporter has been unreachable or unknown for 10 minutes.",
  expression: () => anyDown("postgres"),
  // After PostgresStateUnknown, which looks back over 5 minutes: "users notice nothing" would be wrong then.
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "exportersUp" },
};

const postgresStateUnknown: Alert = {
  name: "PostgresStateUnknown",
  severity: "critical",
  service: "postgres",
  summary: "Nothing is known of PostgreSQL, and nothing shows that it works.",
  description:
    "The exporter of {{ $labels.instance }} gives no answer, and neither a conversation began nor a job was done in 5 minutes: PostgreSQL hangs, or the network to it swallows everything, or nobody is there and only the exporter is dead.",
  expression: () =>
    unknownState(
      "postgres",
      metrics.conversationsStarted.name,
      `${metrics.workerJobs.name}{status="succeeded"}`,
    ),
  holdFor: "3m",
  panel: { dashboard: "agentpay-data", panel: "exportersUp" },
};

const postgresUnreadable: Alert = {
  name: "PostgresUnreadable",
  severity: "critical",
  service: "postgres",
  summary: "PostgreSQL answers, but nothing can be read of it.",
  description:
    "The exporter of {{ $labels.instance }} takes PostgreSQL for up and gets no statistics of it: either every connection slot is taken, and whoever needs a new one fails, or the monitoring role's password or rights were changed.",
  // An exporter keeps the connection that it asks "are you there" on: it lives on when no new one is to be had.
  expression: () => `${metrics.pgUp.name} == 1 unless on (instance) ${metrics.pgDatabaseBackends.name}`,
  holdFor: "2m",
  panel: { dashboard: "agentpay-data", panel: "databasesUp" },
};

/** Parts of the exporter whose numbers our alerts and panels read. Others may fail by design, as `wal` does on RDS. */
const COLLECTORS =
  'collector=~"database|database_wraparound|replication|replication_slots|settings|stat_activity|stat_database|stat_statements|stat_user_tables"';

const postgresCollectorFailing: Alert = {
  name: "PostgresCollectorFailing",
  severity: "warning",
  service: "postgres",
  summary: "A part of PostgreSQL's exporter fails.",
  description:
    "The exporter of {{ $labels.instance }} answers, and its part {{ $labels.collector }} reads nothing: what that would report goes unseen, and no alert on it can ring.",
  expression: () =>
    `${metrics.pgCollectorSuccess.name}{${COLLECTORS}} == 0 and on (instance) ${metrics.pgUp.name} == 1`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-data", panel: "collectors" },
};

const postgresReplicationLag: Alert = {
  name: "PostgresReplicationLag",
  severity: "warning",
  service: "postgres",
  summary: "A replica of PostgreSQL is behind.",
  description:
    "{{ $labels.instance }} has replayed nothing newer than {{ $value | humanizeDuration }} ago, though AgentPay writes: who reads from it sees old data, and a failover to it would lose the difference.",
  threshold: {
    default: 300,
    unit: "seconds behind",
    source: "a starting point; a replica that keeps up is behind by less than a second",
  },
  // While nobody writes there is nothing to replay, and the age of the last transaction grows on a replica that is well. What
  // the exporter calls the lag is 0 on a replica that its primary does not reach: it has replayed all that came.
  expression: (threshold) =>
    `${metrics.pgReplayAge.name} > ${threshold} and on (instance) ${metrics.pgIsReplica.name} == 1` +
    ` and on () sum(increase(${metrics.conversationsStarted.name}[5m]) >= 0) > 0`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "replicationLag" },
};

/** Rows below which a table is read in no time, however many of them are dead. */
const MINIMUM_DEAD_ROWS = 10_000;

const postgresAutovacuumBehind: Alert = {
  name: "PostgresAutovacuumBehind",
  severity: "warning",
  service: "postgres",
  summary: "PostgreSQL does not clean up a table.",
  description:
    "{{ $value | humanizePercentage }} of the rows of {{ $labels.relname }} in {{ $labels.datname }} are dead: statements read them all the same and get slower, and the disk fills.",
  threshold: {
    default: 0.4,
    unit: "share of a table's rows",
    source:
      "PostgreSQL's own default cleans up at 0.2 (autovacuum_vacuum_scale_factor): twice that is behind",
  },
  expression: (threshold) =>
    `${metrics.pgDeadRows.name} / (${metrics.pgDeadRows.name} + ${metrics.pgLiveRows.name}) > ${threshold}` +
    ` and ${metrics.pgDeadRows.name} > ${MINIMUM_DEAD_ROWS}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-data", panel: "deadRows" },
};

const databasePoolExhausted: Alert = {
  name: "DatabasePoolExhausted",
  severity: "warning",
  service: "postgres",
  summary: "PostgreSQL is running out of connections.",
  description:
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its connection slots: once they are gone, every request that needs the database fails.",
  threshold: {
    default: 0.8,
    unit: "share of usable connection slots",
    source: "the guide: over 80% for 5 minutes",
  },
  expression: (threshold) => `${connectionRatio.record} > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-metrics", panel: "databaseConnections" },
};

const postgresConnectionsUsedUp: Alert = {
  name: "PostgresConnectionsUsedUp",
  severity: "critical",
  service: "postgres",
  summary: "PostgreSQL has no free connection.",
  description:
    "{{ $labels.instance }} has given out {{ $value | humanizePercentage }} of its connection slots: whoever needs a new one is refused, and requests and jobs fail.",
  // Sessions come and go: a server that is full has a free slot for moments.
  expression: () => `${connectionRatio.record} > 0.98`,
  holdFor: "2m",
  panel: { dashboard: "agentpay-metrics", panel: "databaseConnections" },
};

const postgresSlowQueries: Alert = {
  name: "PostgresSlowQueries",
  severity: "warning",
  service: "postgres",
  summary: "A database statement is slow.",
  description:
    "Statement {{ $labels.queryid }} of {{ $labels.datname }} takes {{ $value | humanizeDuration }} on average: pages that use it are slow.",
  threshold: {
    default: 1,
    unit: "seconds, mean of a statement",
    source: "the guide: slow database queries (over 1 s)",
  },
  expression: (threshold) => `${statementSeconds.record} > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "slowestStatements" },
};

/** Exporters before 0.17 don't say what kind of backend it is. Dumps and backups take as long as they take. */
const CLIENTS =
  'backend_type=~"client backend|",application_name!~"pg_dump.*|pg_basebackup|pg_restore|pgbackrest.*|barman.*|wal-g.*"';
const transactions = (state: string) => `${metrics.pgStatActivityMaxTxDuration.name}{${state},${CLIENTS}}`;

/** Sightings, of one a minute for half an hour, below which a slow call is an exception. */
const MINIMUM_SIGHTINGS = 3;

const postgresSlowCalls: Alert = {
  name: "PostgresSlowCalls",
  severity: "warning",
  service: "postgres",
  summary: "Some database calls take many seconds.",
  description:
    "Calls that had run for up to {{ $value | humanizeDuration }} were seen in {{ $labels.datname }} again and again for half an hour: a mean hides them among many quick ones, their users wait.",
  threshold: {
    default: 5,
    unit: "seconds that a transaction has been at work",
    source:
      "a starting point; five times what the guide calls slow, since what is seen may be several statements",
  },
  expression: (threshold) => {
    const seen = `max by (instance, datname) (max_over_time(${transactions('state="active"')}[1m])) > ${threshold}`;
    return (
      `max_over_time((${seen})[30m:1m])` +
      ` and on (instance, datname) count_over_time((${seen})[30m:1m]) > ${MINIMUM_SIGHTINGS}`
    );
  },
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "longestTransaction" },
};

const postgresLongTransaction: Alert = {
  name: "PostgresLongTransaction",
  severity: "warning",
  service: "postgres",
  summary: "A database transaction stays open.",
  description:
    "A transaction in {{ $labels.datname }} ({{ $labels.state }}) has been open for {{ $value | humanizeDuration }}: its locks make others wait, and nothing is cleaned up meanwhile.",
  threshold: {
    default: 300,
    unit: "seconds that a transaction is open",
    source: "a starting point; no request of AgentPay takes minutes",
  },
  expression: (threshold) =>
    `max by (instance, datname, state) (${transactions('state=~"active|idle in transaction.*"')}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "longestTransaction" },
};

const postgresDeadlocks: Alert = {
  name: "PostgresDeadlocks",
  severity: "warning",
  service: "postgres",
  summary: "Database transactions lock each other out.",
  description:
    "{{ $value | humanize }} deadlocks in {{ $labels.datname }} in 5 minutes, and as many in the 5 before: each of them failed somebody's request or job.",
  threshold: {
    default: 2,
    unit: "deadlocks in 5 minutes, twice in a row",
    source: "a starting point; one now and then is retried and nobody notices",
  },
  expression: (threshold) =>
    sustained(`${metrics.pgDatabaseDeadlocks.name}{${OURS}}`, threshold, "instance, datname"),
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "deadlocks" },
};

const blocks = ({ name }: { name: string }) =>
  `sum by (instance, datname) (${rate(`${name}{${OURS}}`, "10m")})`;
const hits = blocks(metrics.pgDatabaseBlocksHit);
const reads = blocks(metrics.pgDatabaseBlocksRead);
/** Blocks read a second below which a poor ratio costs nobody time. */
const MINIMUM_READS = 10;

const postgresCacheHitRatioLow: Alert = {
  name: "PostgresCacheHitRatioLow",
  severity: "info",
  service: "postgres",
  summary: "PostgreSQL reads much from disk.",
  description:
    "Only {{ $value | humanizePercentage }} of the blocks that {{ $labels.datname }} needs are in memory: statements wait for the disk, and everything gets a little slower.",
  threshold: {
    default: 0.95,
    unit: "share of blocks found in memory",
    source: "a starting point; a working set that fits in memory reaches 99%",
  },
  expression: (threshold) =>
    `${hits} / (${hits} + ${reads}) < ${threshold} and on (instance, datname) ${reads} > ${MINIMUM_READS}`,
  holdFor: "30m",
  panel: { dashboard: "agentpay-data", panel: "cacheHitRatio" },
};

export const postgresAlerts: AlertGroup = {
  name: "agentpay-postgres",
  interval: "30s",
  job: "postgres",
  alerts: [
    postgresDown,
    postgresExporterDown,
    postgresStateUnknown,
    postgresUnreadable,
    postgresCollectorFailing,
    postgresReplicationLag,
    postgresReplicationSlotBehind,
    postgresAutovacuumBehind,
    postgresTransactionIdsHigh,
    postgresSessionsBlocked,
    postgresRestarting,
    databasePoolExhausted,
    postgresConnectionsUsedUp,
    postgresSlowQueries,
    postgresSlowCalls,
    postgresLongTransaction,
    postgresDeadlocks,
    postgresCacheHitRatioLow,
  ],
};
