import { metrics } from "../metrics.ts";
import { dailyCost } from "../recording-rules.ts";
import type { Alert, AlertGroup } from "./alert.ts";

const FAILED = `${metrics.llmRequests.name}{status="error"}`;

/** Share of LLM calls that must fail as well: 10 failures in 100 000 calls are no incident. */
const MINIMUM_FAILURE_RATIO = 0.1;

const llmRequestFailures: Alert = {
  name: "LLMRequestFailures",
  severity: "warning",
  service: "llm",
  summary: "Calls to the language models fail.",
  description:
    "{{ $value | humanize }} LLM calls failed in 5 minutes after retries and fallback: the agent leaves visitors without an answer.",
  threshold: {
    default: 10,
    unit: "failed calls in 5 minutes",
    source: "the guide: more than 10 failures in 5 minutes",
  },
  expression: (threshold) =>
    `sum(increase(${FAILED}[5m])) > ${threshold}` +
    ` and sum(rate(${FAILED}[5m])) / sum(rate(${metrics.llmRequests.name}[5m])) > ${MINIMUM_FAILURE_RATIO}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-metrics", panel: "llmFailures" },
};

const highDailyCost: Alert = {
  name: "HighDailyCost",
  severity: "warning",
  service: "cost",
  summary: "The language models cost more than the daily limit.",
  description:
    "The last 24 hours of LLM calls cost {{ $value | humanize }} USD. Users notice nothing; the bill does.",
  threshold: { default: 100, unit: "USD in 24 hours", source: "the guide: more than 100 USD a day" },
  expression: (threshold) => `${dailyCost.record} > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "llmDailyCost" },
};

export const llmAlerts: AlertGroup = { name: "agentpay-llm", alerts: [llmRequestFailures, highDailyCost] };
