import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import { database, poolLimits, slowestStatement, statements } from "../world.ts";
import { isTime, type Moment } from "./moment.ts";

/** Connections that a request holds on average, in a pool that is not in a hurry. */
const POOL_BASE = 1;
const POOL_PER_REQUEST = 0.25;
const BLOCKS_PER_REQUEST = 40;
const START_SIZE = 2.4e9;
/** Of the largest table. */
const ROWS = 1_500_000;
/** Parts of the exporter. */
const collectors = [
  "database",
  "database_wraparound",
  "replication",
  "stat_database",
  "stat_statements",
  "stat_user_tables",
];

/** What the api holds, beside one that works, where it has all that the worker leaves. */
const EVERY_CONNECTION =
  database.maxConnections - database.reservedConnections - database.reservedForRoles - poolLimits.worker - 1;

const { datid, datname, usename } = database;
const clientStates = ["active", "idle", "idle in transaction"] as const;
type ClientState = (typeof clientStates)[number];

/** PostgreSQL as its exporter shows it, and the connection pools of the processes that use it. */
export class Postgres {
  readonly #exporter: Exposition;
  readonly #pools: { readonly process: Exposition; readonly name: string; readonly limit: number }[];

  constructor(exporter: Exposition, api: Exposition, worker: Exposition) {
    this.#exporter = exporter;
    this.#pools = [
      { process: api, name: "agentpay-api", limit: poolLimits.api },
      { process: worker, name: "agentpay-worker", limit: poolLimits.worker },
    ];
  }

  initialise(): void {
    const exporter = this.#exporter;
    for (const { queryid } of [...statements, slowestStatement]) {
      exporter.add(metrics.pgStatStatementsCalls, { datname, user: usename, queryid }, 0);
      exporter.add(metrics.pgStatStatementsSeconds, { datname, user: usename, queryid }, 0);
    }
    for (const counter of databaseCounters) exporter.add(counter, { datid, datname }, 0);
    exporter.set(metrics.pgMaxConnections, {}, database.maxConnections);
    exporter.set(metrics.pgReservedConnections, {}, database.reservedConnections);
    exporter.set(metrics.pgReservedForRoles, {}, database.reservedForRoles);
    exporter.set(metrics.pgDatabaseSize, { datname }, START_SIZE);
  }

  /** @param work how many requests and jobs used the database in the last second. */
  tick(moment: Moment, work: number): void {
    const { up } = moment.conditions.postgres;
    this.#exporter.set(metrics.pgUp, {}, up ? 1 : 0);
    const busy = this.#pools.map(({ limit }) => busyConnections(moment, work, limit));
    this.#pools.forEach(({ process, limit }, index) => {
      setPool(process, limit, up ? (busy[index] ?? 0) : 0, up);
    });
    if (!up) return;
    this.#setRestarts(moment);
    this.#setConnections(moment, busy);
    this.#setState(moment);
    this.#count(moment, work);
  }

  /** A crash costs its counts; it is over before anyone asks. */
  #setRestarts({ conditions, now }: Moment): void {
    const { crashSeconds, exporterRestartSeconds } = conditions.postgres;
    if (isTime(now, crashSeconds)) for (const counter of counters) this.#exporter.reset(counter);
    if (isTime(now, exporterRestartSeconds)) this.#exporter.set(metrics.processStartTime, {}, now);
  }

  #setConnections({ conditions, random }: Moment, busy: readonly number[]): void {
    const { full, longestTransactionSeconds, slowCallSeconds } = conditions.postgres;
    const leakedConnections = full ? EVERY_CONNECTION : conditions.postgres.leakedConnections;
    const slow = { active: slowCallSeconds, "idle in transaction": 0 };
    let backends = 0;
    this.#pools.forEach(({ name, limit }, index) => {
      const active = Math.min(limit, busy[index] ?? 0);
      const leaked = index === 0 ? leakedConnections : 0;
      const counts: Record<ClientState, number> = {
        active: leaked > 0 ? 1 : active,
        idle: leaked > 0 ? 0 : limit - active,
        "idle in transaction": leaked,
      };
      for (const state of clientStates) {
        const longest =
          state === "idle" ? 0 : random.uniform() * 0.2 + longestTransactionSeconds + slow[state];
        this.#setActivity(name, state, counts[state], counts[state] > 0 ? longest : 0);
        backends += counts[state];
      }
    });
    const blocked = { wait_event: "relation", wait_event_type: "Lock" };
    this.#setActivity("agentpay-api", "active", conditions.postgres.blockedSessions, 0, blocked);
    this.#exporter.set(metrics.pgDatabaseBackends, { datid, datname }, backends);
  }

  #setState({ conditions }: Moment): void {
    const { replicaLagSeconds, deadRowRatio, statementsReadable, slotHeldBytes, transactionIdAge } =
      conditions.postgres;
    const exporter = this.#exporter;
    for (const collector of collectors) {
      const reads = collector !== "stat_statements" || statementsReadable;
      exporter.set(metrics.pgCollectorSuccess, { collector }, reads ? 1 : 0);
    }
    exporter.set(metrics.pgIsReplica, {}, replicaLagSeconds > 0 ? 1 : 0);
    exporter.set(metrics.pgReplayAge, {}, replicaLagSeconds);
    exporter.set(metrics.pgSlotHeldBytes, { database: "", slot_name: "replica" }, slotHeldBytes);
    exporter.set(metrics.pgTransactionIdAge, { datname }, transactionIdAge);
    exporter.set(metrics.pgMultixactIdAge, { datname }, 0);
    const table = { datname, schemaname: "public", relname: "messages" };
    exporter.set(metrics.pgLiveRows, table, Math.round(ROWS * (1 - deadRowRatio)));
    exporter.set(metrics.pgDeadRows, table, Math.round(ROWS * deadRowRatio));
  }

  #setActivity(
    application_name: string,
    state: ClientState,
    count: number,
    longest: number,
    wait = { wait_event: "", wait_event_type: "" },
  ): void {
    const labels = {
      datname,
      usename,
      application_name,
      backend_type: "client backend",
      state,
      ...wait,
    };
    this.#exporter.set(metrics.pgStatActivityCount, labels, count);
    this.#exporter.set(metrics.pgStatActivityMaxTxDuration, labels, longest);
  }

  #count({ conditions, random }: Moment, work: number): void {
    const { slowStatementSeconds, deadlockRate, cacheHitRatio } = conditions.postgres;
    const all = [...statements, { ...slowestStatement, seconds: slowStatementSeconds }];
    for (const { queryid, perRequest, seconds } of all) {
      const labels = { datname, user: usename, queryid };
      const calls = random.poisson(perRequest * work);
      this.#exporter.add(metrics.pgStatStatementsCalls, labels, calls);
      if (calls > 0)
        this.#exporter.add(metrics.pgStatStatementsSeconds, labels, calls * random.logNormal(seconds, 0.2));
    }
    const blocks = random.poisson(work * BLOCKS_PER_REQUEST);
    const read = random.poisson(blocks * (1 - cacheHitRatio));
    const labels = { datid, datname };
    this.#exporter.add(metrics.pgDatabaseCommits, labels, random.poisson(work * 1.2));
    this.#exporter.add(metrics.pgDatabaseRollbacks, labels, random.poisson(work * 0.002));
    this.#exporter.add(metrics.pgDatabaseBlocksHit, labels, Math.max(0, blocks - read));
    this.#exporter.add(metrics.pgDatabaseBlocksRead, labels, Math.min(blocks, read));
    this.#exporter.add(metrics.pgDatabaseDeadlocks, labels, random.poisson(deadlockRate));
  }
}

const databaseCounters = [
  metrics.pgDatabaseCommits,
  metrics.pgDatabaseRollbacks,
  metrics.pgDatabaseBlocksHit,
  metrics.pgDatabaseBlocksRead,
  metrics.pgDatabaseDeadlocks,
];

/** What a crash loses. */
const counters = [...databaseCounters, metrics.pgStatStatementsCalls, metrics.pgStatStatementsSeconds];

function busyConnections({ conditions, random }: Moment, work: number, limit: number): number {
  if (conditions.postgres.leakedConnections > 0) return limit;
  // Half of the limit at most: a healthy pool has room, however the dice fall.
  return Math.min(limit / 2, random.poisson(POOL_BASE + (work * POOL_PER_REQUEST * limit) / poolLimits.api));
}

function setPool(process: Exposition, limit: number, busy: number, up: boolean): void {
  process.set(metrics.dbPoolLimit, {}, limit);
  process.set(metrics.dbPoolConnections, { state: "checked_out" }, busy);
  process.set(metrics.dbPoolConnections, { state: "checked_in" }, up ? limit - busy : 0);
}
