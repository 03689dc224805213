import { connectionRatio, statementSeconds } from "../recording-rules.ts";
import type { Alert, AlertGroup } from "./alert.ts";

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

export const postgresAlerts: AlertGroup = {
  name: "agentpay-postgres",
  alerts: [databasePoolExhausted, postgresSlowQueries],
};
