import { metrics } from "../metrics/index.ts";
import { redisMemoryRatio } from "../recording-rules/data.ts";
import type { Dashboard } from "./dashboard.ts";

const blocks = ({ name }: { name: string }) =>
  `sum by (datname) (rate(${name}{datname!~"template.*|postgres"}[$__rate_interval]))`;
const hits = blocks(metrics.pgDatabaseBlocksHit);
const reads = blocks(metrics.pgDatabaseBlocksRead);

const found = `sum(rate(${metrics.redisKeyspaceHits.name}[$__rate_interval]))`;
const missed = `sum(rate(${metrics.redisKeyspaceMisses.name}[$__rate_interval]))`;

/** What the alerts of PostgreSQL and Redis watch. */
export const data = {
  uid: "agentpay-data",
  title: "AgentPay / Postgres and Redis",
  description: "Do the databases answer, and how far are they from their limits?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    databasesUp: {
      row: "Reachable",
      title: "Databases That Answer",
      description: "Whether PostgreSQL and Redis answer their exporters; good is all green.",
      unit: "none",
      visualization: "state-timeline",
      queries: [
        { expression: metrics.pgUp.name, legend: "PostgreSQL {{instance}}" },
        { expression: metrics.redisUp.name, legend: "Redis {{instance}}" },
      ],
    },
    exportersUp: {
      title: "Exporters That Answer",
      description: "Whether Prometheus reaches the exporters; while one is down its panels are blind.",
      unit: "none",
      visualization: "state-timeline",
      queries: [{ expression: `${metrics.up.name}{job=~"postgres|redis"}`, legend: "{{job}} {{instance}}" }],
    },
    databaseRestarts: {
      title: "Restarts of Databases",
      description: "How often PostgreSQL crashed, and Redis was started, in half an hour; a failover is 1.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression:
            "max by (instance) (" +
            `resets(${metrics.pgDatabaseCommits.name}{datname!~"template.*|postgres"}[30m])` +
            ` or changes(${metrics.pgUp.name}[30m]) / 2)`,
          legend: "PostgreSQL {{instance}}",
        },
        { expression: `resets(${metrics.redisUserCpuSeconds.name}[30m])`, legend: "Redis {{instance}}" },
      ],
    },
    connectionsByState: {
      row: "PostgreSQL",
      title: "Connections by State",
      description: "Sessions by what they do; many idle in transaction means that code forgets to commit.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `sum by (state) (${metrics.pgStatActivityCount.name})`, legend: "{{state}}" }],
    },
    transactions: {
      title: "Transactions",
      description: "Transactions a second that ended well, and that were rolled back.",
      unit: "cps",
      visualization: "timeseries",
      queries: [
        { expression: `sum(rate(${metrics.pgDatabaseCommits.name}[$__rate_interval]))`, legend: "committed" },
        {
          expression: `sum(rate(${metrics.pgDatabaseRollbacks.name}[$__rate_interval]))`,
          legend: "rolled back",
        },
      ],
    },
    slowestQueries: {
      title: "Slowest Queries",
      description:
        "Statements that take longest on average since the statistics began; good is well below a second.",
      nothing: "No statement was counted yet.",
      unit: "short",
      visualization: "table",
      columns: { mean_s: "s", max_s: "s", total_s: "s" },
      sql: `SELECT query, username, calls, mean_milliseconds / 1000 AS mean_s, max_milliseconds / 1000 AS max_s,
  total_milliseconds / 1000 AS total_s
FROM monitoring.slowest_queries LIMIT 10`,
    },
    databaseSize: {
      title: "Database Size",
      description: "Disk that each database takes; it grows with the conversations.",
      unit: "bytes",
      visualization: "timeseries",
      queries: [{ expression: metrics.pgDatabaseSize.name, legend: "{{datname}}" }],
    },
    applicationPool: {
      title: "Connection Pools of the Servers",
      description: "Share of each server's own database pool in use; at 100% its requests wait.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (job, instance) (${metrics.dbPoolConnections.name}{state="checked_out"})` +
            ` / sum by (job, instance) (${metrics.dbPoolLimit.name})`,
          legend: "{{job}} {{instance}}",
        },
      ],
    },
    longestTransaction: {
      title: "Longest Transaction",
      description: "Age of the oldest open transaction of a client; good is seconds.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression: `max by (datname, state) (${metrics.pgStatActivityMaxTxDuration.name}{state=~"active|idle in transaction.*",backend_type=~"client backend|"})`,
          legend: "{{datname}} {{state}}",
        },
      ],
    },
    sessionsBlocked: {
      title: "Sessions That Wait for a Lock",
      description:
        "Sessions that can't go on until another one commits; good is none for longer than a moment.",
      nothing: "No session waits for a lock.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (datname) (${metrics.pgStatActivityCount.name}{wait_event_type="Lock"})`,
          legend: "{{datname}}",
        },
      ],
    },
    deadlocks: {
      title: "Deadlocks",
      description: "Deadlocks in 5 minutes; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (datname) (increase(${metrics.pgDatabaseDeadlocks.name}[5m]))`,
          legend: "{{datname}}",
        },
      ],
    },
    cacheHitRatio: {
      title: "Blocks Found in Memory",
      description: "Share of the blocks that statements need which PostgreSQL has in memory; good is 99%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${hits} / (${hits} + ${reads} > 0)`, legend: "{{datname}}" }],
    },
    replicationLag: {
      title: "Replication Lag",
      description:
        "How old the last transaction is that each replica replayed; good is below a second while AgentPay writes.",
      nothing: "There is no replica.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression: `${metrics.pgReplayAge.name} and on (instance) ${metrics.pgIsReplica.name} == 1`,
          legend: "{{instance}}",
        },
      ],
    },
    slotsBehind: {
      title: "Log Kept for Replication Slots",
      description: "Write-ahead log that each slot's reader has not taken; good is some MB, and no growth.",
      nothing: "There is no replication slot.",
      unit: "bytes",
      visualization: "timeseries",
      queries: [{ expression: metrics.pgSlotHeldBytes.name, legend: "{{instance}} {{slot_name}}" }],
    },
    transactionIds: {
      title: "Transaction IDs in Use",
      description:
        "Of about 2 billion, by database; good is below 200 million, where PostgreSQL begins to free them.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: metrics.pgTransactionIdAge.name, legend: "{{instance}} {{datname}}" },
        { expression: metrics.pgMultixactIdAge.name, legend: "{{instance}} {{datname}} for locks" },
      ],
    },
    deadRows: {
      title: "Dead Rows (Autovacuum)",
      description: "Share of each table's rows that autovacuum has not removed yet; good is below 20%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `topk(10, ${metrics.pgDeadRows.name}` +
            ` / (${metrics.pgDeadRows.name} + ${metrics.pgLiveRows.name} > 0))`,
          legend: "{{datname}} {{relname}}",
        },
      ],
    },
    collectors: {
      title: "Parts of the Exporter",
      description: "Whether each part of PostgreSQL's exporter can read what it is for; good is 1.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `min by (collector) (${metrics.pgCollectorSuccess.name})`,
          legend: "{{collector}}",
        },
      ],
    },
    redisMemory: {
      row: "Redis",
      title: "Redis Memory",
      description: "Share of maxmemory in use; at 100% Redis evicts keys or refuses to write.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: redisMemoryRatio.record, legend: "{{instance}}" }],
    },
    redisMemoryLimit: {
      title: "Redis Memory Limit",
      description: "The maxmemory setting and what is in use; 0 means that there is no limit.",
      unit: "bytes",
      visualization: "timeseries",
      queries: [
        { expression: metrics.redisMemoryMax.name, legend: "{{instance}} limit" },
        { expression: metrics.redisMemoryUsed.name, legend: "{{instance}} used" },
      ],
    },
    redisPersistence: {
      title: "Redis Writes to Disk",
      description:
        "Whether the last snapshot and the last write to the append-only file succeeded; good is 1.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: metrics.redisSnapshotOk.name, legend: "{{instance}} snapshot" },
        { expression: metrics.redisLogWriteOk.name, legend: "{{instance}} append-only file" },
      ],
    },
    redisEvictions: {
      title: "Redis Evictions",
      description: "Keys that Redis threw away in 5 minutes; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `increase(${metrics.redisEvictedKeys.name}[5m])`, legend: "{{instance}}" }],
    },
    redisRejections: {
      title: "Connections Refused by Redis",
      description: "Connections refused in 5 minutes because maxclients was reached; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: `increase(${metrics.redisRejectedConnections.name}[5m])`, legend: "{{instance}}" },
      ],
    },
    redisClients: {
      title: "Redis Clients",
      description: "Share of maxclients that is connected; at 100% Redis refuses everybody.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${metrics.redisConnectedClients.name} / (${metrics.redisMaxClients.name} > 0)`,
          legend: "{{instance}}",
        },
      ],
    },
    redisReplicas: {
      title: "Redis Replicas",
      description: "Replicas connected to each Redis; good is as many as there are.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: metrics.redisConnectedReplicas.name, legend: "{{instance}}" }],
    },
    redisProcessor: {
      title: "Redis Processor (Main Thread)",
      description: "Share of time that the thread which runs all commands is busy; at 100% everybody waits.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `rate(${metrics.redisUserCpuSeconds.name}[$__rate_interval])` +
            ` + rate(${metrics.redisSystemCpuSeconds.name}[$__rate_interval])`,
          legend: "{{instance}}",
        },
      ],
    },
    redisCommands: {
      title: "Redis Commands",
      description: "Commands a second by name; it follows the traffic.",
      unit: "ops",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (cmd) (rate(${metrics.redisCommands.name}[$__rate_interval]))`,
          legend: "{{cmd}}",
        },
      ],
    },
    redisHitRatio: {
      title: "Redis Hit Ratio",
      description: "Share of reads that found their key; good is stable.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${found} / (${found} + ${missed} > 0)`, legend: "hits" }],
    },
  },
} as const satisfies Dashboard;
