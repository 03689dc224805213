/**
 * The metric contract: every series that rules and dashboards may use, and who exposes it. A metric is declared here
 * once; everything else refers to the declaration, so that a misspelt metric is a type error and nothing can query
 * what nobody exports. The simulated AgentPay exposes the same contract.
 *
 * Whoever exposes a metric initialises each known label set at 0: without it, ratios and `absent()` misbehave before
 * the first event. No organisation, user or conversation id is ever a label: SQL and Sentry answer those questions.
 */

import { agentMetrics } from "./agent.ts";
import { alertmanagerMetrics } from "./alertmanager.ts";
import { applicationMetrics } from "./application.ts";
import { blackboxMetrics } from "./blackbox.ts";
import { businessMetrics } from "./business.ts";
import { engineMetrics } from "./engine.ts";
import { httpMetrics } from "./http.ts";
import { llmMetrics } from "./llm.ts";
import type { Job, Metric } from "./metric.ts";
import { postgresMetrics } from "./postgres.ts";
import { processMetrics } from "./process.ts";
import { prometheusMetrics } from "./prometheus.ts";
import { redisMetrics } from "./redis.ts";
import { scrapeMetrics } from "./scrape.ts";
import { websocketMetrics } from "./websocket.ts";
import { workerMetrics } from "./worker.ts";

const exposed = {
  ...httpMetrics,
  ...websocketMetrics,
  ...businessMetrics,
  ...llmMetrics,
  ...agentMetrics,
  ...workerMetrics,
  ...applicationMetrics,
  ...postgresMetrics,
  ...redisMetrics,
  ...processMetrics,
  ...prometheusMetrics,
  ...engineMetrics,
  ...alertmanagerMetrics,
  ...blackboxMetrics,
};

/** The contract, by the name that rules and dashboards use in code. */
export const metrics = { ...exposed, ...scrapeMetrics };

/** The metrics that a job's targets expose themselves, in the order of the contract. */
export function exposedBy(job: Job): readonly Metric[] {
  return Object.values<Metric>(exposed).filter((metric) => metric.jobs.includes(job));
}
