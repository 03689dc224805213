/** What breaks in PostgreSQL and its exporter. */

import type { Drill } from "./drill.ts";
import { anyExhausted, apiDelays, apiErrors, exhausted } from "./expected.ts";

export const postgresDrills: readonly Drill[] = [
  {
    title: "PostgreSQL is down",
    faults: { "postgres-down": {} },
    rings: ["PostgresDown"],
    mayRing: [...apiErrors, ...anyExhausted, "WebSocketConnectionsDropped"],
  },
  {
    title: "PostgreSQL hangs, and with it its exporter",
    faults: { "postgres-hangs": {} },
    rings: ["PostgresStateUnknown"],
    mutes: ["PostgresExporterDown"],
    mayRing: [
      "APITrafficStopped",
      "LLMCallsStopped",
      "WebSocketConnectionsDropped",
      "WorkerQueueStalled",
      "WorkerJobTooOld",
    ],
  },
  {
    title: "PostgreSQL refuses its exporter's password",
    faults: { "postgres-login-refused": {} },
    areas: ["postgres"],
    rings: ["PostgresUnreadable"],
  },
  {
    title: "PostgreSQL has no free connection",
    faults: { "postgres-full": {} },
    rings: ["PostgresConnectionsUsedUp"],
    mutes: ["DatabasePoolExhausted"],
    mayRing: [...apiErrors, ...anyExhausted, "WebSocketConnectionsDropped"],
  },
  {
    title: "A few database calls take many seconds",
    faults: { "slow-calls": {} },
    areas: ["postgres"],
    rings: ["PostgresSlowCalls"],
  },
  {
    title: "The exporter of PostgreSQL is down",
    faults: { "postgres-exporter-down": {} },
    areas: ["postgres"],
    rings: ["PostgresExporterDown"],
  },
  {
    title: "Database connections leak",
    faults: { "db-pool-exhausted": {} },
    areas: ["postgres", "api"],
    rings: ["DatabasePoolExhausted", "DatabaseAppPoolSaturated"],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "A database statement takes seconds",
    faults: { "slow-queries": {} },
    areas: ["postgres", "api"],
    rings: ["PostgresSlowQueries"],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "A transaction stays open",
    faults: { "long-transaction": {} },
    areas: ["postgres"],
    rings: ["PostgresLongTransaction"],
    mayRing: ["PostgresSlowCalls"],
  },
  {
    title: "Transactions deadlock",
    faults: { deadlocks: {} },
    areas: ["postgres"],
    rings: ["PostgresDeadlocks"],
  },
  {
    title: "The database reads from disk",
    faults: { "db-cache-misses": {} },
    areas: ["postgres"],
    rings: ["PostgresCacheHitRatioLow"],
  },
  {
    title: "A replica of PostgreSQL is behind",
    faults: { "replica-behind": {} },
    areas: ["postgres"],
    rings: ["PostgresReplicationLag"],
  },
  {
    title: "Nobody reads a replication slot, and PostgreSQL keeps its log",
    faults: { "slot-behind": {} },
    areas: ["postgres"],
    rings: ["PostgresReplicationSlotBehind"],
  },
  {
    title: "PostgreSQL uses up its transaction IDs",
    faults: { "transaction-ids": {} },
    areas: ["postgres"],
    rings: ["PostgresTransactionIdsHigh"],
  },
  {
    title: "Database sessions pile up behind a lock",
    faults: { "sessions-blocked": {} },
    areas: ["postgres", "api"],
    rings: ["PostgresSessionsBlocked"],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "PostgreSQL crashes again and again, and is back at once",
    faults: { "postgres-crashing": {} },
    areas: ["postgres"],
    rings: ["PostgresRestarting"],
  },
  {
    title: "Autovacuum does not clean up",
    faults: { "dead-rows": {} },
    areas: ["postgres"],
    rings: ["PostgresAutovacuumBehind"],
  },
  {
    title: "The exporter of PostgreSQL may not read the statements' statistics",
    faults: { "statements-unreadable": {} },
    areas: ["postgres"],
    rings: ["PostgresCollectorFailing"],
  },
];
