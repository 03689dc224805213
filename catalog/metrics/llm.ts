/** Calls of language models: how they end, how long they take, what they cost, what is left of the limits. */

import { app, counter, gauge, histogram, open } from "./metric.ts";

const provider = ["anthropic", "openai"] as const;
const model = open("model id, as sent to the provider");
const llmBuckets = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];

export const llmMetrics = {
  llmRequests: counter("agentpay_llm_requests_total", {
    help: "Calls of an LLM, each counted once after its own retries; a fallback is a call of its own.",
    jobs: app,
    labels: {
      provider,
      model,
      // Cancelled: the caller left before the end. It is no failure, and has no error type.
      status: ["success", "error", "cancelled"],
      error_type: [
        "none",
        "rate_limit",
        "overloaded",
        "timeout",
        "connection",
        "server_error",
        "invalid_request",
        "not_found",
        "authentication",
        "permission",
        // The account can't pay: no call succeeds until a person acts.
        "billing",
        "other",
      ],
    },
  }),
  llmRequestDuration: histogram("agentpay_llm_request_duration_seconds", {
    help: "Time to the last token of an LLM response.",
    unit: "seconds",
    jobs: app,
    labels: { provider, model },
    buckets: llmBuckets,
  }),
  llmTimeToFirstToken: histogram("agentpay_llm_time_to_first_token_seconds", {
    help: "Time to the first token of a streamed LLM response.",
    unit: "seconds",
    jobs: app,
    labels: { provider, model },
    buckets: llmBuckets,
  }),
  llmTokens: counter("agentpay_llm_tokens_total", {
    help: "Tokens used; input leaves out those read from or written to the prompt cache.",
    jobs: app,
    labels: { provider, model, type: ["input", "output", "cache_read", "cache_write"] },
  }),
  llmCost: counter("agentpay_llm_cost_usd_total", {
    help: "Estimated cost of LLM requests in US dollars.",
    unit: "usd",
    jobs: app,
    labels: { model },
  }),
  llmUnpricedRequests: counter("agentpay_llm_unpriced_requests_total", {
    help: "LLM requests of unknown cost, counted as costing nothing: no price of the model, or a reply without usage.",
    jobs: app,
    labels: { model },
  }),
  llmFallbacks: counter("agentpay_llm_fallbacks_total", {
    help: "Failed calls of an LLM that another model was asked to make good, by what came of that.",
    jobs: app,
    labels: { from_model: model, to_model: model, outcome: ["succeeded", "failed"] },
  }),
  llmResponses: counter("agentpay_llm_responses_total", {
    help: "LLM responses by the reason they ended.",
    jobs: app,
    labels: {
      model,
      stop_reason: [
        "end_turn",
        "tool_use",
        "stop_sequence",
        "max_tokens",
        "refusal",
        "pause_turn",
        "model_context_window_exceeded",
        "other",
      ],
    },
  }),
  llmRateLimitRemaining: gauge("agentpay_llm_ratelimit_remaining", {
    help: "What is left of the provider's rate limit, from its last response.",
    jobs: app,
    labels: { provider, kind: ["requests", "input_tokens", "output_tokens"] },
  }),
  llmRateLimit: gauge("agentpay_llm_ratelimit_limit", {
    help: "The provider's rate limit, from its last response.",
    jobs: app,
    labels: { provider, kind: ["requests", "input_tokens", "output_tokens"] },
  }),
  llmLedgerDropped: counter("agentpay_llm_ledger_dropped_total", {
    help: "Rows of the table llm_metrics that could not be written, and are lost.",
    jobs: app,
    labels: {},
  }),
};
