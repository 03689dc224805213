import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import type { PortName } from "../host/ports.ts";
import { newApplication } from "../platforms/shared/http-server.ts";
import type { Exposition } from "./exposition.ts";
import { faults } from "./faults.ts";
import { isExposed } from "./recorded-exporters.ts";
import type { Simulation } from "./simulation.ts";

/** One program that Prometheus scrapes. */
interface Target {
  readonly port: PortName;
  readonly exposition: (simulation: Simulation) => Exposition;
  readonly isUp: (simulation: Simulation) => boolean;
  /** The metrics that are there now: an exporter knows little of a database that is gone. */
  readonly isVisible?: (simulation: Simulation, metric: string) => boolean;
  /** How many series it exposes that nobody declared. */
  readonly strayLabelValues?: (simulation: Simulation) => number;
  readonly addRoutes?: (app: FastifyInstance, simulation: Simulation, now: () => number) => void;
}

export const targets = {
  api: {
    port: "agentpayApi",
    exposition: ({ api }) => api,
    isUp: ({ conditions }) => conditions.api.up,
    strayLabelValues: ({ conditions }) => conditions.api.strayLabelValues,
    addRoutes: addApiRoutes,
  },
  worker: {
    port: "agentpayWorker",
    exposition: ({ worker }) => worker,
    isUp: ({ conditions }) => conditions.worker.up,
    isVisible: ({ conditions }, metric) =>
      conditions.worker.measuresQueues || !/_queue_depth$|_oldest_job_age_seconds$/.test(metric),
  },
  postgres: {
    port: "postgresExporter",
    exposition: ({ postgres }) => postgres,
    isUp: ({ conditions }) => conditions.postgres.exporterUp,
    isVisible: ({ conditions: { postgres } }, metric) =>
      isExposed(
        "postgres",
        metric,
        !postgres.up ? "down" : postgres.loginRefused ? "loginRefused" : "healthy",
      ),
  },
  redis: {
    port: "redisExporter",
    exposition: ({ redis }) => redis,
    isUp: ({ conditions }) => conditions.redis.exporterUp,
    isVisible: ({ conditions }, metric) =>
      conditions.redis.described
        ? isExposed("redis", metric, conditions.redis.up ? "healthy" : "down")
        : !metric.startsWith("redis_"),
  },
} as const satisfies Record<string, Target>;

/** Faults are started and stopped here, so it answers even while the api is down. */
const FAULTS_PATH = "/faults";

/** @param now seconds since 1970 */
export function buildServer(target: Target, simulation: Simulation, now: () => number): FastifyInstance {
  const app = newApplication();
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    if (target.isUp(simulation) || request.url.startsWith(FAULTS_PATH)) return;
    reply.hijack();
    request.raw.socket.destroy();
  });
  app.get("/metrics", async (_, reply) => {
    const exposition = target.exposition(simulation);
    const text = await exposition.text((metric) => target.isVisible?.(simulation, metric) ?? true);
    const stray = target.strayLabelValues?.(simulation) ?? 0;
    return reply.type(exposition.contentType).send(text + straySeries(stray));
  });
  target.addRoutes?.(app, simulation, now);
  return app;
}

/** A metric as somebody adds it in a hurry: one series for each conversation. */
function straySeries(count: number): string {
  return Array.from({ length: count }, (_, id) => `agentpay_debug_turns{conversation_id="${id}"} 1\n`).join(
    "",
  );
}

function addApiRoutes(app: FastifyInstance, simulation: Simulation, now: () => number): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_, reply) => {
    const { postgres, redis } = simulation.conditions;
    const ready = postgres.up && redis.up;
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? "ok" : "unavailable", postgres: postgres.up, redis: redis.up });
  });
  app.get(FAULTS_PATH, async () => ({
    active: simulation.faults.active(now()),
    available: describeFaults(),
  }));
  app.post(FAULTS_PATH, async (request, reply) =>
    reply.code(201).send(simulation.faults.start(request.body, now())),
  );
  app.delete(FAULTS_PATH, async (_, reply) => {
    simulation.faults.stopAll();
    return reply.code(204).send();
  });
  app.delete<{ Params: { name: string } }>(`${FAULTS_PATH}/:name`, async ({ params }, reply) => {
    if (simulation.faults.stop(params.name)) return reply.code(204).send();
    return reply.code(404).send({ error: `no fault "${params.name}" is at work` });
  });
  app.setErrorHandler((error, _, reply) => {
    if (!(error instanceof ZodError)) return reply.send(error);
    const problems = error.issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
    return reply.code(400).send({ error: problems.join("; ") });
  });
}

/** What can be broken, with the default of each parameter. */
function describeFaults() {
  return Object.entries(faults).map(([name, { title, parameters }]) => ({
    name,
    title,
    parameters: parameters.parse({}),
  }));
}
