/** Language models: calls that fail, fallbacks, limits, replies cut off. How slowly they begin is in llm-latency.ts. */
import { increase, rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { STOPPED_SHARE } from "../recording-rules/api.ts";
import {
  llmCalls,
  llmCallsBefore,
  llmFallbacksExhausted,
  llmUnanswered,
  llmUnansweredByModel,
  modelErrorRatio,
  promptCacheRatio,
  promptTokens,
  providerErrorRatio,
} from "../recording-rules/llm.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES } from "./alert.ts";
import { llmMostlySlow, llmTimeToFirstTokenHigh } from "./llm-latency.ts";

const calls = metrics.llmRequests.name;
const failed = `${calls}{status="error"}`;
const fallbacks = `${metrics.llmFallbacks.name}{outcome="succeeded"}`;

const llmRequestFailures: Alert = {
  name: "LLMRequestFailures",
  severity: "critical",
  service: "llm",
  summary: "Calls to the language models fail, and no other model answers.",
  description:
    "{{ $value | humanize }} LLM calls failed in 5 minutes after retries, and no fallback made them good: the agent leaves visitors without an answer.",
  threshold: {
    default: 10,
    unit: "failed calls in 5 minutes",
    source: "the guide: more than 10 failures in 5 minutes",
  },
  expression: (threshold) => `${llmUnanswered.record} * 300 > ${threshold}`,
  holdFor: "5m",
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-metrics", panel: "llmFailures" },
};

const llmProviderOutage: Alert = {
  name: "LLMProviderOutage",
  severity: "critical",
  service: "llm",
  summary: "Most calls to one LLM provider fail, and no other model answers.",
  description:
    "{{ $value | humanizePercentage }} of the calls to {{ $labels.provider }} fail after retries, and no fallback makes them good: the agent hardly answers anybody.",
  threshold: {
    default: 0.5,
    unit: "share of the provider's calls",
    source: "a starting point; a provider in trouble fails most calls or few",
  },
  expression: (threshold) =>
    `${providerErrorRatio.record} > ${threshold}` +
    ` and on (provider) sum by (provider) (${llmUnansweredByModel.record}) * 300 > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  // Providers recover in fits: one incident, not five.
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "providerErrorRatio" },
};

const llmModelOutage: Alert = {
  name: "LLMModelOutage",
  severity: "critical",
  service: "llm",
  summary: "Most calls to one language model fail, and other models do not make all of them good.",
  description:
    "{{ $labels.model }} of {{ $labels.provider }} fails most of its calls. {{ $value | humanize }} of them in 5 minutes got no answer from another model either: whatever it is used for works for some, or for nobody.",
  threshold: {
    default: MINIMUM_FAILURES,
    unit: "calls in 5 minutes that no model answered, where more than half of the model's fail",
    source: "a starting point; a model of which most calls fail is dead, however few they are among all",
  },
  expression: (threshold) =>
    `${llmUnansweredByModel.record} * 300 > ${threshold}` +
    ` and on (provider, model) ${modelErrorRatio.record} > 0.5`,
  // After LLMProviderOutage, so that a provider's outage is one page.
  holdFor: "7m",
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "unanswered" },
};

const llmModelFailing: Alert = {
  name: "LLMModelFailing",
  severity: "warning",
  service: "llm",
  summary: "A language model fails many of its calls.",
  description:
    "{{ $labels.model }} of {{ $labels.provider }} fails {{ $value | humanizePercentage }} of its calls. Whether visitors notice depends on the fallback: LLMRequestFailures pages where it does not help.",
  threshold: {
    default: 0.1,
    unit: "share of the model's calls",
    source: "a starting point; retries leave a few percent at most of a model that is well",
  },
  expression: (threshold) =>
    `${modelErrorRatio.record} > ${threshold}` +
    ` and on (provider, model) sum by (provider, model) (${increase(failed, "5m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "modelErrorRatio" },
};

/**
 * Calls in half an hour below which a pause of minutes is a coincidence: a conversation makes a dozen of them at once, so
 * that these are some thirty people.
 */
const MINIMUM_CALLS = 300;
/** As many calls are a few people, at night: their pause means something where others have come meanwhile. */
const MINIMUM_CALLS_OF_FEW = 30;
const VISITORS_MEANWHILE = 3;

const llmCallsStopped: Alert = {
  name: "LLMCallsStopped",
  severity: "critical",
  service: "llm",
  summary: "No language model answers or fails any more.",
  description:
    "All at once no call of a language model comes to an end any more, for 15 minutes, though people use AgentPay: none is made, or whoever waits gives up. The agent answers nobody, and no call fails that would show it.",
  expression: () =>
    `(${llmCalls.record} or 0 * ${llmCallsBefore.record}) <= ${STOPPED_SHARE} * ${llmCallsBefore.record}` +
    ` and (${llmCallsBefore.record} * 1800 > ${MINIMUM_CALLS}` +
    ` or ${llmCallsBefore.record} * 1800 > ${MINIMUM_CALLS_OF_FEW}` +
    ` and on () sum(${increase(metrics.conversationsStarted.name, "15m")}) > ${VISITORS_MEANWHILE})` +
    ` unless on () (sum(${metrics.up.name}{job="agentpay-api"}) == 0)`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "requests" },
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
  // One after which a third model answers leaves nobody without an answer.
  expression: (threshold) => `${llmFallbacksExhausted.record} * 300 > ${threshold}`,
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
    `sum by (from_model, to_model) (${rate(fallbacks, "15m")})` +
    ` / on () group_left () sum(${rate(calls, "15m")}) > ${threshold}` +
    ` and on (from_model, to_model)` +
    ` sum by (from_model, to_model) (${increase(fallbacks, "15m")}) > ${MINIMUM_FAILURES}`,
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
    "{{ $labels.provider }} refuses {{ $value | humanizePercentage }} of our calls for their number: until the limit is raised or traffic falls, a fallback answers those visitors, or nobody does.",
  threshold: {
    default: 0.05,
    unit: "share of the provider's calls",
    source: "a starting point; retries absorb less than that",
  },
  expression: (threshold) =>
    `sum by (provider) (${rate(limited, "10m")}) / sum by (provider) (${rate(calls, "10m")}) > ${threshold}` +
    ` and on (provider) sum by (provider) (${increase(limited, "10m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "rateLimitedRatio" },
};

const rejected = `${calls}{status="error",error_type=~"not_found|authentication|permission|billing"}`;

const llmModelRejected: Alert = {
  name: "LLMModelRejected",
  severity: "critical",
  service: "llm",
  summary: "An LLM provider rejects our model, key or account, and no other model answers.",
  description:
    "{{ $labels.provider }} rejected {{ $value | humanize }} calls for {{ $labels.model }} in 5 minutes as unknown, forbidden or unpaid: retries never help, and no fallback makes them good. Everything that uses the model is broken.",
  threshold: {
    default: 3,
    unit: "rejected calls in 5 minutes",
    source: "a starting point; no call of ours should ever be rejected",
  },
  // Where a fallback answers, nobody has to get up: LLMModelFailing and LLMFallbackActive tell of it.
  expression: (threshold) =>
    `sum by (provider, model) (${increase(rejected, "5m")}) > ${threshold}` +
    ` and on (provider, model) ${llmUnansweredByModel.record} * 300 > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "rejections" },
};

const responses = metrics.llmResponses.name;
const truncated = `${responses}{stop_reason=~"max_tokens|model_context_window_exceeded|refusal"}`;

const llmResponsesTruncated: Alert = {
  name: "LLMResponsesTruncated",
  severity: "warning",
  service: "llm",
  summary: "Replies of the language model are cut off.",
  description:
    "{{ $value | humanizePercentage }} of the replies of {{ $labels.model }} end at max_tokens, at the end of the context window or because the model refuses to go on: mid-sentence or with half a tool call.",
  threshold: {
    default: 0.05,
    unit: "share of the model's replies",
    source: "a starting point; a fitting limit cuts off less than 1%",
  },
  expression: (threshold) =>
    `sum by (model) (${rate(truncated, "30m")}) / sum by (model) (${rate(responses, "30m")}) > ${threshold}` +
    ` and on (model) sum by (model) (${increase(truncated, "30m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "30m",
  panel: { dashboard: "agentpay-llm", panel: "truncatedRatio" },
};

/** Below so many prompt tokens a second, the cache expires between calls and nobody saves much. */
const MINIMUM_PROMPT_TOKENS = 100;

const llmPromptCacheHitRatioLow: Alert = {
  name: "LLMPromptCacheHitRatioLow",
  severity: "warning",
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
    ` sum by (model) (${rate(promptTokens, "1h")}) > ${MINIMUM_PROMPT_TOKENS}`,
  holdFor: "2h",
  panel: { dashboard: "agentpay-llm", panel: "promptCache" },
};

export const llmAlerts: AlertGroup = {
  name: "agentpay-llm",
  interval: "30s",
  alerts: [
    llmRequestFailures,
    llmProviderOutage,
    llmModelOutage,
    llmModelFailing,
    llmCallsStopped,
    llmFallbackExhausted,
    llmFallbackActive,
    llmRateLimited,
    llmModelRejected,
    llmTimeToFirstTokenHigh,
    llmMostlySlow,
    llmResponsesTruncated,
    llmPromptCacheHitRatioLow,
  ],
};
