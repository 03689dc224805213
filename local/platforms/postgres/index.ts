/**
 * AgentPay's database on the local stack: a real PostgreSQL with what `operations/database/migrations/` sets up, a past, what the
 * simulated AgentPay does in it while it runs, and its real exporter.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Client, type ClientBase, type ClientConfig } from "pg";
import { RESERVED_CONNECTIONS } from "../../../components/aws/wanted-settings.ts";
import { migrate } from "../../../operations/database/migrate.ts";
import { setMonitoringPassword } from "../../../operations/database/role.ts";
import { configureServer } from "../../../operations/database/server-settings.ts";
import { messageOf } from "../../../toolkit/error-message.ts";
import { database } from "../../agentpay/world.ts";
import { startPostgresExporter } from "../../exporters/start.ts";
import type { Logger, Service } from "../../host/service.ts";
import { RealFaults } from "../../real-faults/index.ts";
import { postgresFaults } from "../../real-faults/postgres.ts";
import { Restartable } from "../../real-faults/restartable.ts";
import { AgentPayPools, makeAgentPayRole } from "./agentpay.ts";
import { postgresFolder } from "./folder.ts";
import { type Span, writeCalls, writeConversations } from "./history.ts";
import type { DatabaseLedger } from "./ledger.ts";
import { administratorOf, MONITORING, startPostgres } from "./server.ts";

const DAY_SECONDS = 86_400;
const CONVERSATION_DAYS = 60;
/** Half a million rows. More would show nothing new, and keep a small machine busy. */
const CALL_DAYS = 15;
const FLUSH_MILLISECONDS = 1000;

/** What RDS gets by its parameter group at its start. The rest is set by `operations/database/`. */
const PRELOADED = {
  shared_preload_libraries: "pg_stat_statements,auto_explain",
  [RESERVED_CONNECTIONS.name]: RESERVED_CONNECTIONS.value,
} as const;

/** As Pulumi.yaml has them for RDS. */
const SLOW_QUERIES = { slowQueryMilliseconds: 1000, autoExplainMilliseconds: 0 } as const;

const AGENTPAY_SCHEMA = path.join(import.meta.dirname, "agentpay.sql");

export const postgres = (ledger: DatabaseLedger, realFaults = new RealFaults()): Service => ({
  name: "PostgreSQL",
  async start({ stateFolder, ports, tools, logger, startChild }) {
    const folder = await postgresFolder(path.join(stateFolder, "data"));
    const options = { folder, port: ports.postgres, settings: PRELOADED, startChild };
    const server = await Restartable.started(() => startPostgres(options));
    const connection = administratorOf(ports.postgres, database.datname);
    try {
      const work = await prepare(connection, ledger, logger("ledger"));
      const exporter = await Restartable.started(() =>
        startPostgresExporter(
          {
            port: ports.postgresExporter,
            target: { port: ports.postgres, login: MONITORING },
            tool: tools.postgresExporter,
            startChild,
          },
          database.datname,
        ),
      );
      realFaults.offer(
        postgresFaults({
          connection,
          pid: () => server.server?.pid,
          away: { server: () => server.away(), exporter: () => exporter.away() },
        }),
      );
      return {
        isHealthy: async () => (await server.server?.isHealthy?.()) ?? false,
        stop: async () => {
          await exporter.stop();
          await work.stop();
          await server.stop();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
});

/** What monitoring and AgentPay need, and AgentPay's work from then on. */
async function prepare(
  connection: ClientConfig,
  ledger: DatabaseLedger,
  log: Logger,
): Promise<{ stop(): Promise<void> }> {
  await prepareDatabase({ ...connection, database: "postgres" });
  const client = new Client(connection);
  client.on("error", (error) => log.warn(`the connection broke: ${error.message}`));
  await client.connect();
  await client.query(await readFile(AGENTPAY_SCHEMA, "utf8"));
  await migrate(client);
  await setMonitoringPassword(client, MONITORING.password);
  await configureServer(client, SLOW_QUERIES);
  await makeAgentPayRole(client);
  const pools = new AgentPayPools(connection);
  const now = Math.floor(Date.now() / 1000);
  const past = await missingPast(client, now);
  ledger.startAt(now);
  let stopped = false;
  // One after the other on one connection, for as long as the service runs.
  const work = (async () => {
    await writePast(client, past, () => stopped);
    await client.end();
    log.info("the history is complete");
    while (!stopped) {
      await ledger.flush(pools).catch((error: unknown) => log.warn(messageOf(error)));
      await new Promise((resolve) => setTimeout(resolve, FLUSH_MILLISECONDS).unref());
    }
  })().catch((error: unknown) => log.error(messageOf(error)));
  return {
    stop: async () => {
      stopped = true;
      const patience = new Promise((resolve) => setTimeout(resolve, 5000).unref());
      await Promise.race([work.then(() => pools.end()), patience]);
    },
  };
}

/** AgentPay's own database and user, where they are not there yet. */
export async function prepareDatabase(administrator: ClientConfig): Promise<void> {
  const client = new Client(administrator);
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [database.datname]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database.datname}`);
  } finally {
    await client.end();
  }
}

interface Past {
  readonly conversations: Span;
  readonly calls: Span;
}

/** From what there is last, or from the beginning of the history, until now. */
async function missingPast(client: ClientBase, now: number): Promise<Past> {
  const { rows } = await client.query<{ conversation: number | null; call: number | null }>(`
    SELECT extract(epoch FROM (SELECT max(created_at) FROM conversations))::float8 AS conversation,
      extract(epoch FROM (SELECT max(timestamp) FROM llm_metrics))::float8 AS call`);
  const span = (last: number | null | undefined, days: number): Span => ({
    from: Math.max(Math.ceil(last ?? 0), now - days * DAY_SECONDS),
    to: now,
  });
  return {
    conversations: span(rows[0]?.conversation, CONVERSATION_DAYS),
    calls: span(rows[0]?.call, CALL_DAYS),
  };
}

/** A day at a time, so that a stack that is taken down does not wait for all of them. */
async function writePast(client: ClientBase, past: Past, isStopped: () => boolean): Promise<void> {
  for (const day of days(past.conversations)) {
    if (isStopped()) return;
    await writeConversations(client, day);
  }
  for (const day of days(past.calls)) {
    if (isStopped()) return;
    await writeCalls(client, day);
  }
}

/** The span, cut at each midnight UTC. */
function* days({ from, to }: Span): Generator<Span> {
  for (let start = from; start < to; ) {
    const end = Math.min(start - (start % DAY_SECONDS) + DAY_SECONDS, to);
    yield { from: start, to: end };
    start = end;
  }
}
