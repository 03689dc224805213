/** What an alert is called in drills: rules that share a name are told apart by their window, objective, activity or endpoint. */
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alerts } from "../../catalog/alerts/index.ts";

/** `APIDown`, `APIAvailabilityBudgetBurn 1h`, `SLOMetricMissing api-latency`. */
export type AlertId = string;

/** @param labels an alert's own labels, or all those of one that fires */
export function alertId(name: string, labels: Readonly<Record<string, string>> = {}): AlertId {
  // Of other alerts about an endpoint, the label is that of a series: one rule is for all of them.
  const endpoint = ["EndpointUnreachable", "EndpointWrongAnswer"].includes(name)
    ? labels["endpoint"]
    : undefined;
  const detail = labels["long"] ?? labels["slo"] ?? labels["activity"] ?? endpoint;
  return detail === undefined ? name : `${name} ${detail}`;
}

/** Every alert of the catalogue. */
export const alertsById: ReadonlyMap<AlertId, Alert> = new Map(
  alerts.map((alert) => [alertId(alert.name, alert.labels), alert]),
);

/** @throws where the catalogue has no such alert. */
export function alertOf(id: AlertId): Alert {
  const alert = alertsById.get(id);
  if (!alert) throw new Error(`the catalogue has no alert ${id}`);
  return alert;
}
