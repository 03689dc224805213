import { metrics } from "../../../catalog/metrics/index.ts";
import {
  type GroupCases,
  type Labels,
  level,
  notANumber,
  type Phase,
  perMinute,
  type Shape,
  series,
  silent,
} from "../rule-case.ts";
import { up } from "./api.ts";

const exporter = { job: "postgres", instance: "postgres-exporter:9187" };
const { instance } = exporter;
const datname = "agentpay";
const statements = { collector: "stat_statements" };
const messages = { datname, schemaname: "public", relname: "messages" };

const at = (name: string, shape: Shape, labels = {}) => ({
  [series(name, { ...exporter, ...labels })]: shape,
});

/** 100 slots, 3 of them for superusers, in two states. */
function connections(...phases: Phase[]) {
  const labels = { datname, usename: "agentpay", backend_type: "client backend" };
  return {
    ...at(metrics.pgStatActivityCount.name, level(...phases), { ...labels, state: "active" }),
    ...at(metrics.pgStatActivityCount.name, level([10, 60]), { ...labels, state: "idle" }),
    ...at(metrics.pgMaxConnections.name, level([100, 60])),
    ...at(metrics.pgReservedConnections.name, level([3, 60])),
  };
}

/** A statement that is called 60 times a minute, and what it takes. */
function statement(queryid: string, ...phases: (readonly [seconds: number, minutes: number])[]) {
  return statementOf({}, queryid, ...phases);
}

function statementOf(
  more: Labels,
  queryid: string,
  ...phases: (readonly [seconds: number, minutes: number])[]
) {
  const labels = { datname, user: "agentpay", queryid, ...more };
  return {
    ...at(metrics.pgStatStatementsCalls.name, perMinute([60, 60]), labels),
    ...at(
      metrics.pgStatStatementsSeconds.name,
      perMinute(...phases.map(([seconds, minutes]): Phase => [60 * seconds, minutes])),
      labels,
    ),
  };
}

function transaction(state: string, ...phases: Phase[]) {
  return transactionOf({}, state, ...phases);
}

/** A gauge that goes up and down. */
const recurring = (up: Phase, down: Phase, times: number): Phase[] =>
  Array.from({ length: times }, () => [up, down]).flat();

/** What only moves while PostgreSQL works. */
const work = (shape: Shape) => ({
  [series(metrics.conversationsStarted.name, { job: "agentpay-api", instance: "api-1", channel: "widget" })]:
    shape,
});

const slot = { slot_name: "replica" };
const held = (...phases: Phase[]) => at(metrics.pgSlotHeldBytes.name, level(...phases), slot);

/** Sessions that wait for a lock. */
const blocked = (application_name: string, ...phases: Phase[]) =>
  at(metrics.pgStatActivityCount.name, level(...phases), {
    datname,
    application_name,
    state: "active",
    wait_event: "relation",
    wait_event_type: "Lock",
  });

const commits = (...phases: Phase[]) =>
  at(metrics.pgDatabaseCommits.name, perMinute(...phases), { datid: "1", datname });

function transactionOf(more: Labels, state: string, ...phases: Phase[]) {
  const labels = { datname, usename: "agentpay", backend_type: "client backend", state, ...more };
  return at(metrics.pgStatActivityMaxTxDuration.name, level(...phases), labels);
}

const deadlocks = (database: string, ...phases: Phase[]) =>
  at(metrics.pgDatabaseDeadlocks.name, perMinute(...phases), { datid: "1", datname: database });

function blocks(hit: Phase[], read: Phase[]) {
  const labels = { datid: "1", datname };
  return {
    ...at(metrics.pgDatabaseBlocksHit.name, perMinute(...hit), labels),
    ...at(metrics.pgDatabaseBlocksRead.name, perMinute(...read), labels),
  };
}

