/**
 * What AgentPay promises its users, and when a broken promise is worth waking someone for. Alerts watch how fast the
 * error budget (what the objective leaves for failures) is spent, over two windows: the long one proves that it
 * matters, the short one ends the alert soon after recovery.
 */
import { rate } from "./counting.ts";
import { type Duration, inSeconds } from "./duration.ts";
import { metrics } from "./metrics/index.ts";
import { bucketLabel, type Histogram } from "./metrics/metric.ts";
import { quickEndpoints, userEndpoints } from "./recording-rules/api.ts";
import { llmAnswersAwaited, llmUnanswered } from "./recording-rules/llm.ts";
import type { ServiceName } from "./services.ts";
import type { Severity } from "./severity.ts";

/** A service level objective. */
export interface Objective {
  /** The `slo` label of its series and alerts. */
  readonly name: string;
  /** What its alerts' names begin with. */
  readonly alertPrefix: string;
  readonly service: ServiceName;
  /** Share of the period's events that must be good. The same in every environment: it is a promise, not a setting. */
  readonly target: number;
  /** What is promised, after "99.9% of": plural. */
  readonly promise: string;
  /** What users go through while it is broken: a sentence. */
  readonly whenBroken: string;
  /** Bad events a second over 5 minutes, as PromQL. */
  readonly badEvents: string;
  /** All events a second over 5 minutes, as PromQL. */
  readonly events: string;
  /**
   * Where this returns anything, nobody was there to count. What was asked before then counts on, all of it as bad: an
   * hour without a server is an hour of failures. Absent: events that nobody counts did not happen.
   */
  readonly unserved?: string;
  /** What goes on, in the half hour before, wherever there should be events as well, as PromQL. */
  readonly activity: string;
}

/** The time over which an objective is met, and its error budget spent. */
export const OBJECTIVE_PERIOD: Duration = "30d";

/** Sums the rate of a counter's series. */
function sum(series: string, matchers: readonly string[]): string {
  return `sum(${rate(`${series}{${matchers.join(",")}}`, "5m")})`;
}

/** Events of a counter, the bad ones having a certain label. While no bad event has a series, there was none. */
function failuresOf(
  { name }: { name: string },
  matchers: readonly string[],
  bad: string,
): Pick<Objective, "badEvents" | "events"> {
  return {
    badEvents: `(${sum(name, [...matchers, bad])} or vector(0))`,
    events: sum(name, matchers),
  };
}

/** Observations of a histogram, the bad ones being over a threshold. A bucket that is missing hides nothing. */
function slowerThan(
  seconds: number,
  histogram: Histogram,
  matchers: readonly string[],
): Pick<Objective, "badEvents" | "events"> {
  const events = sum(histogram.count, matchers);
  const fast = sum(histogram.bucket, [...matchers, `le="${bucketLabel(histogram, seconds)}"`]);
  return { events, badEvents: `(${events} - ${fast})` };
}

const API = 'job="agentpay-api"';
const APP = 'job=~"agentpay-(api|worker)"';
const up = `${metrics.up.name}{${API}}`;

/** More than a handful in half an hour. */
const goesOn = (series: string, atLeast = 5) => `sum(increase(${series}[30m]) >= 0) > ${atLeast}`;
const conversations = metrics.conversationsStarted.name;

