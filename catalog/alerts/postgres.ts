import { metrics } from "../metrics.ts";
import { connectionRatio, statementSeconds } from "../recording-rules/data.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES } from "./alert.ts";
import { anyDown } from "./availability.ts";

/** PostgreSQL's own databases have no users. */
const OURS = 'datname!~"template.*|postgres"';

const postgresDown: Alert = {
  name: "PostgresDown",
  severity: "critical",
  service: "postgres",
  summary: "PostgreSQL does not answer.",
  description:
    "The exporter of {{ $labels.instance }} answers, its database does not: nearly every request and job fails.",
  expression: () => `${metrics.pgUp.name} == 0`,
  holdFor: "1m",
  panel: { dashboard: "agentpay-data", panel: "databasesUp" },
};

const postgresExporterDown: Alert = {
  name: "PostgresExporterDown",
  severity: "warning",
  service: "postgres",
  summary: "The exporter of PostgreSQL does not answer.",
  description:
    "Users notice nothing, but whatever happens to PostgreSQL now goes unseen: its exporter has been unreachable or unknown for 5 minutes.",
  expression: () => anyDown("postgres"),
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "exportersUp" },
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
    `max by (instance, datname, state) (${metrics.pgStatActivityMaxTxDuration.name}` +
    `{state=~"active|idle in transaction.*",backend_type="client backend"}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "longestTransaction" },
};

const postgresDeadlocks: Alert = {
  name: "PostgresDeadlocks",
  severity: "warning",
  service: "postgres",
  summary: "Database transactions lock each other out.",
  description:
    "{{ $value | humanize }} deadlocks in {{ $labels.datname }} in 10 minutes: each of them failed somebody's request or job.",
  threshold: {
    default: MINIMUM_FAILURES,
    unit: "deadlocks in 10 minutes",
    source: "a starting point; one now and then is retried and nobody notices",
  },
  expression: (threshold) =>
    `sum by (instance, datname) (increase(${metrics.pgDatabaseDeadlocks.name}{${OURS}}[10m])) > ${threshold}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "deadlocks" },
};

const blocks = ({ name }: { name: string }) => `sum by (instance, datname) (rate(${name}{${OURS}}[10m]))`;
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
    databasePoolExhausted,
    postgresSlowQueries,
    postgresLongTransaction,
    postgresDeadlocks,
    postgresCacheHitRatioLow,
  ],
};
