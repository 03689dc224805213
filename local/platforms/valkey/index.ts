/** AgentPay's Redis on the local stack: a real Valkey, which the simulated AgentPay uses, with its real exporter. */
import path from "node:path";
import type { RedisClientType } from "@redis/client";
import { messageOf } from "../../../toolkit/error-message.ts";
import { startRedisExporter } from "../../exporters/start.ts";
import type { Logger, Service } from "../../host/service.ts";
import type { RealFaults } from "../../real-faults/index.ts";
import { Restartable } from "../../real-faults/restartable.ts";
import { valkeyFaults } from "../../real-faults/valkey.ts";
import type { ValkeyBroker } from "./broker.ts";
import { connectValkey, REDIS_MONITORING, startValkey } from "./server.ts";

const FLUSH_MILLISECONDS = 1000;

export const valkey = (broker: ValkeyBroker, realFaults: RealFaults): Service => ({
  name: "Valkey",
  async start({ stateFolder, ports, tools, logger, startChild }) {
    const folder = path.join(stateFolder, "data", "valkey");
    const port = ports.redis;
    const server = await Restartable.started(() =>
      startValkey({ folder, port, tool: tools.valkey, startChild }),
    );
    const exporter = await Restartable.started(() =>
      startRedisExporter({
        port: ports.redisExporter,
        target: { port, login: REDIS_MONITORING },
        tool: tools.redisExporter,
        startChild,
      }),
    );
    realFaults.offer(
      valkeyFaults({
        port,
        folder,
        pid: () => server.server?.child.pid,
        away: { server: () => server.away(), exporter: () => exporter.away() },
      }),
    );
    const work = follow(broker, port, logger("broker"));
    return {
      isHealthy: async () => (await server.server?.isHealthy()) ?? false,
      stop: async () => {
        await work.stop();
        await exporter.stop();
        await server.stop();
      },
    };
  },
});

/** Hands on what AgentPay does, each second; connects again where the connection broke. */
function follow(broker: ValkeyBroker, port: number, log: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let client: RedisClientType | undefined;
  let told: string | undefined;
  const flush = async () => {
    if (!client?.isReady) {
      client?.destroy();
      client = undefined;
      client = await connectValkey(port);
      await broker.begin(client);
    }
    await broker.flush(client);
    told = undefined;
  };
  const work = (async () => {
    while (!stopped) {
      await flush().catch((error: unknown) => {
        const message = messageOf(error);
        if (message !== told) log.warn(message);
        told = message;
      });
      await new Promise((resolve) => setTimeout(resolve, FLUSH_MILLISECONDS).unref());
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
      client?.destroy();
    },
  };
}
