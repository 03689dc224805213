/** A real PostgreSQL of a test's own, on a free port, removed with the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client, type ClientConfig } from "pg";
import { Children } from "../../local/host/children.ts";
import { LogFiles } from "../../local/host/log-files.ts";
import { postgresFolder, removePostgresFolder } from "../../local/platforms/postgres/folder.ts";
import { type RunningPostgres, startPostgres } from "../../local/platforms/postgres/server.ts";
import { readIfExistsSync } from "../../toolkit/files.ts";
import { freePort } from "../../toolkit/free-port.ts";

export interface PostgresUnderTest {
  readonly port: number;
  /** Of the server that runs. */
  readonly pid: number;
  /** How the administrator connects. Default: database `postgres`. */
  connection(database?: string): ClientConfig;
  /** The server once more, with its data. @param settings as in `testPostgres` */
  restart(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** The server alone; `restart` brings it back. */
  stopServer(): Promise<void>;
  /** What it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** @param settings of the server, beyond those of the local stack; can't be changed with ALTER SYSTEM */
export async function testPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresUnderTest> {
  const home = mkdtempSync(path.join(tmpdir(), "agentpay-test-postgres-"));
  const logs = path.join(home, "logs");
  const children = new Children(path.join(home, "children.json"), new LogFiles(logs));
  const folder = await postgresFolder(home);
  const port = await freePort();
  const start = (chosen: Readonly<Record<string, string>>): Promise<RunningPostgres> =>
    startPostgres({
      folder,
      port,
      settings: chosen,
      startChild: (child) => children.start({ cwd: folder, ...child }),
    });
  let server = await start(settings);
  return {
    port,
    get pid() {
      return server.pid;
    },
    stopServer: () => server.stop(),
    connection: (database) => server.connection(database),
    restart: async (chosen = settings) => {
      await server.stop();
      server = await start(chosen);
    },
    log: () => readIfExistsSync(path.join(logs, "postgres.log")) ?? "",
    stop: async () => {
      await server.stop();
      await removePostgresFolder(home);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs work with a connection that is closed afterwards. */
export async function connected<T>(
  connection: ClientConfig,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
