/**
 * The real exporters, of the lowest and the newest version that is supported, beside the contract, and what the simulated
 * ones play beside what the real ones do. After a change of version: `vitest run -u` records again.
 */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exporters } from "../../../catalog/exporters.ts";
import { exposedBy } from "../../../catalog/metrics/index.ts";
import type { Job, Metric } from "../../../catalog/metrics/metric.ts";
import { database, queues } from "../../../local/agentpay/world.ts";
import { type RunningValkey, withValkey } from "../../../local/platforms/valkey/server.ts";
import type { Undo } from "../../../local/real-faults/index.ts";
import { postgresFaults } from "../../../local/real-faults/postgres.ts";
import { valkeyFaults } from "../../../local/real-faults/valkey.ts";
import { tools } from "../../../operations/tools/tools.ts";
import type { FoundTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";
import {
  type ExporterUnderTest,
  exporterOf,
  migratedPostgres,
  postgresExporter,
  redisExporter,
  testValkey,
} from "../../support/exporters.ts";
import { connected, type PostgresUnderTest } from "../../support/postgres.ts";
import { REPOSITORY } from "../../support/program.ts";
import { parseExposition, sumOf } from "../agentpay/parse-exposition.ts";

/** Newest first; the newest of all may be one that this machine can't have. */
const VERSIONS = {
  postgres: ["0.20.1", exporters.postgres.version, exporters.postgres.lowest],
  redis: [exporters.redis.version, exporters.redis.lowest],
} as const;

/** Its type, and its labels by name, of each metric. */
type Exposed = Record<string, string>;

/** Of the contract, what its subject has: a process has metrics as well. */
const contract = (job: Job): readonly Metric[] =>
  exposedBy(job).filter(({ name }) => name.startsWith(job === "redis" ? "redis_" : "pg_"));

/** Which of the contract's metrics it has, as what, with which labels. Exporters before 0.20 add `server`. */
async function exposed({ exporter }: ExporterUnderTest, job: Job): Promise<Exposed> {
  const answer = await fetch(`${exporter.url}/metrics`);
  const text = await answer.text();
  expect(answer.status, text.slice(0, 500)).toBe(200);
  const families = parseExposition(text);
  return Object.fromEntries(
    contract(job).flatMap(({ name }) => {
      const family = families.get(name);
      if (!family) return [];
      const labels = family.samples.flatMap((sample) => Object.keys(sample.labels));
      const own = [...new Set(labels)].filter((label) => label !== "server").toSorted();
      return [[name, [family.type, ...own].join(" ")]];
    }),
  );
}

const declared = (job: Job): Exposed =>
  Object.fromEntries(
    contract(job).map(({ name, type, labels }) => [
      name,
      [type, ...Object.keys(labels).toSorted()].join(" "),
    ]),
  );

const recorded: Record<"postgres" | "redis", { version: string; states: Record<string, Exposed> }> = {
  postgres: { version: exporters.postgres.version, states: {} },
  redis: { version: exporters.redis.version, states: {} },
};

describe("postgres_exporter", () => {
  let postgres: PostgresUnderTest;

  beforeAll(async () => {
    postgres = await migratedPostgres({ "pg_stat_statements.track": "all", wal_level: "replica" });
    await connected(postgres.connection(), (client) =>
      client.query("SELECT pg_create_physical_replication_slot('replica', true)"),
    );
    await connected(postgres.connection(database.datname), (client) =>
      // The same statement at both levels, which a query file that groups badly shows twice.
      client.query("DO $$ BEGIN PERFORM count(*) FROM llm_metrics; END $$; SELECT count(*) FROM llm_metrics"),
    );
  });
  afterAll(() => postgres?.stop());

  const withExporter = async (tool: FoundTool, work: (running: ExporterUnderTest) => Promise<void>) => {
    const running = await postgresExporter(postgres, tool);
    try {
      await work(running);
    } finally {
      await running.stop();
    }
  };

  test.for(VERSIONS.postgres)("%s has all of the contract, ledger included", async (version, { skip }) => {
    const tool = await exporterOf(tools.postgresExporter, version);
    if (!tool) return skip(`postgres_exporter ${version} can't be had here`);
    await connected(postgres.connection(database.datname), (client) =>
      client.query(
        "INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output) VALUES ('m', 1, 1, 1)",
      ),
    );
    await withExporter(tool, async (running) => {
      expect(await exposed(running, "postgres")).toEqual(declared("postgres"));
      const text = await (await fetch(`${running.exporter.url}/metrics`)).text();
      expect(text).toMatch(/^agentpay_ledger_unpriced_calls_day\{model="m"[^}]*\} [1-9]/m);
    });
  });

  test("a crash makes it count from 0 again, and a stop in good order does not", async ({ skip }) => {
    const tool = await exporterOf(tools.postgresExporter, exporters.postgres.version);
    if (!tool) return skip("it can't be had here");
    await withExporter(tool, async ({ exporter }) => {
      const commits = async () => {
        const text = await (await fetch(`${exporter.url}/metrics`)).text();
        return sumOf(text, "pg_stat_database_xact_commit", { datname: database.datname });
      };
      // Reported by each session when it ends, and once a second at most.
      await connected(postgres.connection(database.datname), async (client) => {
        for (let count = 0; count < 500; count++) await client.query("SELECT 1");
      });
      const before = await eventually("its commits to be counted", async () => {
        const counted = await commits();
        return counted > 500 ? counted : undefined;
      });
      await postgres.restart();
      expect(await eventually("it to be back", async () => (await commits()) || undefined)).toBeGreaterThan(
        before,
      );
      const faults = postgresFaults({
        connection: postgres.connection(database.datname),
        pid: () => undefined,
        away: { server: never, exporter: never },
      });
      const undo = await faults["postgres-crashing"]?.({ seconds: 60 });
      const after = await eventually("it to count from 0", async () => {
        const counted = await commits().catch(() => 0);
        return counted > 0 && counted < before ? counted : undefined;
      });
      expect(after).toBeLessThan(before);
      await undo?.();
    });
  });

  test("what it says of a server that is full, refuses it or is gone is what the simulated one plays", async ({
    skip,
  }) => {
    const tool = await exporterOf(tools.postgresExporter, exporters.postgres.version);
    if (!tool) return skip("it can't be had here");
    await withExporter(tool, async (running) => {
      const { states } = recorded.postgres;
      states["healthy"] = await exposed(running, "postgres");
      const faults = postgresFaults({
        connection: postgres.connection(database.datname),
        pid: () => undefined,
        away: { server: never, exporter: never },
      });
      const undo = await faults["postgres-login-refused"]?.({});
      states["loginRefused"] = await exposed(running, "postgres");
      await connected(postgres.connection(), (client) =>
        client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'agentpay_monitoring'",
        ),
      );
      states["down"] = await exposed(running, "postgres");
      await undo?.();
    });
  });
});

