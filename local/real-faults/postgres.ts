/** What breaks in a real PostgreSQL, as the roles and sessions of AgentPay break it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { setMonitoringPassword } from "../../operations/database/role.ts";
import { asAgentPay } from "../platforms/postgres/agentpay.ts";
import { MONITORING } from "../platforms/postgres/server.ts";
import type { Effect, Effects, Undo } from "./index.ts";
import { hang } from "./processes.ts";

export interface PostgresTarget {
  /** How the administrator connects to AgentPay's database. */
  readonly connection: ClientConfig;
  /** Of the server itself. */
  pid(): number | undefined;
  /** Takes the server, or its exporter, away. */
  readonly away: { server(): Promise<Undo>; exporter(): Promise<Undo> };
}

const KNOCK_MILLISECONDS = 250;
const HIDDEN_SCHEMA = "monitoring";

export function postgresFaults(target: PostgresTarget): Effects {
  const { connection, away } = target;
  const agentpay = asAgentPay(connection);
  const sleeps: Effect = async ({ seconds }) =>
    repeating(agentpay, (client) => client.query("SELECT pg_sleep($1)", [seconds]), 2);
  return {
    "postgres-down": away.server,
    "postgres-exporter-down": away.exporter,
    "postgres-hangs": () => hang(running(target.pid())),
    "postgres-login-refused": () => withOtherPassword(connection),
    "postgres-full": () => takeEverySlot(agentpay),
    "db-pool-exhausted": async ({ connections }) =>
      holding(agentpay, Number(connections), (client) => client.query("BEGIN")),
    "long-transaction": () =>
      holding(agentpay, 1, async (client) => {
        await client.query("BEGIN");
        await client.query("SELECT FROM conversations LIMIT 1 FOR UPDATE");
      }),
    "slow-calls": sleeps,
    "slow-queries": sleeps,
    deadlocks: async ({ rate }) => deadlocking(agentpay, 1000 / Number(rate)),
    "db-cache-misses": () => repeating(agentpay, readWholeTable),
    "sessions-blocked": async ({ sessions }) => blocking(connection, agentpay, Number(sessions)),
    "postgres-crashing": async ({ seconds }) => crashing(connection, Number(seconds)),
    "dead-rows": () => leaveDeadRows(connection),
    "statements-unreadable": () => hideStatements(connection),
  };
}