export const objectives: readonly Objective[] = [
  {
    name: "api-availability",
    alertPrefix: "APIAvailability",
    service: "api",
    target: 0.999,
    promise: "API requests are answered without a server error",
    whenBroken: "Visitors see errors in the chat widget and merchants' calls fail.",
    ...failuresOf(metrics.requests, [API, userEndpoints], 'status=~"5.."'),
    // No server answers, or none is known although others are: where nothing at all is known, monitoring is blind.
    unserved: `(max(${up}) == 0 or absent(${up}) and on () count(${metrics.up.name}) > 0)`,
    activity: goesOn(conversations),
  },
  {
    name: "api-latency",
    alertPrefix: "APILatency",
    service: "api",
    target: 0.95,
    promise: "API requests are answered within 2 seconds",
    whenBroken: "The chat widget reacts seconds late to what visitors do.",
    ...slowerThan(2, metrics.requestLatency, [API, quickEndpoints]),
    activity: goesOn(`${metrics.requests.name}{${API},${quickEndpoints}}`),
  },
  {
    name: "llm-availability",
    alertPrefix: "LLMAvailability",
    service: "llm",
    // The provider may fail more often than we may: retries and the fallback are there to make up for it.
    target: 0.99,
    promise: "LLM calls are answered, retries and fallback included",
    whenBroken: "The agent leaves visitors without an answer.",
    badEvents: `(sum(${llmUnanswered.record}) or vector(0))`,
    events: `sum(${llmAnswersAwaited.record})`,
    activity: goesOn(conversations),
  },
  {
    name: "llm-first-token",
    alertPrefix: "LLMFirstToken",
    service: "llm",
    target: 0.95,
    promise: "LLM replies begin within 2.5 seconds",
    whenBroken: "Visitors look at an empty chat bubble before the agent begins to write.",
    ...slowerThan(2.5, metrics.llmTimeToFirstToken, [APP]),
    activity: goesOn(metrics.llmResponses.name),
  },
  {
    name: "websocket-connect",
    alertPrefix: "WebSocketConnect",
    service: "websocket",
    target: 0.995,
    promise: "attempts to open the chat's WebSocket succeed",
    whenBroken: 'The chat widget stays on "connecting" for some visitors, who can\'t write at all.',
    ...failuresOf(metrics.websocketConnects, [API], 'result="error"'),
    activity: goesOn(`${conversations}{channel="widget"}`),
  },
  {
    name: "checkout-success",
    alertPrefix: "CheckoutSuccess",
    service: "checkout",
    target: 0.995,
    promise: "checkouts complete",
    whenBroken: "Customers who want to pay can't.",
    ...failuresOf(metrics.checkouts, [APP], 'status="failed"'),
    // Few conversations end in a sale; a merchant's whole evening may pass without one.
    activity: goesOn(conversations, 200),
  },
];

/** A pair of windows over which the budget may burn too fast. */
export interface BurnRateWindow {
  readonly long: Duration;
  readonly short: Duration;
  /** Share of the period's budget that is spent in the long window when the alert rings. */
  readonly budgetShare: number;
  /**
   * Bad events in the long window that it takes as well. On bad events, not on traffic: a total outage at low traffic
   * still shows, while one failure in a quiet hour, which burns at 100 times the budget, stays silent.
   */
  readonly minimumBadEvents: number;
  readonly holdFor: Duration;
  readonly severity: Extract<Severity, "critical" | "warning">;
}

/** Fast burns page, slow ones are read in working hours. */
export const burnRateWindows: readonly BurnRateWindow[] = [
  { long: "1h", short: "5m", budgetShare: 0.02, minimumBadEvents: 5, holdFor: "2m", severity: "critical" },
  { long: "6h", short: "30m", budgetShare: 0.05, minimumBadEvents: 10, holdFor: "15m", severity: "critical" },
  { long: "1d", short: "2h", budgetShare: 0.1, minimumBadEvents: 10, holdFor: "1h", severity: "warning" },
  { long: "3d", short: "6h", budgetShare: 0.1, minimumBadEvents: 10, holdFor: "3h", severity: "warning" },
];

/** Bad events that it takes before a budget counts as spent: the period may have had next to no traffic. */
export const MINIMUM_BAD_EVENTS = 10;

/** Without the noise of binary fractions: 1 - 0.999 is 0.001. */
function exact(value: number): number {
  return Number(value.toPrecision(10));
}

/** Share of the events that may be bad. */
export function errorBudget({ target }: Pick<Objective, "target">): number {
  return exact(1 - target);
}

/** How many times faster than allowed the budget burns when the alert rings; 1 spends it exactly in the period. */
export function burnRateFactor({ budgetShare, long }: BurnRateWindow): number {
  return exact((budgetShare * inSeconds(OBJECTIVE_PERIOD)) / inSeconds(long));
}

/**
 * Share of bad events, in both windows, above which the alert rings.
 * @throws where even a total outage would not reach it.
 */
export function burnRateThreshold(
  objective: Pick<Objective, "name" | "target">,
  window: BurnRateWindow,
): number {
  const factor = burnRateFactor(window);
  const threshold = exact(factor * errorBudget(objective));
  if (threshold < 1) return threshold;
  throw new Error(
    `The objective ${objective.name} of ${exact(objective.target * 100)}% has a burn-rate alert that can never ring: ` +
      `over ${window.long} it asks for ${exact(threshold * 100)}% bad events. ` +
      `Raise the objective above ${((1 - 1 / factor) * 100).toFixed(2)}%, or lower the window's budgetShare.`,
  );
}