describe("redis_exporter", () => {
  let valkey: RunningValkey;

  beforeAll(async () => {
    valkey = await testValkey();
    await withValkey(valkey.port, async (client) => {
      for (const queue of queues) await client.lPush(`dramatiq:${queue}`, "job");
    });
  });
  afterAll(() => valkey?.stop());

  test.for(VERSIONS.redis)(
    "%s has all of the contract, as a user who may do little",
    async (version, { skip }) => {
      const tool = await exporterOf(tools.redisExporter, version);
      if (!tool) return skip(`redis_exporter ${version} can't be had here`);
      const running = await redisExporter(valkey, tool);
      expect(await exposed(running, "redis")).toEqual(declared("redis"));
      if (version === exporters.redis.version) {
        recorded.redis.states["healthy"] = await exposed(running, "redis");
        valkey.child.signal("SIGSTOP");
        recorded.redis.states["down"] = await exposed(running, "redis");
        valkey.child.signal("SIGCONT");
      }
      await running.stop();
    },
  );

  test("a script that loops leaves its main thread no time", async ({ skip }) => {
    const tool = await exporterOf(tools.redisExporter, exporters.redis.version);
    if (!tool) return skip("it can't be had here");
    const { exporter, stop } = await redisExporter(valkey, tool);
    const seconds = async () => {
      const text = await (await fetch(`${exporter.url}/metrics`)).text();
      return (
        sumOf(text, "redis_cpu_user_main_thread_seconds_total") +
        sumOf(text, "redis_cpu_sys_main_thread_seconds_total")
      );
    };
    const faults = valkeyFaults({
      port: valkey.port,
      folder: "",
      pid: () => undefined,
      away: { server: never, exporter: never },
    });
    const before = await seconds();
    const undo = await faults["redis-busy"]?.({});
    await eventually("its thread to have worked for a second", async () =>
      (await seconds()) > before + 1 ? true : undefined,
    );
    await undo?.();
    await stop();
  });
});

test("what was recorded is what the simulated exporters play", async () => {
  await expect(`${JSON.stringify(recorded, null, 2)}\n`).toMatchFileSnapshot(
    path.join(REPOSITORY, "local/agentpay/recorded-exporters.json"),
  );
});

async function never(): Promise<Undo> {
  throw new Error("not here");
}
