/** Every port of the local stack, all on loopback. `PORT_OFFSET_VARIABLE` shifts all of them together. */

import { Failure } from "../../toolkit/failure.ts";

export const PORT_OFFSET_VARIABLE = "AGENTPAY_LOCAL_PORT_OFFSET";

const BASE_PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3001,
  blackbox: 9115,
  gatus: 8120,
  agentpayApi: 8000,
  agentpayWorker: 10000,
  postgres: 5432,
  agentpayEdge: 8443,
  redis: 6379,
  postgresExporter: 9187,
  redisExporter: 9121,
  pagerduty: 8101,
  sentry: 8102,
  aws: 8103,
  inbox: 8104,
  mail: 8105,
  datadog: 8106,
  uptimerobot: 8107,
  betterstack: 8108,
  cortex: 8109,
  control: 8110,
  workspaces: 8111,
} as const;

export type PortName = keyof typeof BASE_PORTS;
export type Ports = Readonly<Record<PortName, number>>;

/** What a person knows each port by. */
export const PORT_OWNERS: Readonly<Record<PortName, string>> = {
  prometheus: "Prometheus",
  alertmanager: "Alertmanager",
  grafana: "Grafana",
  blackbox: "blackbox exporter",
  gatus: "Gatus, the status page",
  agentpayApi: "simulated AgentPay api",
  agentpayWorker: "simulated AgentPay worker",
  postgres: "PostgreSQL",
  agentpayEdge: "simulated AgentPay, as customers reach it",
  redis: "Valkey",
  postgresExporter: "postgres exporter",
  redisExporter: "redis exporter",
  pagerduty: "simulated PagerDuty",
  sentry: "simulated Sentry",
  aws: "AWS emulator",
  inbox: "inbox of Slack, email and SMS",
  mail: "simulated mail server",
  datadog: "simulated Datadog",
  uptimerobot: "simulated UptimeRobot",
  betterstack: "simulated Better Stack",
  cortex: "Cortex",
  control: "local stack's control endpoint",
  workspaces: "workspaces of Amazon's Prometheus",
};

const HIGHEST_PORT = 65_535;

/**
 * How far this stack's ports are shifted. Default: 0.
 * @throws Failure where the variable is not a whole number, or moves a port out of 1..65535.
 */
export function portOffset(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment[PORT_OFFSET_VARIABLE]?.trim() || "0";
  const offset = Number(text);
  const highest = HIGHEST_PORT - Math.max(...Object.values(BASE_PORTS));
  if (!/^\d+$/.test(text) || offset > highest) {
    throw new Failure(`${PORT_OFFSET_VARIABLE} must be a whole number from 0 to ${highest}, not "${text}"`);
  }
  return offset;
}

/** The ports of the stack that this process belongs to. */
export function localPorts(offset = portOffset()): Ports {
  return shifted(BASE_PORTS, offset);
}

function shifted(ports: Ports, offset: number): Ports {
  const entries = Object.entries(ports).map(([name, port]) => [name, port + offset]);
  return Object.fromEntries(entries) as Ports;
}

/** A configuration text in which every loopback address of the local stack is moved by `offset`. */
export function shiftAddresses(text: string, offset: number): string {
  const known = new Set<number>(Object.values(BASE_PORTS));
  return text.replaceAll(
    /\b(127\.0\.0\.1|localhost|host\.docker\.internal):(\d+)\b/g,
    (address, host, port) => (known.has(Number(port)) ? `${host}:${Number(port) + offset}` : address),
  );
}
