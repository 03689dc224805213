import { databaseAlarms } from "../database-alarms.ts";
import { hostAlarms } from "../host-alarms.ts";
import { loadBalancerAlarms } from "../load-balancer-alarms.ts";
import { logAlarms } from "../log-alarms.ts";
import { activityAlerts } from "./activities.ts";
import { agentAlerts } from "./agent.ts";
import type { Alert, AlertGroup, Threshold } from "./alert.ts";
import { apiAlerts } from "./api.ts";
import { businessAlerts } from "./business.ts";
import { costAlerts } from "./cost.ts";
import { discoveryAlerts } from "./discovery.ts";
import { hostAlerts } from "./hosts.ts";
import { llmAlerts } from "./llm.ts";
import { monitoringAlerts } from "./monitoring.ts";
import { objectiveAlerts } from "./objectives.ts";
import { postgresAlerts } from "./postgres.ts";
import { redisAlerts } from "./redis.ts";
import { uptimeAlerts } from "./uptime.ts";
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
  activityAlerts,
  workerAlerts,
  postgresAlerts,
  redisAlerts,
  hostAlerts,
  uptimeAlerts,
  monitoringAlerts,
  discoveryAlerts,
  ...objectiveAlerts,
];

export const alerts: readonly Alert[] = alertGroups.flatMap((group) => group.alerts);

/** A stack's own thresholds, by alert name; the others keep their defaults. */
export type AlertThresholds = Readonly<Partial<Record<string, number>>>;

/** What has a threshold that a stack can set. */
interface WithThreshold {
  readonly name: string;
  readonly threshold: Threshold;
}

/** Thresholds that a stack can set, Prometheus's and CloudWatch's, each with its alert's name. */
const settable = [...alerts, ...logAlarms, ...hostAlarms, ...databaseAlarms, ...loadBalancerAlarms].flatMap(
  ({ name, threshold }) => (threshold === undefined ? [] : [[name, threshold] as const]),
);
export const alertThresholdNames: readonly string[] = settable.map(([name]) => name);
export const settableThresholds: Readonly<Partial<Record<string, Threshold>>> = Object.fromEntries(settable);

/** The stack's threshold, or the default one. */
export function thresholdOf({ name, threshold }: WithThreshold, thresholds: AlertThresholds): number {
  return thresholds[name] ?? threshold.default;
}

/** The alert's PromQL with the stack's threshold, or the default one, in it. */
export function expressionOf(alert: Alert, thresholds: AlertThresholds): string {
  return alert.threshold === undefined
    ? alert.expression()
    : alert.expression(thresholdOf(alert, thresholds));
}
