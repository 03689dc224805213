/** Real servers with their real exporters, of a test's own, on free ports. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { database } from "../../local/agentpay/world.ts";
import {
  type RunningExporter,
  startPostgresExporter,
  startRedisExporter,
} from "../../local/exporters/start.ts";
import { Children } from "../../local/host/children.ts";
import { LogFiles } from "../../local/host/log-files.ts";
import { prepareDatabase } from "../../local/platforms/postgres/index.ts";
import { MONITORING } from "../../local/platforms/postgres/server.ts";
import { REDIS_MONITORING, type RunningValkey, startValkey } from "../../local/platforms/valkey/server.ts";
import { migrate } from "../../operations/database/migrate.ts";
import { setMonitoringPassword } from "../../operations/database/role.ts";
import { tools } from "../../operations/tools/tools.ts";
import { freePort } from "../../toolkit/free-port.ts";
import { ensureTool, type FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Tool } from "../../toolkit/toolchain/tool.ts";
import { connected, type PostgresUnderTest, testPostgres } from "./postgres.ts";

/** An exporter of a version; undefined where this machine can't have it. */
export async function exporterOf(tool: Tool, version: string): Promise<FoundTool | undefined> {
  const { minimumOnPath: _, ...pinned } = tool;
  return ensureTool({ ...pinned, version }, { sources: ["cache", "download"] }).catch(() => undefined);
}

export interface ExporterUnderTest {
  readonly exporter: RunningExporter;
  stop(): Promise<void>;
}

function household(name: string) {
  const home = mkdtempSync(path.join(tmpdir(), `agentpay-test-${name}-`));
  const children = new Children(path.join(home, "children.json"), new LogFiles(path.join(home, "logs")));
  return {
    home,
    startChild: (child: Parameters<Children["start"]>[0]) => children.start({ cwd: home, ...child }),
    stop: async () => {
      await children.stopAll();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** With what `migrate` makes, and the libraries that it asks for. */
export async function migratedPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresUnderTest> {
  const postgres = await testPostgres({ shared_preload_libraries: "pg_stat_statements", ...settings });
  await prepareDatabase(postgres.connection());
  await connected(postgres.connection(database.datname), async (client) => {
    await migrate(client);
    await setMonitoringPassword(client, MONITORING.password);
  });
  return postgres;
}

export async function postgresExporter(
  postgres: { readonly port: number },
  tool: FoundTool,
  flag?: (flag: string) => string,
): Promise<ExporterUnderTest> {
  const { startChild, stop } = household("postgres-exporter");
  const target = { port: postgres.port, login: MONITORING };
  const options = { port: await freePort(), target, tool, startChild, ...(flag && { flag }) };
  return { exporter: await startPostgresExporter(options, database.datname), stop };
}

export async function redisExporter(
  valkey: { readonly port: number },
  tool: FoundTool,
  flag?: (flag: string) => string,
): Promise<ExporterUnderTest> {
  const { startChild, stop } = household("redis-exporter");
  const target = { port: valkey.port, login: REDIS_MONITORING };
  const options = { port: await freePort(), target, tool, startChild, ...(flag && { flag }) };
  return { exporter: await startRedisExporter(options), stop };
}

export async function testValkey(): Promise<RunningValkey & { readonly folder: string }> {
  const { home, startChild, stop } = household("valkey");
  const tool = await ensureTool(tools.valkey);
  const valkey = await startValkey({ folder: home, port: await freePort(), tool, startChild });
  return { ...valkey, folder: home, stop };
}
