/**
 * What goes on in AgentPay all day, part by part. That each fails is counted elsewhere; that one stops altogether, while
 * the rest goes on, fails nothing.
 */
import { rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import type { ServiceName } from "../services.ts";
import type { Severity } from "../severity.ts";
import { STOPPED_SHARE } from "./api.ts";
import { heldSteadyBefore } from "./before.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

export interface Activity {
  /** The `activity` label of its series and of its alert. */
  readonly name: string;
  readonly service: ServiceName;
  readonly severity: Extract<Severity, "critical" | "warning">;
  /** The counters of it. */
  readonly events: string;
  /**
   * Counters of the same that hold what went wrong as well. Where these stop too, nothing goes wrong: it is not tried, which
   * is another activity's to tell. Absent: the events are all that there is.
   */
  readonly attempts?: string;
  /** How many events one person makes within minutes: as many are one, where a pause is judged. Default: 1. */
  readonly eventsOfOne?: number;
  /** Who counts it: nobody does while none of these answers. */
  readonly countedBy: "api" | "worker";
  /** What users miss once it has stopped: a sentence. */
  readonly whenItStops: string;
}

export const activities: readonly Activity[] = [
  {
    name: "conversations",
    service: "conversations",
    severity: "critical",
    events: `${metrics.conversationsStarted.name}{channel="widget"}`,
    countedBy: "api",
    whenItStops: "Nobody begins a conversation any more: the widget is not there, or does not open.",
  },
  {
    name: "api-conversations",
    service: "conversations",
    // A single merchant may be all who come this way, and may stop on purpose.
    severity: "warning",
    events: `${metrics.conversationsStarted.name}{channel="api"}`,
    countedBy: "api",
    whenItStops:
      "No merchant's program begins a conversation any more: what they built on the API is cut off.",
  },
  {
    name: "finished-conversations",
    service: "conversations",
    severity: "critical",
    events: `${metrics.conversations.name}{outcome!="failed"}`,
    attempts: metrics.conversations.name,
    countedBy: "api",
    whenItStops: "Every conversation fails: visitors are there, and none of them gets what they came for.",
  },
  {
    name: "chat-connections",
    service: "websocket",
    severity: "critical",
    events: `${metrics.websocketConnects.name}{result="ok"}`,
    countedBy: "api",
    whenItStops: "No chat connection is opened any more: visitors write, and nothing arrives.",
  },
  {
    name: "orderly-chat-closes",
    service: "websocket",
    severity: "critical",
    events: `${metrics.websocketDisconnects.name}{reason=~"normal|shutdown"}`,
    attempts: metrics.websocketDisconnects.name,
    countedBy: "api",
    whenItStops: "Every chat connection breaks: visitors lose the conversation that they are in.",
  },
  {
    name: "checkouts",
    service: "checkout",
    severity: "critical",
    events: metrics.checkouts.name,
    countedBy: "api",
    whenItStops: "Nobody gets as far as paying any more.",
  },
  {
    name: "jobs",
    service: "worker",
    severity: "critical",
    events: metrics.workerJobs.name,
    // A purchase queues an email, a webhook and a payment.
    eventsOfOne: 3,
    countedBy: "worker",
    whenItStops:
      "No job is done any more: webhooks, e-mails and delayed payments are not even queued, or wait.",
  },
  {
    name: "retrievals",
    service: "rag",
    severity: "warning",
    events: metrics.ragQueries.name,
    // A conversation has several questions.
    eventsOfOne: 5,
    countedBy: "api",
    whenItStops: "The agent looks nothing up any more: its answers are not the merchant's.",
  },
  {
    name: "tool-calls",
    service: "llm",
    severity: "warning",
    events: metrics.toolCalls.name,
    eventsOfOne: 5,
    countedBy: "api",
    whenItStops: "The agent uses no tool any more: it talks, and does nothing.",
  },
];

const EVENTS = "activity:agentpay_events:rate5m";

/** Events a second, by activity. */
const events: readonly RecordingRule[] = activities.map((activity) => ({
  record: EVENTS,
  expression: `sum(${rate(activity.events, "5m")})`,
  labels: { activity: activity.name },
}));

/** The same before they stopped. */
const eventsBefore = heldSteadyBefore(`${EVENTS}_before`, { record: EVENTS }, STOPPED_SHARE);

export const activityRecords = { events: EVENTS, before: eventsBefore.record } as const;

export const activityRecordingRules: RecordingRuleGroup = {
  name: "agentpay-activities.rules",
  interval: "30s",
  rules: [...events, eventsBefore],
};
