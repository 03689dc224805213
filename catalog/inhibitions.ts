/**
 * Which alert makes which others superfluous: whoever knows the cause need not be told of its symptoms. What is muted
 * stays visible in Alertmanager, and rings as soon as its cause is gone and it is not.
 */
import { alerts, expressionOf } from "./alerts/index.ts";
import { burnRateWindows, objectives } from "./objectives.ts";
import type { EndpointKey } from "./uptime.ts";

/** Alerts by name and by labels; what both leave open matches. */
export interface AlertSelector {
  readonly names: readonly string[];
  /** Values that each label may have. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

export interface Inhibition {
  /** Shown by Alertmanager with what it mutes. */
  readonly name: string;
  readonly source: AlertSelector;
  /** Never among the sources: an alert that mutes itself is never heard. */
  readonly targets: AlertSelector;
  /** Labels that both must have alike. Where neither has one, Alertmanager takes it for alike: list what all carry. */
  readonly equal: readonly string[];
}

const burnAlerts = (prefixes: readonly string[]) => prefixes.map((prefix) => `${prefix}BudgetBurn`);

/** The symptoms that AgentPay's users and SLIs show when the API can't answer. */
const apiSymptoms = [
  "HighErrorRate",
  "ElevatedErrorRate",
  "SlowAPIResponses",
  ...burnAlerts(["APIAvailability", "APILatency"]),
];

/** A cause by its name, within one environment. */
function mutes(source: string, targets: readonly string[], equal: readonly string[] = []): Inhibition {
  return {
    name: source,
    source: { names: [source] },
    targets: { names: targets },
    equal: [...equal, "environment"],
  };
}

/** Alerts that take samples that don't arrive for an outage. */
const findMissing = alerts
  .filter(({ name }) => name !== "MetricsNotArriving")
  .filter((alert) => expressionOf(alert, {}).includes("absent("))
  .map(({ name }) => name);

const causes: readonly Inhibition[] = [
  mutes("MetricsNotArriving", [...new Set(findMissing)]),
  // By job, so that it only mutes what has a target on that host. What these mute in turn stays muted as well.
  mutes(
    "HostDown",
    [
      ...["APIDown", "APIInstanceDown", "WorkerDown", "WorkerInstanceDown"],
      ...["PostgresExporterDown", "RedisExporterDown"],
    ],
    ["job"],
  ),
  mutes("APIDown", [
    ...apiSymptoms,
    "APIInstanceDown",
    "WebSocketAbnormalCloses",
    "WebSocketConnectionsDropped",
    "ConversationsDropped",
    "SLOMetricMissing",
    ...burnAlerts(["WebSocketConnect", "CheckoutSuccess"]),
  ]),
  {
    name: "APIDown-endpoints",
    source: { names: ["APIDown"] },
    // Not the widget: it comes from the CDN.
    targets: {
      names: ["EndpointUnreachable"],
      labels: { endpoint: ["api", "websocket", "websocket-port"] satisfies EndpointKey[] },
    },
    equal: ["environment"],
  },
  mutes("CertificateAboutToExpire", ["CertificateExpiringSoon"], ["instance"]),
  mutes("HighErrorRate", ["ElevatedErrorRate"], ["service"]),
  mutes("PostgresDown", [
    ...apiSymptoms,
    "DatabaseAppPoolSaturated",
    "DatabasePoolExhausted",
    "PostgresSlowQueries",
    "PostgresLongTransaction",
    "PostgresDeadlocks",
    "RAGQueryFailures",
    "ToolCallFailures",
    "WorkerJobFailures",
    ...burnAlerts(["CheckoutSuccess"]),
  ]),
  mutes("RedisDown", [
    "ElevatedErrorRate",
    "SlowAPIResponses",
    "RedisMemoryHigh",
    "RedisEvictingKeys",
    "RedisRejectedConnections",
    "WorkerQueueStalled",
    "WorkerQueueBacklog",
    "WorkerJobTooOld",
    "WorkerJobFailures",
  ]),
  mutes("RedisEvictingKeys", ["RedisMemoryHigh"], ["instance"]),
  mutes("WorkerDown", ["WorkerInstanceDown", "WorkerQueueStalled", "WorkerQueueBacklog", "WorkerJobTooOld"]),
  mutes("WorkerQueueStalled", ["WorkerQueueBacklog", "WorkerJobTooOld"], ["queue"]),
  // Not LLMModelRejected and LLMRateLimited: they say why the provider's calls fail.
  mutes("LLMProviderOutage", [
    "LLMRequestFailures",
    "LLMFallbackActive",
    "LLMFallbackExhausted",
    "LLMTimeToFirstTokenHigh",
    ...burnAlerts(["LLMAvailability", "LLMFirstToken"]),
  ]),
  mutes("LLMCostRunaway", [
    "HighDailyCost",
    "LLMCostAbovePlan",
    "LLMCostAnomaly",
    "LLMCostPerConversationHigh",
  ]),
];

/** Of one objective, the burn over the shortest windows says it all: it is the fastest. */
const burns: readonly Inhibition[] = burnRateWindows.slice(0, -1).map(({ long }, index) => {
  const names = burnAlerts(objectives.map(({ alertPrefix }) => alertPrefix));
  const slower = burnRateWindows.slice(index + 1).map((window) => window.long);
  return {
    name: `BudgetBurn-${long}`,
    source: { names, labels: { long: [long] } },
    targets: { names, labels: { long: slower } },
    equal: ["slo", "environment"],
  };
});

export const inhibitions: readonly Inhibition[] = [...causes, ...burns];

/** The alerts of the catalogue that a selector means. */
export function selectedAlerts({ names, labels = {} }: AlertSelector) {
  return alerts.filter(
    (alert) =>
      names.includes(alert.name) &&
      Object.entries(labels).every(([label, values]) => values.includes(alert.labels?.[label] ?? "")),
  );
}
