import { agentAlerts } from "./agent.ts";
import type { Alert, AlertGroup } from "./alert.ts";
import { apiAlerts } from "./api.ts";
import { businessAlerts } from "./business.ts";
import { costAlerts } from "./cost.ts";
import { llmAlerts } from "./llm.ts";
import { monitoringAlerts } from "./monitoring.ts";
import { objectiveAlerts } from "./objectives.ts";
import { postgresAlerts } from "./postgres.ts";
import { redisAlerts } from "./redis.ts";
import { websocketAlerts } from "./websocket.ts";
import { workerAlerts } from "./worker.ts";

/** Every alert that Prometheus evaluates. */
export const alertGroups: readonly AlertGroup[] = [
  apiAlerts,
  websocketAlerts,
  llmAlerts,
  agentAlerts,
  costAlerts,
  businessAlerts,
  workerAlerts,
  postgresAlerts,
  redisAlerts,
  monitoringAlerts,
  ...objectiveAlerts,
];

export const alerts: readonly Alert[] = alertGroups.flatMap((group) => group.alerts);

/** A stack's own thresholds, by alert name; the others keep their defaults. */
export type AlertThresholds = Readonly<Partial<Record<string, number>>>;

/** Alerts whose threshold a stack can set. */
export const alertThresholdNames: readonly string[] = alerts
  .filter((alert) => alert.threshold !== undefined)
  .map((alert) => alert.name);

/** The alert's PromQL with the stack's threshold, or the default one, in it. */
export function expressionOf(alert: Alert, thresholds: AlertThresholds): string {
  return alert.threshold === undefined
    ? alert.expression()
    : alert.expression(thresholds[alert.name] ?? alert.threshold.default);
}