/** A session that survives what the fault does to it. */
async function connected(connection: ClientConfig): Promise<Client> {
  const client = new Client(connection);
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Sessions that stay as they are. */
async function holding(
  connection: ClientConfig,
  count: number,
  begin: (client: Client) => Promise<unknown>,
): Promise<Undo> {
  const held: Client[] = [];
  const undo = async () => {
    await Promise.all(held.map((client) => client.end()));
  };
  try {
    while (held.length < count) {
      const client = await connected(connection);
      held.push(client);
      await begin(client);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

/** A loop for as long as the fault lasts. */
function looping(step: () => Promise<unknown>): Undo {
  let stopped = false;
  const work = (async () => {
    // What a step can't do just now, it can't do because of a fault: the next one tries again.
    while (!stopped) await step().catch(() => sleep(KNOCK_MILLISECONDS));
  })();
  return async () => {
    stopped = true;
    await work;
  };
}

/** Sessions that do the same over and over; one that runs when it ends is ended. */
async function repeating(
  connection: ClientConfig,
  work: (client: Client) => Promise<unknown>,
  sessions = 1,
): Promise<Undo> {
  const loops = await Promise.all(
    Array.from({ length: sessions }, async () => {
      const client = await connected(connection);
      const stop = looping(() => work(client));
      return async () => {
        const ended = stop();
        await cancel(client, connection);
        await ended;
        await client.end();
      };
    }),
  );
  return async () => {
    await Promise.all(loops.map((end) => end()));
  };
}

/** Its statement fails at once, as with Ctrl-C in psql. */
async function cancel(client: Client & { processID?: number }, connection: ClientConfig): Promise<void> {
  const other = await connected(connection);
  await other.query("SELECT pg_cancel_backend($1)", [client.processID]);
  await other.end();
}

/** Every slot that a role without rights of its own can have, and whichever becomes free. */
async function takeEverySlot(connection: ClientConfig): Promise<Undo> {
  const held = new Set<Client>();
  const take = async () => {
    const client = await connected(connection);
    held.add(client.on("end", () => held.delete(client)));
  };
  const stop = looping(take);
  return async () => {
    await stopSoon(stop);
    await Promise.all([...held].map((client) => client.end()));
  };
}

async function stopSoon(stop: Undo): Promise<void> {
  await Promise.race([stop(), sleep(10 * KNOCK_MILLISECONDS, undefined, { ref: false })]);
}

/** Two sessions that want each other's lock, every so often. */
async function deadlocking(connection: ClientConfig, milliseconds: number): Promise<Undo> {
  const [one, other] = await Promise.all([connected(connection), connected(connection)]);
  const locks = async (client: Client, first: number, second: number) => {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(4172, $1)", [first]);
    await sleep(100);
    await client.query("SELECT pg_advisory_xact_lock(4172, $1)", [second]);
  };
  const stop = looping(async () => {
    const startedAt = Date.now();
    await Promise.allSettled([locks(one, 1, 2), locks(other, 2, 1)]);
    await Promise.all([one.query("ROLLBACK"), other.query("ROLLBACK")]);
    await sleep(Math.max(0, milliseconds - (Date.now() - startedAt)), undefined, { ref: false });
  });
  return async () => {
    await stopSoon(stop);
    await Promise.all([one.end(), other.end()]);
  };
}

/** A migration that has a table to itself, and sessions that want to read it. */
async function blocking(
  administrator: ClientConfig,
  connection: ClientConfig,
  sessions: number,
): Promise<Undo> {
  const free = await holding(administrator, 1, async (client) => {
    await client.query("BEGIN");
    await client.query("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE");
  });
  const leave = await holding(connection, sessions, async (client) => {
    // Answered once the lock is free, or the session is gone.
    client.query("SELECT FROM conversations LIMIT 1").catch(() => {});
  });
  return async () => {
    await free();
    await leave();
  };
}

/** Whatever ends one of its processes as hard as the kernel does makes PostgreSQL end all of them and recover. */
async function crashing(connection: ClientConfig, seconds: number): Promise<Undo> {
  const stop = looping(async () => {
    const client = await connected(connection);
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    for (const { pid } of rows) process.kill(pid, "SIGKILL");
    await sleep(1000 * seconds, undefined, { ref: false });
  });
  return () => stopSoon(stop);
}

/** More than the cache keeps of one table that is read from end to end. */
async function readWholeTable(client: Client): Promise<void> {
  await client.query(
    "SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off",
  );
  await client.query("SELECT sum(cost_usd) FROM llm_metrics");
  await sleep(1000, undefined, { ref: false });
}

async function leaveDeadRows(connection: ClientConfig): Promise<Undo> {
  const client = await connected(connection);
  await client.query("ALTER TABLE conversations SET (autovacuum_enabled = false)");
  await client.query("UPDATE conversations SET stage = stage");
  await client.end();
  return async () => {
    const later = await connected(connection);
    await later.query("ALTER TABLE conversations RESET (autovacuum_enabled)");
    await later.query("VACUUM conversations");
    await later.end();
  };
}

/** Of the monitoring role. Sessions that it has live on, as they do where an administrator changes it. */
async function withOtherPassword(connection: ClientConfig): Promise<Undo> {
  const set = async (password: string) => {
    const client = await connected(connection);
    await setMonitoringPassword(client, password);
    await client.end();
  };
  await set("local-postgres-rotated");
  return () => set(MONITORING.password);
}

/** The extension is there, and not where the exporter looks. */
async function hideStatements(connection: ClientConfig): Promise<Undo> {
  const move = async (schema: string) => {
    const client = await connected(connection);
    await client.query(`ALTER EXTENSION pg_stat_statements SET SCHEMA ${schema}`);
    await client.end();
  };
  await move(HIDDEN_SCHEMA);
  return () => move("public");
}

export function running(pid: number | undefined): number {
  if (pid === undefined) throw new Error("the server does not run");
  return pid;
}
