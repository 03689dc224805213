/** What `up` prints at its end. */
import Table from "cli-table3";
import colors from "picocolors";
import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { database } from "../agentpay/world.ts";
import { apps, localApp } from "../host/app.ts";
import type { MetricsEngine } from "../host/metrics-engine.ts";
import type { Ports } from "../host/ports.ts";
import { ADMINISTRATOR } from "../platforms/postgres/server.ts";
import { configuredValue } from "./stack-configuration.ts";

/** How Cortex is asked: it has one tenant for each workspace. */
const TENANT_ADVICE = `header ${TENANT_HEADER}: the workspace's id`;

/**
 * @param engine that has the samples and the rules
 * @param drawn whether Grafana's port has the pages that this project draws, and no Grafana
 */
export async function summary(ports: Ports, engine: MetricsEngine, drawn: boolean): Promise<string> {
  const at = (port: number, path = "") => `http://localhost:${port}${path}`;
  const grafanaPassword = await configuredValue("metrics", "grafanaAdminPassword");
  const app = apps[localApp()];
  const rows = [
    [drawn ? "Grafana (drawn by this project)" : "Grafana", at(ports.grafana), `admin / ${grafanaPassword}`],
    ...(engine === "cortex"
      ? [
          ["Prometheus, which ships its samples", at(ports.prometheus), ""],
          ["Cortex, in the place of Amazon's Prometheus", at(ports.cortex, "/prometheus"), TENANT_ADVICE],
        ]
      : [
          ["Prometheus", at(ports.prometheus), ""],
          ["Alertmanager", at(ports.alertmanager), ""],
        ]),
    ["Status page (Gatus)", at(ports.gatus), ""],
    ["PagerDuty (simulated)", at(ports.pagerduty), `token ${await configuredValue("pagerduty", "token")}`],
    ["Sentry (simulated)", at(ports.sentry), `token ${await configuredValue("sentry", "token")}`],
    ["Inbox of Slack, email, SMS (simulated)", at(ports.inbox), ""],
    ["Datadog (simulated)", at(ports.datadog), "any keys; empty unless logs.platform is datadog"],
    ["AWS (simulated by moto)", at(ports.aws), "any access key"],
    [
      "PostgreSQL",
      `localhost:${ports.postgres}/${database.datname}`,
      `${ADMINISTRATOR.user} / ${ADMINISTRATOR.password}`,
    ],
    ["Valkey, AgentPay's Redis", `localhost:${ports.redis}`, ""],
    [
      "Exporters of both",
      `${at(ports.postgresExporter, "/metrics")}, ${at(ports.redisExporter, "/metrics")}`,
      "",
    ],
    [`AgentPay api (${app})`, at(ports.agentpayApi, "/metrics"), ""],
    [`AgentPay worker (${app})`, at(ports.agentpayWorker, "/metrics"), ""],
  ];
  const next = [
    ["make status", "what runs"],
    ["npm run pulumi -- stack output", "what the AgentPay deployment gets"],
    ["npm run pulumi -- preview --diff", "what a change of yours would do"],
    ["npm run local -- logs", "what the servers say"],
    ["make down", "remove all of it"],
  ];
  return [
    plainTable(["What", "Where", "Credentials"], rows),
    "",
    "Next:",
    ...next.map(([command = "", meaning]) => `  ${colors.bold(command.padEnd(34))}${meaning}`),
  ].join("\n");
}

/** A table without colours of its own: the columns speak for themselves. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
