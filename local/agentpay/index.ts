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
import { buildServer, targets } from "./servers.ts";
import { Simulation } from "./simulation.ts";

export interface SimulationOptions {
  /** Fixes the chance in the traffic. Default: from the clock, different for each start. */
  readonly seed?: number;
}

export const agentpay: Service = { name: "AgentPay", start: (context) => startAgentPay(context) };

/** @throws where a port is taken. */
export async function startAgentPay(
  { ports, logger }: Pick<ServiceContext, "ports" | "logger">,
  { seed = Date.now() }: SimulationOptions = {},
): Promise<RunningService> {
  const now = () => Date.now() / 1000;
  const log = logger("agentpay");
  const simulation = new Simulation(seed, Math.floor(now()));
  const servers: RunningServer[] = [];
  const stopAll = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const [name, target] of Object.entries(targets)) {
      const app = buildServer(target, simulation, now);
      servers.push(await listen(app, `simulated AgentPay ${name}`, ports[target.port]));
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  log.info(`listening on ${servers.map(({ url }) => url).join(", ")}; seed ${seed}`);
  const timer = setInterval(() => simulation.advance(now()), 1000);
  return {
    stop: async () => {
      clearInterval(timer);
      await stopAll();
    },
  };
}
