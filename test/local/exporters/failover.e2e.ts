/**
 * A real PostgreSQL with a real replica, each seen by its exporter: a replica that lags is told, and the primary's end, after
 * which the replica answers at its address, pages nobody when it is as quick as a managed database's.
 */

import { createServer as createHttpServer, type Server } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { metrics } from "../../../catalog/metrics/index.ts";
import { database } from "../../../local/agentpay/world.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";
import { type ExporterUnderTest, migratedPostgres, postgresExporter } from "../../support/exporters.ts";
import { connected, type PostgresUnderTest, REPLICATED, testReplica } from "../../support/postgres.ts";
import { FACTOR, type FastPrometheus, fastPrometheus } from "./fast-prometheus.ts";

/** A replica's age is told in seconds of the clock that we all have. */
const THRESHOLDS = { PostgresReplicationLag: 5 };
/** Within which a Multi-AZ cluster of Amazon RDS has failed over. */
const FAILOVER_SECONDS = 35 / FACTOR;
const SETTINGS = { shared_preload_libraries: "pg_stat_statements", ...REPLICATED };

let primary: PostgresUnderTest;
let replica: PostgresUnderTest;
/** The database's, as AgentPay and the exporter know it, and the primary's, as the replica does. */
let address: Address;
let origin: Address;
let agentpay: Server;
let prometheus: FastPrometheus;
const exporters: ExporterUnderTest[] = [];

beforeAll(async () => {
  primary = await migratedPostgres(REPLICATED);
  [address, origin] = [await startAddress(primary.port), await startAddress(primary.port)];
  replica = await testReplica(primary, origin.port, SETTINGS);
  agentpay = conversing();
  const tool = await ensureTool(tools.postgresExporter);
  exporters.push(await postgresExporter(address, tool), await postgresExporter(replica, tool));
  prometheus = await fastPrometheus(
    {
      postgres: exporters.map(({ exporter }) => exporter.url),
      "agentpay-api": [`http://127.0.0.1:${await listenOnLoopback(agentpay)}`],
    },
    THRESHOLDS,
  );
  await eventually("both to be scraped", async () =>
    (await prometheus.query("pg_up == 1")).length === 2 ? true : undefined,
  );
});

afterAll(async () => {
  await prometheus?.stop();
  await Promise.all(exporters.map(({ stop }) => stop()));
  address?.stop();
  origin?.stop();
  agentpay?.close();
  await replica?.stop();
  await primary?.stop();
});

describe("while AgentPay writes", () => {
  let writing: Writing;

  beforeAll(async () => {
    writing = await startWriting(primary);
    await eventually("the replica to replay", async () =>
      (await writing.arrived(replica)) ? true : undefined,
    );
  });

  afterAll(() => writing?.stop());

  afterEach(() =>
    eventually("the end", async () => ((await prometheus.firing()).length === 0 ? true : undefined)),
  );

  test("a replica that replays nothing rings", async () => {
    await onReplica("SELECT pg_wal_replay_pause()");
    expect(await prometheus.rings("PostgresReplicationLag")).toEqual(["PostgresReplicationLag"]);
    await onReplica("SELECT pg_wal_replay_resume()");
  });

  test("a replica that its primary does not reach rings", async () => {
    origin.leadsTo(undefined);
    expect(await prometheus.rings("PostgresReplicationLag")).toEqual(["PostgresReplicationLag"]);
    origin.leadsTo(primary.port);
  });
});

test("a failover is seen through the same exporter, and pages nobody where it is quick", async () => {
  await primary.stopServer();
  await sleep(FAILOVER_SECONDS * 1000);
  await onReplica("SELECT pg_promote()");
  address.leadsTo(replica.port);
  const told = new Set<string>();
  // Windows that look back at the time before, and hold times, are over within 10 minutes.
  for (const until = Date.now() + 600_000 / FACTOR; Date.now() < until; await sleep(500))
    for (const name of await prometheus.firing()) told.add(name);
  expect([...told]).toEqual([]);
  const seen = await prometheus.query(`${metrics.pgIsReplica.name} == 0 and on (instance) pg_up == 1`);
  expect(seen).toHaveLength(2);
});

test("a primary that nobody takes the place of rings as down", async () => {
  await replica.stopServer();
  expect(await prometheus.rings("PostgresDown")).toContain("PostgresDown");
});

async function onReplica(statement: string): Promise<void> {
  await connected(replica.connection(), (client) => client.query(statement));
}

/** AgentPay's traffic, as its API counts it: a conversation with each look. */
function conversing(): Server {
  let count = 0;
  return createHttpServer((_, response) => {
    count += 1;
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`${metrics.conversationsStarted.name} ${count}\n`);
  });
}

interface Writing {
  /** Whether anything of it is there. */
  arrived(server: PostgresUnderTest): Promise<boolean>;
  stop(): Promise<void>;
}

async function startWriting(server: PostgresUnderTest): Promise<Writing> {
  let goOn = true;
  const inDatabase = <T>(of: PostgresUnderTest, work: (client: Client) => Promise<T>) =>
    connected(of.connection(database.datname), work);
  await inDatabase(server, (client) => client.query("CREATE TABLE written (at timestamptz)"));
  const writing = inDatabase(server, async (client) => {
    for (; goOn; await sleep(200)) await client.query("INSERT INTO written VALUES (now())");
  });
  return {
    arrived: (replica) =>
      inDatabase(replica, async (client) => {
        const { rows } = await client.query("SELECT to_regclass('written') IS NOT NULL AS known");
        return rows[0].known;
      }),
    stop: async () => {
      goOn = false;
      await writing;
    },
  };
}

/** Where a database is reached, whichever server it is: as the name that a managed database has. */
interface Address {
  readonly port: number;
  /** Connections to the former server end. @param port undefined: nowhere */
  leadsTo(port: number | undefined): void;
  stop(): void;
}

async function startAddress(first: number): Promise<Address> {
  let current: number | undefined = first;
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    if (current === undefined) {
      client.destroy();
      return;
    }
    const onward = keep(connect(current, "127.0.0.1"));
    keep(client).pipe(onward).pipe(client);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const)
      one.on("close", () => other.destroy());
  });
  const end = () => {
    for (const socket of open) socket.destroy();
  };
  const port = await listenOnLoopback(server);
  return {
    port,
    leadsTo: (next) => {
      current = next;
      end();
    },
    stop: () => {
      server.close();
      end();
    },
  };
}
