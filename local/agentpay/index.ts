/**
 * The simulated AgentPay: api, worker, and the exporters of its PostgreSQL and Redis, with believable traffic for
 * Prometheus to scrape and faults to ring every alert.
 *
 * Faults are started over HTTP on the api's port:
 * `POST /faults {"name": "api-errors", "ratio": 0.3, "durationSeconds": 600}`, `DELETE /faults/api-errors`,
 * `DELETE /faults` (all of them), `GET /faults` (those at work, and all there are with their parameters).
 */
import type { RunningService, Service, ServiceContext } from "../service.ts";
import { listen, type RunningServer } from "../services/http-server.ts";
import { startEdge } from "./edge.ts";
import { type Ledger, noLedger } from "./ledger.ts";
import { buildServer, targets } from "./servers.ts";
import { Simulation } from "./simulation.ts";

export interface SimulationOptions {
  /** Fixes the chance in the traffic. Default: from the clock, different for each start. */
  readonly seed?: number;
  /** Seconds that pass in it in one second. Default: 1. */
  readonly speed?: number;
  /** What its clock shows at the start, seconds since 1970: traffic depends on the time of day. Default: the clock's. */
  readonly clock?: number;
  /** Where it writes what a database would hold. Default: nowhere. */
  readonly ledger?: Ledger;
}

/** By what it is: `api`, `worker`, `postgres`, `redis`, and `edge`, which customers reach. */
export type TargetName = keyof typeof targets | "edge";

export interface RunningAgentPay extends RunningService {
  readonly urls: Readonly<Record<TargetName, string>>;
}

/** However fast it lives, it isn't woken more often. */
const SHORTEST_STEP_MILLISECONDS = 20;

/** AgentPay, which writes into this ledger. */
export const agentpay = (ledger: Ledger): Service => ({
  name: "AgentPay",
  start: (context) => startAgentPay(context, { ledger }),
});

/** @throws where a port is taken. */
export async function startAgentPay(
  { ports, logger }: Pick<ServiceContext, "ports" | "logger">,
  {
    seed = Date.now(),
    speed = 1,
    clock = Math.floor(Date.now() / 1000),
    ledger = noLedger,
  }: SimulationOptions = {},
): Promise<RunningAgentPay> {
  const startedAt = Date.now();
  const now = () => clock + ((Date.now() - startedAt) / 1000) * speed;
  const log = logger("agentpay");
  const simulation = new Simulation(seed, clock, ledger);
  const servers: [string, RunningServer][] = [];
  const stopAll = async () => {
    await Promise.all(servers.map(([, server]) => server.stop()));
  };
  try {
    for (const [name, target] of Object.entries(targets)) {
      const app = buildServer(target, simulation, now);
      servers.push([name, await listen(app, `simulated AgentPay ${name}`, ports[target.port])]);
    }
    servers.push(["edge", await startEdge(simulation, now, ports.agentpayEdge)]);
  } catch (error) {
    await stopAll();
    throw error;
  }
  const urls = servers.map(([name, { url }]) => [name, url]);
  log.info(`listening on ${urls.map(([, url]) => url).join(", ")}; seed ${seed}`);
  const step = Math.max(SHORTEST_STEP_MILLISECONDS, 1000 / speed);
  const timer = setInterval(() => simulation.advance(now()), step);
  return {
    urls: Object.fromEntries(urls) as Record<TargetName, string>,
    stop: async () => {
      clearInterval(timer);
      await stopAll();
    },
  };
}
