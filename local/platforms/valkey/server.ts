/** A real Valkey, or a Redis where that is on PATH, on loopback, as a child of whoever starts it. */
import { mkdir } from "node:fs/promises";
import { createClient, type RedisClientType } from "@redis/client";
import { MONITORING_USER, REDIS_RIGHTS } from "../../../catalog/exporters.ts";
import { messageOf } from "../../../toolkit/error-message.ts";
import type { FoundTool } from "../../../toolkit/toolchain/find.ts";
import type { Child, RunningService, ServiceContext } from "../../host/service.ts";
import { untilItAnswers } from "../../host/until-it-answers.ts";

const START_MILLISECONDS = 30_000;
const ANSWER_MILLISECONDS = 2000;

/** Its output goes to `logs/valkey.log`. */
const CHILD = "valkey";

/** What the exporter logs in with. No secret: Valkey only listens on loopback, and holds made-up data. */
export const REDIS_MONITORING = { user: MONITORING_USER, password: "local-redis-monitoring" } as const;

/** Small, so that its limits are within reach. Queues have no time to live, so that they are never evicted. */
const SETTINGS = {
  bind: "127.0.0.1",
  maxmemory: "64mb",
  "maxmemory-policy": "volatile-lru",
  maxclients: "200",
  save: "3600 1",
  // A drill takes its folder away.
  "enable-protected-configs": "local",
} as const;

export interface ValkeyOptions {
  /** Its snapshots; they survive a restart. */
  readonly folder: string;
  readonly port: number;
  readonly tool: FoundTool;
  readonly startChild: ServiceContext["startChild"];
}

export interface RunningValkey extends RunningService {
  readonly port: number;
  readonly child: Child;
  isHealthy(): Promise<boolean>;
}

/** Returns once it answers, with the exporter's user made. @throws where it can't start. */
export async function startValkey({ folder, port, tool, startChild }: ValkeyOptions): Promise<RunningValkey> {
  await mkdir(folder, { recursive: true });
  const settings = Object.entries({ ...SETTINGS, port: String(port), dir: folder });
  const child = await startChild({
    name: CHILD,
    command: tool.binaries["valkey-server"] ?? "valkey-server",
    args: settings.flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]),
    cwd: folder,
  });
  const isHealthy = async () => child.isRunning() && (await answers(port));
  await untilItAnswers({
    child,
    name: "Valkey",
    where: `on port ${port}`,
    log: CHILD,
    answers: isHealthy,
    milliseconds: START_MILLISECONDS,
  });
  await withValkey(port, (client) => setMonitoringUser(client, REDIS_MONITORING.password));
  return { port, child, isHealthy, stop: () => child.stop() };
}

/** Makes the exporter's user, or gives it another password. */
export async function setMonitoringUser(client: RedisClientType, password: string): Promise<void> {
  await client.sendCommand([
    ...["ACL", "SETUSER", MONITORING_USER, "reset", "on", `>${password}`],
    ...REDIS_RIGHTS,
  ]);
}

/** A client that says in an error what it can't reach, and does not wait for ever. */
export async function connectValkey(port: number): Promise<RedisClientType> {
  const client: RedisClientType = createClient({
    socket: { host: "127.0.0.1", port, connectTimeout: ANSWER_MILLISECONDS, reconnectStrategy: false },
    commandOptions: { timeout: ANSWER_MILLISECONDS },
  });
  // A connection that breaks later fails the next command; unheard, it would end this process.
  client.on("error", () => {});
  try {
    return await client.connect();
  } catch (error) {
    client.destroy();
    throw new Error(`Valkey on port ${port}: ${messageOf(error)}`, { cause: error });
  }
}

/** Runs work with a connection that is closed afterwards. */
export async function withValkey<T>(port: number, work: (client: RedisClientType) => Promise<T>): Promise<T> {
  const client = await connectValkey(port);
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await withValkey(port, (client) => client.ping())) === "PONG";
  } catch {
    return false;
  }
}
