/** A real PostgreSQL of a test's own, on a free port, removed with the test. */
import { execFile } from "node:child_process";
import { appendFileSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Client, type ClientConfig } from "pg";
import { Children } from "../../local/host/children.ts";
import { LogFiles } from "../../local/host/log-files.ts";
import { postgresFolder, removePostgresFolder } from "../../local/platforms/postgres/folder.ts";
import { ADMINISTRATOR, type RunningPostgres, startPostgres } from "../../local/platforms/postgres/server.ts";
import { readIfExistsSync } from "../../toolkit/files.ts";
import { freePort } from "../../toolkit/free-port.ts";

export interface PostgresUnderTest {
  readonly port: number;
  /** Where its data is. */
  readonly cluster: string;
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

/**
 * @param settings of the server, beyond those of the local stack; can't be changed with ALTER SYSTEM
 * @param fill puts data into the empty folder of the cluster. Default: it is made new
 */
export async function testPostgres(
  settings: Readonly<Record<string, string>> = {},
  fill?: (cluster: string) => Promise<void>,
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
  const cluster = path.join(folder, "cluster");
  await fill?.(cluster);
  let server = await start(settings);
  return {
    port,
    cluster,
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

/** Lets the server have replicas. */
export const REPLICATED = { wal_level: "replica", max_wal_senders: "4" } as const;

/**
 * A replica of a server that has `REPLICATED`, made as `pg_basebackup` makes one; it answers questions.
 * @param way port at which it reaches the primary
 */
export function testReplica(
  primary: PostgresUnderTest,
  way: number,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresUnderTest> {
  const { user, password } = ADMINISTRATOR;
  const origin = `host=127.0.0.1 port=${way} user=${user} password=${password}`;
  return testPostgres({ ...settings, hot_standby: "on" }, (cluster) =>
    connected(primary.connection(), async (client) => {
      await client.query("SELECT pg_backup_start('replica', true)");
      // With their owner, who is another than this process's where that is root.
      await promisify(execFile)("cp", ["-a", primary.cluster, cluster]);
      const { rows } = await client.query("SELECT labelfile FROM pg_backup_stop()");
      rmSync(path.join(cluster, "postmaster.pid"));
      const { uid, gid } = statSync(cluster);
      for (const [name, text] of [
        ["backup_label", rows[0].labelfile],
        ["standby.signal", ""],
      ]) {
        writeFileSync(path.join(cluster, name), text);
        chownSync(path.join(cluster, name), uid, gid);
      }
      appendFileSync(path.join(cluster, "postgresql.auto.conf"), `primary_conninfo = '${origin}'\n`);
    }),
  );
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
