/**
 * Which alert keeps which others from beginning: whoever knows the cause need not be told of its symptoms. It is part of
 * the rules, not of Alertmanager, so that nobody waits for an end that is never told (docs/decisions.md): what has fired
 * goes on and ends by itself, and what was held back rings as soon as its cause is gone and it is not.
 */
import type { Alert } from "./alerts/alert.ts";
import { alerts, expressionOf } from "./alerts/index.ts";
import { inSeconds } from "./duration.ts";
import { longestMemory } from "./memory.ts";
import { burnRateWindows, objectives } from "./objectives.ts";
import { activities } from "./recording-rules/activities.ts";

/** Alerts by name and by labels; what both leave open matches. */
export interface AlertSelector {
  readonly names: readonly string[];
  /** Values that each label may have. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A cause must be told to the people of its symptoms, and must explain them whatever else it may be a sign of: an exporter
 * that is refused says nothing of the database's users. It fires before its symptoms do (a test compares hold times).
 */
export interface Inhibition {
  readonly name: string;
  /** In a sentence: how the cause brings the symptoms about. */
  readonly why: string;
  readonly source: AlertSelector;
  /** Never among the sources: an alert that mutes itself is never heard. */
  readonly targets: AlertSelector;
  /** Labels that both must have, and have alike. Empty where the cause explains every one of the symptoms. */
  readonly equal: readonly string[];
}

const burnAlerts = (prefixes: readonly string[]) => prefixes.map((prefix) => `${prefix}BudgetBurn`);

function mutes(
  source: string,
  targets: readonly string[],
  { by = [], why }: { readonly by?: readonly string[]; readonly why: string },
): Inhibition {
  return { name: source, why, source: { names: [source] }, targets: { names: targets }, equal: by };
}

/** Alerts that take samples that don't arrive for an outage. */
const findMissing = alerts
  .filter(({ name }) => name !== "MetricsNotArriving")
  .filter((alert) => expressionOf(alert, {}).includes("absent("))
  .map(({ name }) => name);

const activitiesCountedBy = (who: "api" | "worker") =>
  activities.filter(({ countedBy }) => countedBy === who).map(({ name }) => name);

/** Objectives of which only API servers report. */
const measuredByAPI = ["api-availability", "api-latency", "websocket-connect"];

/** Whether an alert takes samples that don't arrive for an outage. */
export function findsMissing({ name }: Alert): boolean {
  return findMissing.includes(name);
}

const causes: readonly Inhibition[] = [
  mutes("MetricsNotArriving", [...new Set(findMissing)], {
    why: "No sample of anything arrives, so nobody can know whether what is missing is down.",
  }),
  mutes("HostDown", ["APIInstanceDown", "WorkerInstanceDown", "PostgresExporterDown", "RedisExporterDown"], {
    by: ["host"],
    why: "What runs on a host that is gone is gone with it.",
  }),
  mutes(
    "APIDown",
    [
      ...["HighErrorRate", "ElevatedErrorRate", "SlowAPIResponses"],
      ...["WebSocketAbnormalCloses", "WebSocketConnectionsDropped", "ConversationsDropped"],
      ...burnAlerts(["APIAvailability", "APILatency", "WebSocketConnect"]),
    ],
    {
      why: "Only API servers report what these look at: with all of them gone they see what is left of the time before.",
    },
  ),
  {
    ...mutes("APIDown", ["SLOMetricMissing"], { why: "Nobody is left who measures these objectives." }),
    name: "APIDown-objectives",
    targets: { names: ["SLOMetricMissing"], labels: { slo: measuredByAPI } },
  },
  mutes("APITrafficStopped", ["LLMCallsStopped"], {
    why: "Whoever gets no answer from the API asks the agent nothing, and the agent asks no model.",
  }),
  ...["APIDown", "APITrafficStopped"].map((cause) => ({
    ...mutes(cause, ["ActivityStopped"], {
      why: "Where the API answers nobody, nothing goes on that it counts.",
    }),
    name: `${cause}-activities`,
    targets: { names: ["ActivityStopped"], labels: { activity: activitiesCountedBy("api") } },
  })),
  {
    ...mutes("LLMCallsStopped", ["ActivityStopped"], {
      why: "The agent that asks no model looks nothing up, uses no tool, sells nothing and leaves every conversation unanswered.",
    }),
    targets: {
      names: ["ActivityStopped"],
      labels: { activity: ["retrievals", "tool-calls", "checkouts", "finished-conversations"] },
    },
  },
  {
    ...mutes("WebSocketHandshakesRejected", ["ActivityStopped"], {
      why: "They are the connections that are rejected.",
    }),
    targets: { names: ["ActivityStopped"], labels: { activity: ["chat-connections"] } },
  },
  ...["WorkerDown", "WorkerQueueStalled"].map((cause) => ({
    ...mutes(cause, ["ActivityStopped"], { why: "No job is done, and it says why." }),
    name: `${cause}-activities`,
    targets: { names: ["ActivityStopped"], labels: { activity: activitiesCountedBy("worker") } },
  })),
  mutes("APIMostlySlow", ["SlowAPIResponses"], {
    why: "They look at the same requests: where every second one is slow, so is 1 in 20.",
  }),
  mutes("HighErrorRate", ["APIRouteFailing", "ElevatedErrorRate", ...burnAlerts(["APIAvailability"])], {
    why: "They count the same failed requests, against a lower limit.",
  }),
  mutes("PostgresStateUnknown", ["PostgresExporterDown"], {
    by: ["instance"],
    why: "It says of the same exporter that it gives no answer, and that its database may be the reason.",
  }),
  mutes("RedisStateUnknown", ["RedisExporterDown"], {
    by: ["instance"],
    why: "It says of the same exporter that it gives no answer, and that its server may be the reason.",
  }),
  mutes("PostgresConnectionsUsedUp", ["DatabasePoolExhausted"], {
    by: ["instance"],
    why: "They count the same connections, against a lower limit.",
  }),
  mutes(
    "PostgresDown",
    [
      "DatabasePoolExhausted",
      "PostgresConnectionsUsedUp",
      "PostgresSlowQueries",
      "PostgresLongTransaction",
      "PostgresDeadlocks",
    ],
    { by: ["instance"], why: "What this database's exporter said of it is from before it was refused." },
  ),
  // Not RedisRejectedConnections: that the server refused connections before it refused its exporter says why it did.
  mutes("RedisDown", ["RedisMemoryHigh"], {
    by: ["instance"],
    why: "What this server's exporter said of it is from before it was refused.",
  }),
  mutes("RedisEvictingKeys", ["RedisMemoryHigh"], {
    by: ["instance"],
    why: "Keys are evicted because the memory is full.",
  }),
  mutes("WorkerDown", ["WorkerQueueStalled", "WorkerQueueBacklog", "WorkerJobTooOld"], {
    why: "Jobs wait because no worker is there to take them, from any queue.",
  }),
  mutes("WorkerQueueStalled", ["WorkerQueueBacklog", "WorkerJobTooOld"], {
    by: ["queue"],
    why: "Jobs of this queue wait because none of them is worked on.",
  }),
  mutes("WorkerJobsAllFailing", ["WorkerJobFailures"], {
    by: ["queue"],
    why: "They count the same failed jobs, against a lower limit.",
  }),
  mutes("LLMProviderOutage", ["LLMModelOutage", "LLMModelFailing"], {
    by: ["provider"],
    why: "What most calls to a provider meet, those to its models meet.",
  }),
  mutes("LLMModelOutage", ["LLMModelFailing"], {
    by: ["provider", "model"],
    why: "They count the same failed calls of the model, against a lower limit.",
  }),
  mutes("LLMMostlySlow", ["LLMTimeToFirstTokenHigh"], {
    by: ["model"],
    why: "They look at the same replies: where every second one is late, so is 1 in 20.",
  }),
  mutes("LLMCostRunaway", ["LLMCostAbovePlan", "LLMCostAnomaly"], {
    why: "They look at the same pace of spending, against a lower limit.",
  }),
];

/** Of one objective, the burn over the shortest windows says it all: it is the fastest. */
const burns: readonly Inhibition[] = objectives.flatMap(({ alertPrefix }) =>
  burnRateWindows.slice(0, -1).map(({ long }, index) => {
    const names = burnAlerts([alertPrefix]);
    const slower = burnRateWindows.slice(index + 1).map((window) => window.long);
    return {
      name: `${alertPrefix}BudgetBurn-${long}`,
      why: "It is the same budget, and it burns faster.",
      source: { names, labels: { long: [long] } },
      targets: { names, labels: { long: slower } },
      equal: [],
    };
  }),
);

export const inhibitions: readonly Inhibition[] = [...causes, ...burns];

/** The alerts of the catalogue that a selector means. */
export function selectedAlerts(selector: AlertSelector): readonly Alert[] {
  return alerts.filter((alert) => isSelected(alert, selector));
}

export function isSelected(alert: Alert, { names, labels = {} }: AlertSelector): boolean {
  return (
    names.includes(alert.name) &&
    Object.entries(labels).every(([label, values]) => values.includes(alert.labels?.[label] ?? ""))
  );
}

/** Hours of an outage, or of work, are little of what a window holds that is so long. */
const LONG_MEMORY_SECONDS = inSeconds("1d");

/**
 * Seconds for which an alert is still held back once its cause, or announced work, is over: as long as its windows hold
 * more of that time than its hold time waits out anyhow. Without them it would ring for what is mended.
 */
export function lingerSeconds(alert: Alert): number {
  const memory = longestMemory(expressionOf(alert, {}));
  return memory < LONG_MEMORY_SECONDS ? Math.max(0, memory - inSeconds(alert.holdFor)) : 0;
}
