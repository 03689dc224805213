import { metrics } from "../metrics.ts";
import { firstTokenP95, promptCacheRatio, promptTokens, providerErrorRatio } from "../recording-rules/llm.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, MINIMUM_OBSERVATIONS } from "./alert.ts";

const calls = metrics.llmRequests.name;
const failed = `${calls}{status="error"}`;
const fallbacks = (outcome: "succeeded" | "failed") => `${metrics.llmFallbacks.name}{outcome="${outcome}"}`;

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
    `sum(increase(${failed}[5m])) > ${threshold}` +
    ` and sum(rate(${failed}[5m])) / sum(rate(${calls}[5m])) > ${MINIMUM_FAILURE_RATIO}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-metrics", panel: "llmFailures" },
};

const llmProviderOutage: Alert = {
  name: "LLMProviderOutage",
  severity: "critical",
  service: "llm",
  summary: "Most calls to one LLM provider fail.",
  description:
    "{{ $value | humanizePercentage }} of the calls to {{ $labels.provider }} fail after retries and fallback: the agent hardly answers anybody.",
  threshold: {
    default: 0.5,
    unit: "share of the provider's calls",
    source: "a starting point; a provider in trouble fails most calls or few",
  },
  expression: (threshold) =>
    `${providerErrorRatio.record} > ${threshold}` +
    ` and on (provider) sum by (provider) (increase(${failed}[5m])) > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  // Providers recover in fits: one incident, not five.
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "providerErrorRatio" },
};

const llmFallbackExhausted: Alert = {
  name: "LLMFallbackExhausted",
  severity: "critical",
  service: "llm",
  summary: "The fallback model fails too.",
  description:
    "{{ $value | humanize }} times in 5 minutes the first model failed and so did its fallback: those visitors got no answer at all.",
  threshold: {
    default: 5,
    unit: "failed fallbacks in 5 minutes",
    source: "a starting point; one failed fallback is bad luck, several are an outage of both models",
  },
  expression: (threshold) => `sum(increase(${fallbacks("failed")}[5m])) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "failedFallbacks" },
};

const llmFallbackActive: Alert = {
  name: "LLMFallbackActive",
  severity: "warning",
  service: "llm",
  summary: "Many replies come from the fallback model.",
  description:
    "{{ $value | humanizePercentage }} of LLM calls are answered by {{ $labels.to_model }} because {{ $labels.from_model }} failed: answers come later, read differently and cost differently.",
  threshold: {
    default: 0.1,
    unit: "share of LLM calls",
    source: "a starting point; below that, visitors and the bill don't notice",
  },
  expression: (threshold) =>
    `sum by (from_model, to_model) (rate(${fallbacks("succeeded")}[15m]))` +
    ` / on () group_left () sum(rate(${calls}[15m])) > ${threshold}` +
    ` and on (from_model, to_model)` +
    ` sum by (from_model, to_model) (increase(${fallbacks("succeeded")}[15m])) > ${MINIMUM_FAILURES}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-llm", panel: "fallbackRatio" },
};

const limited = `${calls}{status="error",error_type="rate_limit"}`;

const llmRateLimited: Alert = {
  name: "LLMRateLimited",
  severity: "warning",
  service: "llm",
  summary: "An LLM provider refuses calls because our rate limit is used up.",
  description:
    "{{ $labels.provider }} refuses {{ $value | humanizePercentage }} of our calls for their number: those visitors get no answer until the limit is raised or traffic falls.",
  threshold: {
    default: 0.05,
    unit: "share of the provider's calls",
    source: "a starting point; retries absorb less than that",
  },
  expression: (threshold) =>
    `sum by (provider) (rate(${limited}[10m])) / sum by (provider) (rate(${calls}[10m])) > ${threshold}` +
    ` and on (provider) sum by (provider) (increase(${limited}[10m])) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "rateLimitedRatio" },
};

const llmModelRejected: Alert = {
  name: "LLMModelRejected",
  severity: "critical",
  service: "llm",
  summary: "An LLM provider rejects our model, our key or our account.",
  description:
    "{{ $labels.provider }} rejected {{ $value | humanize }} calls for {{ $labels.model }} in 5 minutes as unknown, forbidden or unpaid: retries never help, everything that uses the model is broken.",
  threshold: {
    default: 3,
    unit: "rejected calls in 5 minutes",
    source: "a starting point; no call of ours should ever be rejected",
  },
  expression: (threshold) =>
    `sum by (provider, model) (increase(${calls}{status="error",error_type=~"not_found|authentication|permission|billing"}[5m]))` +
    ` > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "rejections" },
};

