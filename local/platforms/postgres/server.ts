/** A real PostgreSQL server on loopback, as a child of whoever starts it. */
import { execFile } from "node:child_process";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client, type ClientConfig } from "pg";
import { readIfExists } from "../../../toolkit/files.ts";
import type { Child, RunningService, ServiceContext } from "../../host/service.ts";
import { untilItAnswers } from "../../host/until-it-answers.ts";
import {
  copyInstallation,
  type Installation,
  installedPostgres,
  type Unprivileged,
  unprivilegedUser,
} from "./installation.ts";

const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 10_000;

/** Its output goes to `logs/postgres.log`. */
const CHILD = "postgres";

/** The administrator of the local server. No secret: it only listens on loopback, and holds made-up data. */
export const ADMINISTRATOR = { user: "postgres", password: "local-postgres-admin" } as const;

/** The role that monitoring reads with, as Pulumi.local.yaml has it for the dashboards. */
export const MONITORING = { user: "agentpay_monitoring", password: "local-postgres-monitoring" } as const;

/** Small, and quick rather than crash-proof. `max_connections` is what the simulated exporter says too. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "64MB",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  timezone: "UTC",
  log_timezone: "UTC",
} as const;

export interface PostgresOptions {
  /** Another user must be able to reach it where this process is root. Its content survives a restart. */
  readonly folder: string;
  readonly port: number;
  /** Beyond `SETTINGS`; what is given here can't be changed with ALTER SYSTEM. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly startChild: ServiceContext["startChild"];
}

export interface RunningPostgres extends RunningService {
  /** Of the process that starts all others. */
  readonly pid: number;
  /** How the administrator connects to a database. Default: `postgres`. */
  connection(database?: string): ClientConfig;
}

/** Returns once it takes connections. @throws where it can't start. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { folder, port, settings = {}, startChild } = options;
  const user = await unprivilegedUser();
  const inPlace = await installedPostgres();
  const installation = user ? await copyInstallation(inPlace, path.join(folder, "program")) : inPlace;
  const cluster = path.join(folder, "cluster");
  await initialise(cluster, installation, user);
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const child = await startChild({
    name: CHILD,
    command: path.join(installation.bin, "postgres"),
    args: ["-D", cluster, "-p", String(port), ...flags],
    cwd: folder,
    ...(user && { user }),
  });
  const connection = (database?: string) => administratorOf(port, database);
  const isHealthy = async () => child.isRunning() && (await answers(connection()));
  await untilItAnswers({
    child,
    name: "PostgreSQL",
    where: `on port ${port}`,
    log: CHILD,
    answers: isHealthy,
    milliseconds: START_MILLISECONDS,
  });
  return { pid: child.pid, connection, isHealthy, stop: () => stopFast(child) };
}

/** How the administrator connects to a local server's database. */
export function administratorOf(port: number, database = "postgres"): ClientConfig {
  return { ...ADMINISTRATOR, host: "127.0.0.1", port, database };
}

/** Makes the cluster where there is none. One that was begun and not finished is made again. */
async function initialise(
  cluster: string,
  { bin }: Installation,
  user: Unprivileged | undefined,
): Promise<void> {
  if ((await readIfExists(path.join(cluster, "PG_VERSION"))) !== undefined) return;
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, ADMINISTRATOR.password, { mode: 0o600 });
  if (user) {
    for (const owned of [cluster, passwordFile]) await chown(owned, user.uid, user.gid);
  }
  const options = ["--auth=scram-sha-256", `--username=${ADMINISTRATOR.user}`, `--pwfile=${passwordFile}`];
  const locale = ["--encoding=UTF8", "--locale=C"];
  try {
    await promisify(execFile)(path.join(bin, "initdb"), ["-D", cluster, ...options, ...locale, "--no-sync"], {
      cwd: path.dirname(cluster),
      ...user,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Ends its clients' sessions; SIGTERM would wait for them. */
async function stopFast(child: Child): Promise<void> {
  if (!child.isRunning()) return;
  child.signal("SIGINT");
  await Promise.race([child.exited, sleep(STOP_MILLISECONDS, undefined, { ref: false })]);
  await child.stop();
}

async function answers(connection: ClientConfig): Promise<boolean> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 2000 });
  // A connection that breaks later tells it here; unheard, it would end this process.
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
