/** Alerts that drills expect together, by what breaks. */
import { objectives } from "../../../catalog/objectives.ts";
import type { EndpointKey } from "../../../catalog/uptime.ts";
import type { AlertId } from "../alert-id.ts";

/** Burn-rate alerts of an objective, by their long window. */
export function burns(prefix: string, ...windows: readonly ("1h" | "6h" | "1d" | "3d")[]): AlertId[] {
  return windows.map((window) => `${prefix}BudgetBurn ${window}`);
}

/** What may ring beside the 1d alert: noise reaches the one before it, and after 3 hours the next one holds too. */
export function slowly(prefix: string): AlertId[] {
  return burns(prefix, "6h", "3d");
}
export const unreachable = (endpoint: EndpointKey): AlertId => `EndpointUnreachable ${endpoint}`;
/** What can't be reached where the API is down. */
export const servedByAPI: readonly EndpointKey[] = ["api", "websocket"];
export const exhausted = (slo: string): AlertId => `ErrorBudgetExhausted ${slo}`;

/** The whole period is as old as the drill: any burning budget is also an exhausted one. */
export const anyExhausted = objectives.map(({ name }) => exhausted(name));
export const apiErrors = [
  "HighErrorRate",
  "ElevatedErrorRate",
  ...burns("APIAvailability", "1h", "6h", "1d", "3d"),
];
export const apiDelays = [
  "SlowAPIResponses",
  "APIMostlySlow",
  "APIRouteSlow",
  ...burns("APILatency", "1h", "6h", "1d", "3d"),
];
export const llmFailures = [
  ...[
    "LLMRequestFailures",
    "LLMProviderOutage",
    "LLMModelOutage",
    "LLMModelFailing",
    "LLMFallbackExhausted",
    "LLMRateLimited",
    "LLMModelRejected",
  ],
  ...burns("LLMAvailability", "1h", "6h", "1d", "3d"),
];
/** Visitors without an answer buy less; summaries are jobs that fail. */
export const llmSideEffects = ["WorkerJobFailures", "WorkerJobsAllFailing", exhausted("llm-availability")];
export const A_MONTH = "30 days have to pass";