const llmTimeToFirstTokenHigh: Alert = {
  name: "LLMTimeToFirstTokenHigh",
  severity: "warning",
  service: "llm",
  summary: "The language model takes long to begin its reply.",
  description:
    "1 reply in 20 of {{ $labels.model }} begins later than {{ $value | humanizeDuration }}: visitors look at an empty bubble and leave.",
  threshold: {
    default: 5,
    unit: "seconds to the first token, 95th percentile",
    source: "a starting point; twice what the objective llm-first-token allows",
  },
  expression: (threshold) =>
    `${firstTokenP95.record} > ${threshold} and on (model)` +
    ` sum by (model) (increase(${metrics.llmTimeToFirstToken.count}[5m])) > ${MINIMUM_OBSERVATIONS}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "firstToken" },
};

const responses = metrics.llmResponses.name;
const truncated = `${responses}{stop_reason=~"max_tokens|model_context_window_exceeded"}`;

const llmResponsesTruncated: Alert = {
  name: "LLMResponsesTruncated",
  severity: "info",
  service: "llm",
  summary: "Replies of the language model are cut off.",
  description:
    "{{ $value | humanizePercentage }} of the replies of {{ $labels.model }} end at max_tokens or at the end of the context window, mid-sentence or with half a tool call.",
  threshold: {
    default: 0.05,
    unit: "share of the model's replies",
    source: "a starting point; a fitting limit cuts off less than 1%",
  },
  expression: (threshold) =>
    `sum by (model) (rate(${truncated}[30m])) / sum by (model) (rate(${responses}[30m])) > ${threshold}` +
    ` and on (model) sum by (model) (increase(${truncated}[30m])) > ${MINIMUM_FAILURES}`,
  holdFor: "30m",
  panel: { dashboard: "agentpay-llm", panel: "truncatedRatio" },
};

/** Below so many prompt tokens a second, the cache expires between calls and nobody saves much. */
const MINIMUM_PROMPT_TOKENS = 100;

const llmPromptCacheHitRatioLow: Alert = {
  name: "LLMPromptCacheHitRatioLow",
  severity: "info",
  service: "llm",
  summary: "The provider's prompt cache hardly helps.",
  description:
    "Only {{ $value | humanizePercentage }} of the prompt tokens of {{ $labels.model }} come from the cache: visitors notice little, the bill for prompts multiplies.",
  threshold: {
    default: 0.3,
    unit: "share of prompt tokens",
    source: "a starting point; system prompt and tools alone are well over half of a prompt",
  },
  expression: (threshold) =>
    `${promptCacheRatio.record} < ${threshold} and on (model)` +
    ` sum by (model) (rate(${promptTokens}[1h])) > ${MINIMUM_PROMPT_TOKENS}`,
  holdFor: "2h",
  panel: { dashboard: "agentpay-llm", panel: "promptCache" },
};

export const llmAlerts: AlertGroup = {
  name: "agentpay-llm",
  interval: "30s",
  alerts: [
    llmRequestFailures,
    llmProviderOutage,
    llmFallbackExhausted,
    llmFallbackActive,
    llmRateLimited,
    llmModelRejected,
    llmTimeToFirstTokenHigh,
    llmResponsesTruncated,
    llmPromptCacheHitRatioLow,
  ],
};