export const postgresCases: GroupCases = {
  PostgresDown: [
    {
      title: "the database stops answering, and comes back",
      series: at(metrics.pgUp.name, level([1, 5], [0, 5], [1, 5])),
      firing: { 6: [], 7: [exporter], 10: [exporter], 11: [] },
    },
    {
      title: "the exporter is gone: PostgresExporterDown says so",
      series: at(metrics.pgUp.name, level([1, 5], ["gone", 10])),
      firing: silent(7, 15),
    },
    {
      title: "one failed attempt",
      series: at(metrics.pgUp.name, level([1, 5], [0, 0.5], [1, 9])),
      firing: silent(6, 7, 10),
    },
    {
      title: "the replica is down, the primary is not",
      series: {
        ...at(metrics.pgUp.name, level([1, 10])),
        ...at(metrics.pgUp.name, level([0, 10]), { instance: "replica:9187" }),
      },
      firing: { 3: [{ ...exporter, instance: "replica:9187" }] },
    },
  ],
  PostgresExporterDown: [
    {
      title: "the exporter stops answering, and comes back",
      series: { [up("postgres", instance)]: level([1, 5], [0, 15], [1, 5]), ...work(perMinute([6, 25])) },
      firing: { 14: [], 17: [{ ...exporter, host: "postgres-exporter" }], 21: [] },
    },
    {
      title: "and nothing that needs PostgreSQL moves: PostgresStateUnknown says so",
      series: { [up("postgres", instance)]: level([1, 5], [0, 30]), ...work(perMinute([6, 5], [0, 30])) },
      firing: silent(12, 17, 20, 35),
    },
    {
      title: "the exporter leaves discovery",
      series: { [up("postgres", instance)]: level([1, 5], ["gone", 15]) },
      firing: { 14: [], 17: [{ job: "postgres" }] },
    },
    {
      title: "two missed minutes",
      series: { [up("postgres", instance)]: level([1, 5], [0, 2], [1, 10]) },
      firing: silent(7, 11, 15),
    },
  ],
  PostgresCollectorFailing: [
    {
      title: "the statements' statistics can't be read, and then can",
      series: {
        ...at(metrics.pgUp.name, level([1, 60])),
        ...at(metrics.pgCollectorSuccess.name, level([1, 10], [0, 30], [1, 20]), statements),
      },
      firing: {
        10: [],
        24: [],
        26: [{ ...exporter, ...statements }],
        40: [{ ...exporter, ...statements }],
        41: [],
      },
    },
    {
      title: "a part that nothing of ours reads, as on RDS",
      series: {
        ...at(metrics.pgUp.name, level([1, 60])),
        ...at(metrics.pgCollectorSuccess.name, level([0, 60]), { collector: "wal" }),
      },
      firing: silent(30, 60),
    },
    {
      title: "PostgreSQL is down: PostgresDown says so",
      series: {
        ...at(metrics.pgUp.name, level([0, 60])),
        ...at(metrics.pgCollectorSuccess.name, level([0, 60]), statements),
      },
      firing: silent(30, 60),
    },
  ],
  PostgresReplicationLag: [
    {
      title: "a replica replays nothing for half an hour while people talk to the agent",
      series: {
        ...at(metrics.pgIsReplica.name, level([1, 60])),
        ...at(metrics.pgReplayAge.name, level([0, 10], [900, 30], [0, 20])),
        ...work(perMinute([6, 60])),
      },
      firing: { 10: [], 19: [], 22: [exporter], 40: [exporter], 41: [] },
    },
    {
      title: "a night without a conversation: there is nothing to replay",
      series: {
        ...at(metrics.pgIsReplica.name, level([1, 60])),
        ...at(metrics.pgReplayAge.name, level([0, 10], [3600, 50])),
        ...work(perMinute([6, 5], [0, 55])),
      },
      firing: silent(22, 40, 60),
    },
    {
      title: "a second behind",
      series: {
        ...at(metrics.pgIsReplica.name, level([1, 60])),
        ...at(metrics.pgReplayAge.name, level([1, 60])),
        ...work(perMinute([6, 60])),
      },
      firing: silent(30, 60),
    },
  ],
  PostgresAutovacuumBehind: [
    {
      title: "half of a table's rows are dead for hours, until they are cleaned up",
      series: {
        ...at(metrics.pgLiveRows.name, level([500_000, 240]), messages),
        ...at(metrics.pgDeadRows.name, level([20_000, 20], [500_000, 120], [20_000, 100]), messages),
      },
      firing: {
        20: [],
        78: [],
        82: [{ ...exporter, ...messages }],
        140: [{ ...exporter, ...messages }],
        141: [],
      },
    },
    {
      title: "a deletion of many rows, cleaned up within the hour",
      series: {
        ...at(metrics.pgLiveRows.name, level([500_000, 120]), messages),
        ...at(metrics.pgDeadRows.name, level([500_000, 40], [20_000, 80]), messages),
      },
      firing: silent(30, 60, 120),
    },
    {
      title: "a small table that is written all the time",
      series: {
        ...at(metrics.pgLiveRows.name, level([10, 120]), messages),
        ...at(metrics.pgDeadRows.name, level([900, 120]), messages),
      },
      firing: silent(70, 120),
    },
  ],
  DatabasePoolExhausted: [
    {
      title: "83 of 97 slots are in use, and then few",
      series: connections([20, 10], [73, 10], [20, 10]),
      firing: { 10: [], 14: [], 17: [{ instance }], 21: [] },
    },
    { title: "just below 80%", series: connections([67, 40]), firing: silent(20, 40) },
    {
      title: "some slots are kept free for the monitoring role, too",
      series: { ...connections([67, 40]), ...at(metrics.pgReservedForRoles.name, level([10, 60])) },
      firing: { 4: [], 10: [{ instance }] },
    },
    {
      title: "a rush of two minutes",
      series: connections([20, 10], [85, 2], [20, 20]),
      firing: silent(12, 16, 30),
    },
    {
      title: "the metrics are gone with the database",
      series: connections([73, 3], ["gone", 30]),
      firing: silent(4, 10, 30),
    },
  ],
  PostgresSlowQueries: [
    {
      title: "what looks at the database asks slowly",
      series: statementOf({ user: "agentpay_monitoring" }, "slow", [2, 60]),
      firing: silent(20, 40, 60),
    },
    {
      title: "one statement of two takes 1.6 s, and then as usual",
      series: { ...statement("slow", [0.04, 10], [1.6, 20], [0.04, 20]), ...statement("quick", [0.004, 60]) },
      firing: { 10: [], 18: [], 25: [{ instance, datname, queryid: "slow" }], 40: [] },
    },
    { title: "just below a second", series: statement("slow", [0.98, 60]), firing: silent(30, 60) },
    {
      title: "a lock of two minutes",
      series: statement("slow", [0.04, 10], [10, 2], [0.04, 40]),
      firing: silent(12, 17, 20, 25),
    },
    {
      title: "a statement that nobody runs",
      series: {
        ...at(metrics.pgStatStatementsCalls.name, perMinute([0, 60]), {
          datname,
          user: "agentpay",
          queryid: "idle",
        }),
        ...at(metrics.pgStatStatementsSeconds.name, perMinute([0, 60]), {
          datname,
          user: "agentpay",
          queryid: "idle",
        }),
      },
      firing: silent(30, 60),
    },
    {
      title: "the statistics are reset",
      series: {
        ...at(metrics.pgStatStatementsCalls.name, perMinute([60, 20], "restart", [60, 20]), {
          datname,
          user: "agentpay",
          queryid: "q",
        }),
        ...at(metrics.pgStatStatementsSeconds.name, perMinute([30, 20], "restart", [30, 20]), {
          datname,
          user: "agentpay",
          queryid: "q",
        }),
      },
      firing: silent(21, 25, 40),
    },
  ],
  PostgresStateUnknown: [
    {
      title: "PostgreSQL hangs: its exporter gives no answer, no conversation begins and no job is done",
      series: {
        [up("postgres", instance)]: level([1, 20], [0, 20], [1, 10]),
        ...at(metrics.pgUp.name, level([1, 20], ["gone", 20], [1, 10])),
        ...work(perMinute([6, 20], [0, 20], [6, 10])),
      },
      firing: { 20: [], 22: [], 30: [exporter], 40: [exporter], 42: [] },
    },
    {
      title: "its exporter answers without a word of PostgreSQL, and nothing moves",
      series: {
        [up("postgres", instance)]: level([1, 40]),
        ...at(metrics.pgUp.name, level([1, 20], ["gone", 20])),
        ...work(perMinute([6, 20], [0, 20])),
      },
      firing: { 20: [], 22: [], 32: [exporter], 40: [exporter] },
    },
    {
      title: "only the exporter is dead: people talk to the agent",
      series: { [up("postgres", instance)]: level([1, 20], [0, 40]), ...work(perMinute([6, 60])) },
      firing: silent(25, 40, 60),
    },
    {
      title: "two missed minutes",
      series: {
        [up("postgres", instance)]: level([1, 5], [0, 2], [1, 10]),
        ...at(metrics.pgUp.name, level([1, 17])),
      },
      firing: silent(7, 10),
    },
  ],
  PostgresConnectionsUsedUp: [
    {
      title: "every slot that AgentPay can have is taken",
      series: connections([20, 10], [87, 20], [20, 10]),
      firing: { 10: [], 11: [], 14: [{ instance }], 30: [{ instance }], 32: [] },
    },
    {
      title: "what monitoring has to itself counts as little as what superusers have",
      series: {
        ...connections([20, 10], [84, 20]),
        ...at(metrics.pgReservedForRoles.name, level([3, 60])),
      },
      firing: { 10: [], 14: [{ instance }], 30: [{ instance }] },
    },
    {
      title: "a number that is none, of sessions in one state",
      series: {
        ...connections([87, 30]),
        ...at(metrics.pgStatActivityCount.name, notANumber(30), { datname, state: "disabled" }),
      },
      firing: { 10: [{ instance }], 30: [{ instance }] },
    },
    {
      title: "nearly full is the warning's",
      series: connections([83, 30]),
      firing: silent(10, 30),
    },
    {
      title: "parallel workers and autovacuum take no slot",
      series: {
        ...connections([40, 30]),
        ...at(metrics.pgStatActivityCount.name, level([60, 30]), {
          datname,
          state: "active",
          backend_type: "parallel worker",
        }),
      },
      firing: silent(10, 30),
    },
    {
      title: "an exporter that does not say what kind of backend it is",
      series: {
        ...at(metrics.pgStatActivityCount.name, level([97, 30]), { datname, state: "idle" }),
        ...at(metrics.pgMaxConnections.name, level([100, 30])),
        ...at(metrics.pgReservedConnections.name, level([3, 30])),
      },
      firing: { 10: [{ instance }], 30: [{ instance }] },
    },
  ],
  PostgresUnreadable: [
    {
      title: "every slot is taken: the exporter's old connection lives on, and all else is gone",
      series: {
        ...at(metrics.pgUp.name, level([1, 40])),
        ...at(metrics.pgDatabaseBackends.name, level([30, 10], ["gone", 20], [30, 10]), {
          datid: "1",
          datname,
        }),
      },
      firing: { 10: [], 11: [], 13: [exporter], 30: [exporter], 31: [] },
    },
    {
      title: "PostgreSQL is down: that is PostgresDown's",
      series: at(metrics.pgUp.name, level([0, 20])),
      firing: silent(5, 20),
    },
    {
      title: "all is there",
      series: {
        ...at(metrics.pgUp.name, level([1, 20])),
        ...at(metrics.pgDatabaseBackends.name, level([30, 20]), { datid: "1", datname }),
      },
      firing: silent(5, 20),
    },
  ],
  PostgresSlowCalls: [
    {
      title: "one call in fifty takes 20 s, for an hour",
      series: transaction("active", ...recurring([20, 0.5], [0.1, 1.5], 30), [0.1, 60]),
      firing: { 2: [], 20: [{ instance, datname }], 60: [{ instance, datname }], 100: [] },
    },
    {
      title: "a dump at night",
      series: transactionOf({ application_name: "pg_dump" }, "active", [900, 60]),
      firing: silent(20, 60),
    },
    {
      title: "one slow call",
      series: transaction("active", [0.1, 10], [20, 0.5], [0.1, 60]),
      firing: silent(12, 20, 40),
    },
    {
      title: "one that waits for its client, as an open transaction does",
      series: transaction("idle in transaction", [20, 60]),
      firing: silent(20, 60),
    },
  ],
  PostgresReplicationSlotBehind: [
    {
      title: "a replica is gone, its slot keeps 3 GiB, and is dropped",
      series: held([5e6, 10], [3 * 2 ** 30, 30], ["gone", 10]),
      firing: { 10: [], 24: [], 27: [{ ...exporter, ...slot }], 39: [{ ...exporter, ...slot }], 46: [] },
    },
    { title: "exactly 1 GiB", series: held([2 ** 30, 40]), firing: silent(20, 40) },
    {
      title: "a bulk load that the replica catches up with",
      series: held([5e6, 10], [3 * 2 ** 30, 10], [5e6, 20]),
      firing: silent(19, 26, 40),
    },
    { title: "a slot that was never used", series: held(["NaN", 40]), firing: silent(20, 40) },
  ],
  PostgresTransactionIdsHigh: [
    {
      title: "autovacuum freezes nothing, and then does",
      series: at(metrics.pgTransactionIdAge.name, level([200e6, 10], [600e6, 80], [50e6, 10]), { datname }),
      firing: { 60: [], 75: [{ ...exporter, datname }], 92: [] },
    },
    {
      title: "only the IDs for locks are used up",
      series: {
        ...at(metrics.pgTransactionIdAge.name, level([50e6, 90]), { datname }),
        ...at(metrics.pgMultixactIdAge.name, level([10, 10], [600e6, 80]), { datname }),
      },
      firing: { 60: [], 75: [{ ...exporter, datname }] },
    },
    {
      title: "at the age at which PostgreSQL begins to freeze",
      series: at(metrics.pgTransactionIdAge.name, level([210e6, 90]), { datname }),
      firing: silent(75, 90),
    },
  ],
  PostgresSessionsBlocked: [
    {
      title: "sessions wait for a migration's lock, of two programs, until it is done",
      series: {
        ...blocked("agentpay-api", [0, 10], [4, 15], [0, 10]),
        ...blocked("agentpay-worker", [0, 10], [3, 15], [0, 10]),
      },
      firing: { 10: [], 12: [], 14: [{ instance, datname }], 24: [{ instance, datname }], 26: [] },
    },
    { title: "exactly 5", series: blocked("agentpay-api", [5, 30]), firing: silent(15, 30) },
    {
      title: "a migration that takes two minutes",
      series: blocked("agentpay-api", [0, 10], [40, 2], [0, 20]),
      firing: silent(11, 12, 14, 20),
    },
    {
      title: "sessions that wait for their client",
      series: at(metrics.pgStatActivityCount.name, level([40, 30]), {
        datname,
        state: "idle",
        wait_event: "ClientRead",
        wait_event_type: "Client",
      }),
      firing: silent(15, 30),
    },
  ],
  PostgresRestarting: [
    {
      title: "it crashes every five minutes and is back at once, and then lives",
      series: commits([60, 10], "restart", [60, 5], "restart", [60, 5], "restart", [60, 60]),
      firing: { 10: [], 14: [], 16: [{ instance }], 30: [{ instance }], 60: [] },
    },
    {
      title: "it is away for a minute, three times, and nothing is known of its counts",
      series: at(metrics.pgUp.name, level([1, 10], [0, 1], [1, 5], [0, 1], [1, 5], [0, 1], [1, 40])),
      firing: { 12: [], 18: [{ instance }], 30: [{ instance }], 60: [] },
    },
    {
      title: "one crash, or a failover to a server that has counted less",
      series: commits([60, 20], "restart", [60, 40]),
      firing: silent(21, 30, 60),
    },
    {
      title: "an update: it is stopped in good order, and keeps its counts",
      series: {
        ...at(metrics.pgUp.name, level([1, 10], [0, 2], [1, 40])),
        ...commits([60, 10], ["gone", 2], [60, 40]),
      },
      firing: silent(11, 13, 30),
    },
  ],
  PostgresLongTransaction: [
    {
      title: "a dump at night",
      series: transactionOf({ application_name: "pg_dump" }, "active", [1, 10], [3600, 40]),
      firing: silent(20, 50),
    },
    {
      title: "an exporter that does not say what kind of backend it is",
      series: transactionOf({ backend_type: "" }, "idle in transaction", [600, 20]),
      firing: { 10: [{ instance, datname, state: "idle in transaction" }] },
    },
    {
      title: "a transaction stays open for 15 minutes",
      series: transaction("idle in transaction", [1, 10], [600, 10], [1, 10]),
      firing: { 10: [], 14: [], 17: [{ instance, datname, state: "idle in transaction" }], 21: [] },
    },
    { title: "exactly five minutes", series: transaction("active", [300, 30]), firing: silent(15, 30) },
    { title: "an idle connection", series: transaction("idle", [9000, 30]), firing: silent(15, 30) },
    {
      title: "soon closed",
      series: transaction("active", [1, 10], [400, 2], [1, 20]),
      firing: silent(12, 16, 30),
    },
  ],
  PostgresDeadlocks: [
    {
      title: "another server answers after a failover, and has seen deadlocks before",
      series: at(metrics.pgDatabaseDeadlocks.name, level([3, 20], [500, 20]), { datid: "1", datname }),
      firing: silent(21, 24, 26, 30),
    },
    {
      title: "one a minute, and then none",
      series: deadlocks(datname, [0, 10], [1, 20], [0, 20]),
      firing: { 10: [], 13: [], 19: [{ instance, datname }], 30: [{ instance, datname }], 42: [] },
    },
    { title: "one in three minutes", series: deadlocks(datname, [0.33, 60]), firing: silent(30, 60) },
    {
      title: "a single one",
      series: deadlocks(datname, [0, 10], [2, 0.5], [0, 20]),
      firing: silent(11, 15, 25),
    },
    { title: "in PostgreSQL's own database", series: deadlocks("postgres", [5, 30]), firing: silent(15, 30) },
    {
      title: "the statistics are reset",
      series: deadlocks(datname, [0.1, 30], "restart", [0.1, 30]),
      firing: silent(31, 40),
    },
  ],
  PostgresCacheHitRatioLow: [
    {
      title: "a tenth of the blocks is read from disk, and then hardly any",
      series: blocks(
        [[9000, 180]],
        [
          [90, 30],
          [1000, 70],
          [90, 80],
        ],
      ),
      firing: { 30: [], 55: [], 75: [{ instance, datname }], 100: [{ instance, datname }], 115: [] },
    },
    { title: "just above 95%", series: blocks([[96_000, 90]], [[4000, 90]]), firing: silent(60, 90) },
    { title: "a quiet database", series: blocks([[50, 90]], [[50, 90]]), firing: silent(60, 90) },
    {
      title: "a backup of ten minutes",
      series: blocks(
        [[9000, 120]],
        [
          [90, 30],
          [5000, 10],
          [90, 80],
        ],
      ),
      firing: silent(40, 50, 62, 80),
    },
  ],
};
