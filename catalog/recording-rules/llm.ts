import { metrics } from "../metrics.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const { llmRequests, llmTimeToFirstToken, llmTokens } = metrics;
const byProvider = (matchers: string) => `sum by (provider) (rate(${llmRequests.name}${matchers}[5m]))`;

/** Share of calls that failed after retries and fallback, by provider: who is failing, we or one of them. */
export const providerErrorRatio: RecordingRule = {
  record: "provider:agentpay_llm_requests_errors_per_requests:ratio_rate5m",
  expression: `(${byProvider('{status="error"}')} or 0 * ${byProvider("")}) / (${byProvider("")} > 0)`,
};

/** Seconds to the first token that 95% of replies need at most, by model. */
export const firstTokenP95: RecordingRule = {
  record: "model:agentpay_llm_time_to_first_token_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, sum by (model, le) (rate(${llmTimeToFirstToken.bucket}[5m])))`,
};

/** Seconds to the last token that 95% of calls need at most, by model. */
export const llmDurationP95: RecordingRule = {
  record: "model:agentpay_llm_request_duration_seconds:p95_rate5m",
  expression: `histogram_quantile(0.95, sum by (model, le) (rate(${metrics.llmRequestDuration.bucket}[5m])))`,
};

/** Tokens of prompts, wherever the provider took them from. */
export const promptTokens = `${llmTokens.name}{type=~"input|cache_read|cache_write"}`;

/** Share of the prompt that the provider had cached, by model. */
export const promptCacheRatio: RecordingRule = {
  record: "model:agentpay_llm_cache_read_per_input_tokens:ratio_rate1h",
  expression:
    `sum by (model) (rate(${llmTokens.name}{type="cache_read"}[1h]))` +
    ` / (sum by (model) (rate(${promptTokens}[1h])) > 0)`,
};

export const llmRecordingRules: RecordingRuleGroup = {
  name: "agentpay-llm.rules",
  interval: "30s",
  rules: [providerErrorRatio, firstTokenP95, llmDurationP95, promptCacheRatio],
};
