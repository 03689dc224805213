/**
 * The simulated AgentPay: api, worker, and, where there are no real ones, the exporters of its PostgreSQL and Redis, with
 * believable traffic for Prometheus to scrape and faults to ring every alert.
 *
 * Faults are started over HTTP on the api's port.
 *
 * `POST /faults {"name": "api-errors", "ratio": 0.3, "durationSeconds": 600}`, `DELETE /faults/api-errors`,
 * `DELETE /faults` (all of them), `GET /faults` (those at work, and all there are with their parameters).
 */
import path from "node:path";
import type { App } from "../host/app.ts";
import type { RunningService, Service, ServiceContext } from "../host/service.ts";
import { untilMigrated } from "../platforms/postgres/migrated.ts";
import { ADMINISTRATOR } from "../platforms/postgres/server.ts";
import { listen, type RunningServer } from "../platforms/shared/http-server.ts";
import type { RealFaults } from "../real-faults/index.ts";
import { type Broker, noBroker } from "./broker.ts";
import { startEdge } from "./edge.ts";
import { type RunningExample, startExample } from "./example.ts";
import type { ActiveFault } from "./fault-board.ts";
import { type Ledger, noLedger } from "./ledger.ts";
import { buildServer, targets } from "./servers.ts";
import { Simulation } from "./simulation.ts";
import { database } from "./world.ts";

export interface SimulationOptions {
  /** Fixes the chance in the traffic. Default: from the clock, different for each start. */
  readonly seed?: number;
  /** Seconds that pass in it in one second. Default: 1. */
  readonly speed?: number;
  /** What its clock shows at the start, seconds since 1970: traffic depends on the time of day. Default: the clock's. */
  readonly clock?: number;
  /** Where it writes what a database would hold. Default: nowhere. */
  readonly ledger?: Ledger;
  /** Where it does what a Redis would be used for. Default: nowhere. */
  readonly broker?: Broker;
  /** Whether its PostgreSQL and Redis are real and have exporters of their own. Default: both are simulated. */
  readonly realDatabases?: boolean;
  /** Starts what takes the place of the simulated api and worker. Default: they are simulated. */
  readonly startServer?: () => Promise<RunningExample>;
}

/** By what it is: `api`, `worker`, `postgres`, `redis`, and `edge`, which customers reach. */
export type TargetName = keyof typeof targets | "edge";

export interface RunningAgentPay extends RunningService {
  readonly urls: Readonly<Record<TargetName, string>>;
  /** The faults that are at work. */
  faults(): readonly ActiveFault[];
}

const FOLLOW_MILLISECONDS = 500;

const isDatabase = (name: string) => name === "postgres" || name === "redis";

/** A busy server would be most of a small machine's work. */
const EXAMPLE_TRAFFIC = { visitors: 4, pauseSeconds: 1.5 };

/** However fast it lives, it isn't woken more often. */
const SHORTEST_STEP_MILLISECONDS = 20;

/** What the simulated AgentPay uses on the local stack. */
export interface Databases {
  readonly ledger: Ledger;
  readonly broker: Broker;
  /** Does its faults of PostgreSQL and Redis to them. */
  readonly realFaults: RealFaults;
}

/** AgentPay on the local stack, whose databases are real; as the sample server, it writes into PostgreSQL itself. */
export const agentpay = ({ ledger, broker, realFaults }: Databases, app: App): Service => ({
  name: "AgentPay",
  start: async (context) => {
    const service = await startAgentPay(context, {
      realDatabases: true,
      ...(app === "simulation" ? { ledger, broker } : { startServer: () => startLocalExample(context) }),
    });
    const log = context.logger("faults");
    const timer = setInterval(() => void realFaults.follow(service.faults(), log), FOLLOW_MILLISECONDS);
    return {
      ...service,
      stop: async () => {
        clearInterval(timer);
        await realFaults.follow([], log);
        await service.stop();
      },
    };
  },
});

async function startLocalExample({
  stateFolder,
  ports,
  startChild,
}: ServiceContext): Promise<RunningExample> {
  await untilMigrated(ports.postgres);
  const { user, password } = ADMINISTRATOR;
  return startExample({
    folder: path.join(stateFolder, "data", "example"),
    ports: { api: ports.agentpayApi, worker: ports.agentpayWorker },
    ...EXAMPLE_TRAFFIC,
    databaseUrl: `postgresql+psycopg://${user}:${password}@127.0.0.1:${ports.postgres}/${database.datname}`,
    startChild,
  });
}

/** @throws where a port is taken. */
export async function startAgentPay(
  { ports, logger }: Pick<ServiceContext, "ports" | "logger">,
  {
    seed = Date.now(),
    speed = 1,
    clock = Math.floor(Date.now() / 1000),
    ledger = noLedger,
    broker = noBroker,
    realDatabases = false,
    startServer,
  }: SimulationOptions = {},
): Promise<RunningAgentPay> {
  const startedAt = Date.now();
  const now = () => clock + ((Date.now() - startedAt) / 1000) * speed;
  const log = logger("agentpay");
  const simulation = new Simulation(seed, clock, ledger, broker);
  const servers: [string, RunningServer][] = [];
  let server: RunningExample | undefined;
  const stopAll = async () => {
    await Promise.all([server?.stop(), ...servers.map(([, simulated]) => simulated.stop())]);
  };
  try {
    server = await startServer?.();
    for (const [name, target] of Object.entries(targets)) {
      if (Object.hasOwn(server?.urls ?? {}, name) || (realDatabases && isDatabase(name))) continue;
      const app = buildServer(target, simulation, now);
      servers.push([name, await listen(app, `simulated AgentPay ${name}`, ports[target.port])]);
    }
    servers.push(["edge", await startEdge(simulation, now, ports.agentpayEdge)]);
  } catch (error) {
    await stopAll();
    throw error;
  }
  const urls = {
    ...Object.fromEntries(servers.map(([name, { url }]) => [name, url])),
    ...server?.urls,
  } as Record<TargetName, string>;
  log.info(`listening on ${Object.values(urls).join(", ")}; seed ${seed}`);
  const step = Math.max(SHORTEST_STEP_MILLISECONDS, 1000 / speed);
  const timer = setInterval(() => simulation.advance(now()), step);
  return {
    urls,
    faults: () => simulation.faults.active(now()),
    ...(server?.isHealthy && { isHealthy: () => server.isHealthy() }),
    stop: async () => {
      clearInterval(timer);
      await stopAll();
    },
  };
}
