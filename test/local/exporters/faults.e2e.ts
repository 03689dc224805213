/**
 * Faults of a real PostgreSQL and a real Valkey, seen by their real exporters, run as docs/getting-started.md says, and by the
 * catalogue's rules in a real Prometheus, all at ten times the pace.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ruleFiles } from "../../../components/prometheus/prometheus.ts";
import type { FaultName } from "../../../local/agentpay/faults.ts";
import { database } from "../../../local/agentpay/world.ts";
import { type Pace, scaleDuration, scaleFile } from "../../../local/drills/scale.ts";
import { Children } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { makeAgentPayRole } from "../../../local/platforms/postgres/agentpay.ts";
import { type RunningValkey, withValkey } from "../../../local/platforms/valkey/server.ts";
import type { Effects, Undo } from "../../../local/real-faults/index.ts";
import { postgresFaults } from "../../../local/real-faults/postgres.ts";
import { takeEveryClient, valkeyFaults } from "../../../local/real-faults/valkey.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort } from "../../../toolkit/free-port.ts";
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

const FACTOR = 10;
/** As long as may be: postgres_exporter waits a second of our clock before it says that PostgreSQL is gone. */
const SCRAPE = { interval: "20s", timeout: "20s" };
/** A transaction gets old by the clock that we all have. */
const THRESHOLDS = { PostgresLongTransaction: 8, PostgresSlowCalls: 4 };

let postgres: PostgresUnderTest;
let valkey: RunningValkey & { readonly folder: string };
const exporters: ExporterUnderTest[] = [];
const folder = mkdtempSync(path.join(tmpdir(), "agentpay-real-faults-"));
const children = new Children(path.join(folder, "children.json"), new LogFiles(path.join(folder, "logs")));
let url = "";
let undo: Undo | undefined;

beforeAll(async () => {
  postgres = await migratedPostgres({ reserved_connections: "3" });
  await connected(postgres.connection(database.datname), async (client) => {
    await client.query(readFileSync(path.join(REPOSITORY, "local/platforms/postgres/agentpay.sql"), "utf8"));
    await client.query(
      "INSERT INTO conversations (organization_id, stage, status) VALUES (gen_random_uuid(), 'discovery', 'active')",
    );
    await makeAgentPayRole(client);
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
  url = await startPrometheus({ postgres: ofPostgres, redis: ofValkey });
  await eventually("both to be scraped", async () =>
    (await query("pg_up == 1 and on () redis_up == 1")).length > 0 ? true : undefined,
  );
});

afterAll(async () => {
  await children.stopAll();
  await Promise.all(exporters.map(({ stop }) => stop()));
  await valkey?.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each fault ends, and with it what it made ring. */
afterEach(async () => {
  await undo?.();
  undo = undefined;
  await eventually("everything to end", async () => ((await firing()).length === 0 ? true : undefined));
});

async function startPrometheus(
  targets: Readonly<Record<"postgres" | "redis", ExporterUnderTest>>,
): Promise<string> {
  const { binaries } = await ensureTool(tools.prometheus);
  const now = Date.now() / 1000;
  const pace: Pace = { factor: FACTOR, startedAt: now, clock: now };
  const links = { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" };
  for (const [name, rules] of Object.entries(ruleFiles(THRESHOLDS, links)))
    writeFileSync(path.join(folder, name), scaleFile(rules, pace));
  const configuration = {
    global: {
      scrape_interval: scaleDuration(SCRAPE.interval, FACTOR),
      scrape_timeout: scaleDuration(SCRAPE.timeout, FACTOR),
    },
    rule_files: ["*.yml"],
    scrape_configs: Object.entries(targets).map(([job_name, { exporter }]) => ({
      job_name,
      static_configs: [{ targets: [new URL(exporter.url).host] }],
    })),
  };
  writeFileSync(path.join(folder, "prometheus.yaml"), stringify(configuration));
  const port = await freePort();
  await children.start({
    name: "prometheus",
    command: binaries["prometheus"] ?? "prometheus",
    args: [
      `--config.file=${path.join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${scaleDuration("5m", FACTOR)}`,
    ],
    cwd: folder,
  });
  return `http://127.0.0.1:${port}`;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
}

async function query(expression: string): Promise<readonly Sample[]> {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`).catch(
    () => undefined,
  );
  if (!answer?.ok) return [];
  const { data } = (await answer.json()) as { data: { result: readonly Sample[] } };
  return data.result;
}

async function firing(): Promise<readonly string[]> {
  const found = await query('ALERTS{alertstate="firing",service=~"postgres|redis"}');
  return [...new Set(found.map(({ metric }) => metric["alertname"] ?? ""))].toSorted();
}

/** Until it rings; then what else does. */
async function rings(name: string): Promise<readonly string[]> {
  return eventually(`${name} to ring`, async () => {
    const names = await firing();
    return names.includes(name) ? names : undefined;
  });
}

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
  ] as const)("%s %j rings %s, and nothing else that pages", async (fault, parameters, alert) => {
    await begin(effects(), fault, parameters);
    const others = (await rings(alert)).filter((name) => name !== alert);
    expect(others.filter((name) => /Down|Unknown|Unreadable|UsedUp/.test(name))).toEqual([]);
  });

  test("a changed password rings as such while the old session lives, and as an outage once it is gone", async () => {
    await begin(effects(), "postgres-login-refused", {});
    await rings("PostgresUnreadable");
    await connected(postgres.connection(), (client) =>
      client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'agentpay_monitoring'",
      ),
    );
    await rings("PostgresDown");
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
    const others = (await rings(alert)).filter((name) => name !== alert);
    expect(others.filter((name) => /Down|Unknown|Evicting|Persistence/.test(name))).toEqual([]);
  });

  test("at maxclients it rings as down, and what it refused is told as soon as its exporter gets in", async () => {
    undo = await takeEveryClient(valkey.port);
    await rings("RedisDown");
    await sleep(10_000);
    await undo();
    undo = undefined;
    await rings("RedisRejectedConnections");
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
    await rings("RedisDown");
  });
});

async function never(): Promise<Undo> {
  throw new Error("not here");
}
