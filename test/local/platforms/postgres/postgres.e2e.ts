import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Simulation } from "../../../../local/agentpay/simulation.ts";
import { models } from "../../../../local/agentpay/world.ts";
import { Children } from "../../../../local/host/children.ts";
import { LogFiles } from "../../../../local/host/log-files.ts";
import { localPorts } from "../../../../local/host/ports.ts";
import type { ServiceContext } from "../../../../local/host/service.ts";
import { removePostgresFolder } from "../../../../local/platforms/postgres/folder.ts";
import { writeCalls, writeConversations } from "../../../../local/platforms/postgres/history.ts";
import { postgres } from "../../../../local/platforms/postgres/index.ts";
import { DatabaseLedger } from "../../../../local/platforms/postgres/ledger.ts";
import { ADMINISTRATOR } from "../../../../local/platforms/postgres/server.ts";
import { tools } from "../../../../operations/tools/tools.ts";
import { freePort } from "../../../../toolkit/free-port.ts";
import { ensureTool } from "../../../../toolkit/toolchain/find.ts";
import { patient } from "../../../support/eventually.ts";

const MIDNIGHT = Date.parse("2026-10-01T00:00:00Z") / 1000;

describe("the local stack's database", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "agentpay-stack-postgres-"));
  const logs = new LogFiles(path.join(folder, "logs"));
  const children = new Children(path.join(folder, "children.json"), logs);
  const ledger = new DatabaseLedger();
  let service: Awaited<ReturnType<ReturnType<typeof postgres>["start"]>>;
  let client: Client;
  let context: ServiceContext;

  const connect = async () => {
    client = new Client({
      ...ADMINISTRATOR,
      host: "127.0.0.1",
      port: context.ports.postgres,
      database: "agentpay",
    });
    client.on("error", () => {});
    await client.connect();
  };
  const value = async (sql: string, parameters: readonly unknown[] = []) => {
    const { rows } = await client.query({ text: sql, values: [...parameters], rowMode: "array" });
    return rows[0]?.[0];
  };

  beforeAll(async () => {
    context = {
      stateFolder: folder,
      ports: { ...localPorts(0), postgres: await freePort(), postgresExporter: await freePort() },
      logger: (name) => logs.logger(name),
      tools: { postgresExporter: await ensureTool(tools.postgresExporter) } as ServiceContext["tools"],
      startChild: (child) => children.start({ cwd: folder, ...child }),
    };
    service = await postgres(ledger).start(context);
    await connect();
  });

  afterAll(async () => {
    await client?.end();
    await service?.stop();
    await removePostgresFolder(path.join(folder, "data"));
    rmSync(folder, { recursive: true, force: true });
  });

  it("has a past of two months of conversations, and of two weeks of calls", async () => {
    await vi.waitFor(async () => {
      expect(await value("SELECT count(*)::integer FROM llm_metrics")).toBeGreaterThan(400_000);
      expect(
        await value("SELECT extract(day FROM now() - min(created_at))::integer FROM conversations"),
      ).toBeGreaterThanOrEqual(59);
    }, patient);
    const share = "count(checkout_id) FILTER (WHERE status = 'completed')::float8 / count(*)";
    expect(await value(`SELECT ${share} FROM conversations`)).toBeCloseTo(0.116, 2);
    expect(
      await value("SELECT count(*)::integer FROM llm_metrics WHERE cost_usd IS NULL OR cost_usd <= 0"),
    ).toBe(0);
    expect(await value("SELECT array_agg(DISTINCT model ORDER BY model)::text[] FROM llm_metrics")).toEqual(
      Object.values(models)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it("makes the same past from the same day", async () => {
    const day = { from: MIDNIGHT, to: MIDNIGHT + 86_400 };
    const digest = async () => {
      await client.query("TRUNCATE conversations, llm_metrics");
      await writeConversations(client, day);
      await writeCalls(client, day);
      return [
        await value("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM conversations c"),
        await value(
          "SELECT md5(string_agg(model || cost_usd || timestamp, '' ORDER BY timestamp, id)) FROM llm_metrics",
        ),
      ];
    };
    await client.query("BEGIN");
    const [once, twice] = [await digest(), await digest()];
    await client.query("ROLLBACK");
    expect(once).toEqual(twice);
  });

  it("gets what AgentPay does, call by call, for as much as Prometheus is told", async () => {
    const before = await value("SELECT count(*)::integer FROM llm_metrics");
    const now = Math.floor(Date.now() / 1000) + 1000;
    const simulation = new Simulation(7, now, ledger);
    const told = () => sumOf(simulation, "agentpay_llm_cost_usd_total");
    // What was before, the database has not heard of.
    const start = await told();
    simulation.advance(now + 60);
    const cost = (await told()) - start;
    await vi.waitFor(async () => {
      const sum = "SELECT sum(cost_usd)::float8 FROM llm_metrics WHERE timestamp > to_timestamp($1)";
      expect(await value(sum, [now])).toBeCloseTo(cost, 6);
    }, patient);
    expect(await value("SELECT count(*)::integer FROM llm_metrics")).toBeGreaterThan(before);
    expect(
      await value("SELECT count(*)::integer FROM conversations WHERE status = 'active'"),
    ).toBeGreaterThan(0);
  });

  it("keeps it over a restart", async () => {
    const count = () => value("SELECT count(*)::integer FROM conversations");
    const before = await count();
    await client.end();
    await service.stop();
    service = await postgres(ledger).start(context);
    await connect();
    expect(await count()).toBeGreaterThanOrEqual(before);
  });
});

async function sumOf({ api, worker }: Simulation, metric: string): Promise<number> {
  const texts = await Promise.all([api.text(() => true), worker.text(() => true)]);
  const lines = texts.join("\n").split("\n");
  return lines
    .filter((line) => line.startsWith(metric))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
