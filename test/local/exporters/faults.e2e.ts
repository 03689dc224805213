/**
 * Faults of a real PostgreSQL and a real Valkey, seen by their real exporters, run as docs/getting-started.md says, and by the
 * catalogue's rules in a real Prometheus, all at ten times the pace.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultName } from "../../../local/agentpay/faults.ts";
import { database } from "../../../local/agentpay/world.ts";
import { scaleDuration } from "../../../local/drills/scale.ts";
import { makeAgentPayRole } from "../../../local/platforms/postgres/agentpay.ts";
import { type RunningValkey, withValkey } from "../../../local/platforms/valkey/server.ts";
import type { Effects, Undo } from "../../../local/real-faults/index.ts";
import { postgresFaults } from "../../../local/real-faults/postgres.ts";
import { takeEveryClient, valkeyFaults } from "../../../local/real-faults/valkey.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";
import {
  type ExporterUnderTest,
  migratedPostgres,
  postgresExporter,
  redisExporter,
  testValkey,
} from "../../support/exporters.ts";
import { connected, type PostgresUnderTest } from "../../support/postgres.ts";
import { REPOSITORY } from "../../support/program.ts";
import { FACTOR, type FastPrometheus, fastPrometheus } from "./fast-prometheus.ts";

/** A transaction gets old by the clock that we all have. */
const THRESHOLDS = { PostgresLongTransaction: 8, PostgresSlowCalls: 4 };

let postgres: PostgresUnderTest;
let valkey: RunningValkey & { readonly folder: string };
const exporters: ExporterUnderTest[] = [];
let prometheus: FastPrometheus;
let undo: Undo | undefined;

beforeAll(async () => {
  postgres = await migratedPostgres({ reserved_connections: "3" });
  await connected(postgres.connection(database.datname), async (client) => {
    await client.query(readFileSync(path.join(REPOSITORY, "local/platforms/postgres/agentpay.sql"), "utf8"));
    await client.query(
      "INSERT INTO conversations (organization_id, stage, status) VALUES (gen_random_uuid(), 'discovery', 'active')",
    );
    await makeAgentPayRole(client);
    await client.query("ALTER ROLE agentpay_monitoring SET lock_timeout = '200ms'");
  });
  valkey = await testValkey();
  const faster = (flag: string) =>
    flag.replace(
      /(-timeout=)(\w+)$/,
      (_, name: string, timeout: string) => name + scaleDuration(timeout, FACTOR),
    );
  const [ofPostgres, ofValkey] = await Promise.all([
    postgresExporter(postgres, await ensureTool(tools.postgresExporter), faster),
    redisExporter(valkey, await ensureTool(tools.redisExporter), faster),
  ]);
  exporters.push(ofPostgres, ofValkey);
  prometheus = await fastPrometheus(
    { postgres: [ofPostgres.exporter.url], redis: [ofValkey.exporter.url] },
    THRESHOLDS,
  );
  await eventually("both to be scraped", async () =>
    (await prometheus.query("pg_up == 1 and on () redis_up == 1")).length > 0 ? true : undefined,
  );
});

afterAll(async () => {
  await prometheus?.stop();
  await Promise.all(exporters.map(({ stop }) => stop()));
  await valkey?.stop();
  await postgres?.stop();
});

/** Each fault ends, and with it what it made ring. */
afterEach(async () => {
  await undo?.();
  undo = undefined;
  await eventually("everything to end", async () =>
    (await prometheus.firing()).length === 0 ? true : undefined,
  );
});

async function begin(
  effects: Effects,
  fault: FaultName,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  undo = await effects[fault]?.(parameters);
  expect(undo).toBeDefined();
}

describe("PostgreSQL", () => {
  const effects = () =>
    postgresFaults({
      connection: postgres.connection(database.datname),
      pid: () => postgres.pid,
      away: {
        server: async () => {
          await postgres.stopServer();
          return () => postgres.restart();
        },
        exporter: never,
      },
    });

  test.each([
    ["postgres-full", {}, "PostgresConnectionsUsedUp"],
    ["postgres-login-refused", {}, "PostgresUnreadable"],
    ["postgres-hangs", {}, "PostgresStateUnknown"],
    ["postgres-down", {}, "PostgresDown"],
    ["long-transaction", {}, "PostgresLongTransaction"],
    ["deadlocks", { rate: 2 }, "PostgresDeadlocks"],
    ["slow-calls", { seconds: 6 }, "PostgresSlowCalls"],
    ["statements-unreadable", {}, "PostgresCollectorFailing"],
    ["sessions-blocked", { sessions: 8 }, "PostgresSessionsBlocked"],
  ] as const)("%s %j rings %s, and nothing else that pages", async (fault, parameters, alert) => {
    await begin(effects(), fault, parameters);
    const others = (await prometheus.rings(alert)).filter((name) => name !== alert);
    expect(others.filter((name) => /Down|Unknown|Unreadable|UsedUp/.test(name))).toEqual([]);
  });

  test("a changed password rings as such while the old session lives, and as an outage once it is gone", async () => {
    await begin(effects(), "postgres-login-refused", {});
    await prometheus.rings("PostgresUnreadable");
    await connected(postgres.connection(), (client) =>
      client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'agentpay_monitoring'",
      ),
    );
    await prometheus.rings("PostgresDown");
  });
});

describe("Redis", () => {
  const effects = () =>
    valkeyFaults({
      port: valkey.port,
      folder: valkey.folder,
      pid: () => valkey.child.pid,
      away: { server: never, exporter: never },
    });

  test.each([
    ["redis-hangs", {}, "RedisDown"],
    ["redis-clients", { ratio: 0.9 }, "RedisClientsHigh"],
    ["redis-evictions", { rate: 5 }, "RedisEvictingKeys"],
    ["redis-memory", { ratio: 0.9 }, "RedisMemoryHigh"],
    ["redis-disk", {}, "RedisPersistenceFailing"],
  ] as const)("%s %j rings %s, and nothing else that pages", async (fault, parameters, alert) => {
    await begin(effects(), fault, parameters);
    const others = (await prometheus.rings(alert)).filter((name) => name !== alert);
    expect(others.filter((name) => /Down|Unknown|Evicting|Persistence/.test(name))).toEqual([]);
  });

  test("at maxclients it rings as down, and what it refused is told as soon as its exporter gets in", async () => {
    undo = await takeEveryClient(valkey.port);
    await prometheus.rings("RedisDown");
    await sleep(10_000);
    await undo();
    undo = undefined;
    await prometheus.rings("RedisRejectedConnections");
  });

  test("a changed password of its exporter rings as down", async () => {
    const password = (to: string) =>
      withValkey(valkey.port, (client) =>
        client.sendCommand(["ACL", "SETUSER", "agentpay_monitoring", "resetpass", `>${to}`]),
      );
    await password("rotated");
    undo = async () => {
      await password("local-redis-monitoring");
    };
    await prometheus.rings("RedisDown");
  });
});

async function never(): Promise<Undo> {
  throw new Error("not here");
}
