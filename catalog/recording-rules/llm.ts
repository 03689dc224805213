import { rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { STOPPED_SHARE } from "./api.ts";
import { heldBefore } from "./before.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const { llmFallbacks, llmRequests, llmTimeToFirstToken, llmTokens } = metrics;
const calls = (matchers = "") => rate(`${llmRequests.name}${matchers}`, "5m");
const failed = calls('{status="error"}');

/** Calls a second of all models that were answered or failed: one that hangs is given up by whoever waits for it. */
export const llmCalls: RecordingRule = {
  record: "agentpay:llm_calls:rate5m",
  expression: `sum(${calls('{status!="cancelled"}')})`,
};

/** The same before they stopped. */
export const llmCallsBefore = heldBefore("agentpay:llm_calls:rate5m_before", llmCalls, STOPPED_SHARE);

/** Fallbacks a second from one model to another, of which this came. */
const fallbacksThat = (outcome: "succeeded" | "failed"): RecordingRule => ({
  record: `from_model_to_model:agentpay_llm_fallbacks_${outcome}:rate5m`,
  expression: `sum by (from_model, to_model) (${rate(`${llmFallbacks.name}{outcome="${outcome}"}`, "5m")})`,
});
const llmFallbacksSucceeded = fallbacksThat("succeeded");
const llmFallbacksFailed = fallbacksThat("failed");
const byFailedModel = (series: string) =>
  `sum by (model) (label_replace(${series}, "model", "$1", "from_model", "(.+)"))`;

/** Share of a model's failed calls that a fallback from it made good, by model. */
const llmMadeGoodShare: RecordingRule = {
  record: "model:agentpay_llm_failures_made_good:ratio_rate5m",
  expression: `clamp_max(${byFailedModel(llmFallbacksSucceeded.record)} / (sum by (model) (${failed}) > 0), 1)`,
};

/** That share, of the model that was asked instead. */
const madeGoodAfterwards = `label_replace(${llmMadeGoodShare.record}, "to_model", "$1", "model", "(.+)")`;

const atOnce = byFailedModel(llmFallbacksSucceeded.record);
const afterwards = byFailedModel(
  `${llmFallbacksFailed.record} * on (to_model) group_left () ${madeGoodAfterwards}`,
);

/** Failed calls a second that another model answered instead, or one after that, by the model that failed. */
export const llmFailuresMadeGood: RecordingRule = {
  record: "model:agentpay_llm_failures_made_good:rate5m",
  expression: `${atOnce} + ${afterwards} or ${atOnce} or ${afterwards}`,
};

/** Fallbacks a second that failed, with no other model that answered afterwards. */
export const llmFallbacksExhausted: RecordingRule = {
  record: "agentpay:llm_fallbacks_exhausted:rate5m",
  expression: `sum(${llmFallbacksFailed.record} * on (to_model) group_left () (1 - ${madeGoodAfterwards}) or ${llmFallbacksFailed.record})`,
};

/**
 * Failed calls a second that nobody made good: what users miss. A fallback that fails too is a failed call of its own
 * and counts as well: rather too loud than silent.
 */
export const llmUnansweredByModel: RecordingRule = {
  record: "provider_model:agentpay_llm_unanswered:rate5m",
  expression:
    `clamp_min(sum by (provider, model) (${failed}) - on (model) group_left () ${llmFailuresMadeGood.record}, 0)` +
    ` or sum by (provider, model) (${failed})`,
};

/** Of all models. */
export const llmUnanswered: RecordingRule = {
  record: "agentpay:llm_unanswered:rate5m",
  expression: `sum(${llmUnansweredByModel.record})`,
};

/** Answers a second that somebody waited for: a failed call and the one that made it good are one. */
export const llmAnswersAwaited: RecordingRule = {
  record: "agentpay:llm_answers_awaited:rate5m",
  expression: `sum(${calls()}) - (sum(${failed}) - ${llmUnanswered.record} or vector(0))`,
};

/** Share of a provider's calls that fail and are not made good by another model. */
export const providerErrorRatio: RecordingRule = {
  record: "provider:agentpay_llm_unanswered_per_requests:ratio_rate5m",
  expression:
    `(sum by (provider) (${llmUnansweredByModel.record}) or 0 * sum by (provider) (${calls()}))` +
    ` / (sum by (provider) (${calls()}) > 0)`,
};

/** Share of a model's calls that fail, whoever answers then. */
export const modelErrorRatio: RecordingRule = {
  record: "provider_model:agentpay_llm_requests_errors_per_requests:ratio_rate5m",
  expression:
    `(sum by (provider, model) (${failed}) or 0 * sum by (provider, model) (${calls()}))` +
    ` / (sum by (provider, model) (${calls()}) > 0)`,
};

const firstTokens = `sum by (model, le) (${rate(llmTimeToFirstToken.bucket, "5m")})`;

/** Seconds to the first token that 95% of replies need at most, by model. */
export const firstTokenP95: RecordingRule = {
  record: "model:agentpay_llm_time_to_first_token_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, ${firstTokens})`,
};

/** Seconds to the first token that half of the replies need at most, by model. */
export const firstTokenMedian: RecordingRule = {
  record: "model:agentpay_llm_time_to_first_token_seconds:p50_rate5m",
  expression: `histogram_quantile(0.5, ${firstTokens})`,
};

/** Seconds to the last token that 95% of calls need at most, by model. */
export const llmDurationP95: RecordingRule = {
  record: "model:agentpay_llm_request_duration_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, sum by (model, le) (${rate(metrics.llmRequestDuration.bucket, "5m")}))`,
};

/** Tokens of prompts, wherever the provider took them from. */
export const promptTokens = `${llmTokens.name}{type=~"input|cache_read|cache_write"}`;

/** Share of the prompt that the provider had cached, by model. */
export const promptCacheRatio: RecordingRule = {
  record: "model:agentpay_llm_cache_read_per_input_tokens:ratio_rate1h",
  expression:
    `sum by (model) (${rate(`${llmTokens.name}{type="cache_read"}`, "1h")})` +
    ` / (sum by (model) (${rate(promptTokens, "1h")}) > 0)`,
};

export const llmRecordingRules: RecordingRuleGroup = {
  name: "agentpay-llm.rules",
  interval: "30s",
  rules: [
    llmCalls,
    llmCallsBefore,
    llmFallbacksSucceeded,
    llmFallbacksFailed,
    llmMadeGoodShare,
    llmFailuresMadeGood,
    llmFallbacksExhausted,
    llmUnansweredByModel,
    llmUnanswered,
    llmAnswersAwaited,
    providerErrorRatio,
    modelErrorRatio,
    firstTokenP95,
    firstTokenMedian,
    llmDurationP95,
    promptCacheRatio,
  ],
};
