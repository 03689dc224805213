import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startAgentPay } from "../../../local/agentpay/index.ts";
import { localPorts, type Ports } from "../../../local/host/ports.ts";
import type { RunningService } from "../../../local/host/service.ts";
import { freePort } from "../../../toolkit/free-port.ts";

const running: RunningService[] = [];
const log: string[] = [];
const write = (message: string) => void log.push(message);
const logger = () => ({ info: write, warn: write, error: write });

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
  log.length = 0;
});

async function freePorts(): Promise<Ports> {
  const [agentpayApi, agentpayWorker, postgresExporter, redisExporter] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  return { ...localPorts(0), agentpayApi, agentpayWorker, postgresExporter, redisExporter };
}

async function start(ports: Ports) {
  const service = await startAgentPay({ ports, logger }, { seed: 1 });
  running.push(service);
  return service;
}

async function metricsAt(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

test("every target answers on loopback until it is stopped", async () => {
  const ports = await freePorts();
  const service = await start(ports);
  expect(await metricsAt(ports.agentpayApi)).toContain("agentpay_requests_total");
  expect(await metricsAt(ports.agentpayWorker)).toContain("agentpay_worker_jobs_total");
  expect(await metricsAt(ports.postgresExporter)).toContain("pg_up 1");
  expect(await metricsAt(ports.redisExporter)).toContain("redis_up 1");
  expect(log.join()).toContain("seed 1");
  await service.stop();
  await expect(metricsAt(ports.agentpayApi)).rejects.toThrow();
});

test("a port in use is named, and the other ports are free again", async () => {
  const ports = await freePorts();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(ports.redisExporter, "127.0.0.1", resolve));
  await expect(start(ports)).rejects.toThrow(new RegExp(`simulated AgentPay redis.*:${ports.redisExporter}`));
  await expect(metricsAt(ports.agentpayApi)).rejects.toThrow();
  await new Promise((resolve) => taken.close(resolve));
});
