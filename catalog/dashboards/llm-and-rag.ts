import { metrics } from "../metrics/index.ts";
import { costRates, dailyCost, modelCostRate } from "../recording-rules/cost.ts";
import {
  firstTokenMedian,
  firstTokenP95,
  llmUnansweredByModel,
  modelErrorRatio,
  promptCacheRatio,
  providerErrorRatio,
} from "../recording-rules/llm.ts";
import type { Dashboard } from "./dashboard.ts";

const { llmFallbacks, llmRateLimit, llmRateLimitRemaining, llmRequests, llmResponses, llmTokens } = metrics;
const { ragQueries, ragQueryDuration, toolCalls } = metrics;

/** Share of a counter's events that match, by labels. @param among matchers of those that it is a share of */
const share = ({ name }: { name: string }, by: string, matcher: string, among = "") =>
  `sum${by} (rate(${name}{${matcher}${among && `,${among}`}}[$__rate_interval]))` +
  ` / (sum${by} (rate(${name}${among && `{${among}}`}[$__rate_interval])) > 0)`;

const CHOSEN = 'model=~"$model"';

/** What the alerts of the language models, knowledge retrieval and tools watch. */
export const llmAndRag = {
  uid: "agentpay-llm",
  title: "AgentPay / LLM and RAG",
  description: "Does the agent answer: do models, retrieval and tools work, and how quickly?",
  folder: "agentpay-llm-cost",
  range: "6h",
  panels: {
    requests: {
      row: "Traffic and cost",
      title: "Calls by Model",
      description: "LLM calls a second by model; it follows the conversations.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (model) (rate(${llmRequests.name}{${CHOSEN}}[$__rate_interval]))`,
          legend: "{{model}}",
        },
      ],
    },
    costByModel: {
      title: "Cost of an Hour by Model",
      description: "USD an hour that each model costs, over the last hour, estimated from counters.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: `${modelCostRate.record}{${CHOSEN}} * 3600`, legend: "{{model}}" }],
    },
    tokens: {
      title: "Tokens by Type",
      description: "Tokens a minute; cache reads are the cheap ones, output the dear ones.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (type) (rate(${llmTokens.name}{${CHOSEN}}[$__rate_interval])) * 60`,
          legend: "{{type}}",
        },
      ],
    },
    budget: {
      title: "Spend Against the Daily Budget",
      description:
        "USD of the last 24 hours, and of a day at the present pace; the line is the daily budget.",
      thresholdsOf: ["HighDailyCost"],
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [
        { expression: dailyCost.record, legend: "last 24 hours" },
        { expression: `${costRates["1h"].record} * 86400`, legend: "a day at this pace" },
      ],
    },
    failuresByType: {
      row: "Failures",
      title: "Failures by Type",
      description:
        "Failed LLM calls a second by kind of error, whether a fallback answered or not; good is none.",
      nothing: "No call has failed.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (provider, error_type) (rate(${llmRequests.name}{status="error",${CHOSEN}}[$__rate_interval]))`,
          legend: "{{provider}} {{error_type}}",
        },
      ],
    },
    providerErrorRatio: {
      title: "Failed Calls by Provider",
      description: "Share of LLM calls that fail and that no fallback makes good; good is below 1%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: providerErrorRatio.record, legend: "{{provider}}" }],
    },
    unanswered: {
      title: "Unanswered LLM Calls",
      description: "Calls in 5 minutes that failed and that no fallback made good, by model; good is none.",
      nothing: "Every call was answered.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `${llmUnansweredByModel.record}{${CHOSEN}} * 300`, legend: "{{model}}" }],
    },
    modelErrorRatio: {
      title: "LLM Error Rate by Model",
      description: "Share of each model's calls that fail, whoever answers then; good is below 1%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${modelErrorRatio.record}{${CHOSEN}}`, legend: "{{model}}" }],
    },
    rejections: {
      title: "Rejected Calls",
      description:
        "Calls in 5 minutes that a provider refused as unknown, forbidden or unpaid; good is none.",
      nothing: "No call was rejected.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (provider, model, error_type) (increase(${llmRequests.name}{error_type=~"not_found|authentication|permission|billing",${CHOSEN}}[5m]))`,
          legend: "{{model}} {{error_type}}",
        },
      ],
    },
    rateLimitedRatio: {
      title: "Calls Refused by the Rate Limit",
      description: "Share of a provider's calls refused for their number; good is none.",
      nothing: "No call was refused.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: share(llmRequests, " by (provider)", 'error_type="rate_limit"', CHOSEN),
          legend: "{{provider}}",
        },
      ],
    },
    fallbackRatio: {
      title: "Answers of the Fallback Model",
      description:
        "Share of LLM calls that another model answered because the first failed; good is below 1%.",
      nothing: "No fallback was needed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (from_model, to_model) (rate(${llmFallbacks.name}{outcome="succeeded",from_model=~"$model"}[$__rate_interval]))` +
            ` / on () group_left () (sum(rate(${llmRequests.name}{${CHOSEN}}[$__rate_interval])) > 0)`,
          legend: "{{from_model}} to {{to_model}}",
        },
      ],
    },
    failedFallbacks: {
      title: "Failed Fallbacks",
      description: "Calls in 5 minutes that both models failed; good is none.",
      nothing: "No fallback has failed.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum(increase(${llmFallbacks.name}{outcome="failed",from_model=~"$model"}[5m]))`,
          legend: "failed",
        },
      ],
    },
    firstToken: {
      row: "Speed and quality",
      title: "Time to First Token",
      description: "Time within which half and 95% of replies begin; good is below 2.5 s.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        { expression: `${firstTokenMedian.record}{${CHOSEN}}`, legend: "{{model}} p50" },
        { expression: `${firstTokenP95.record}{${CHOSEN}}`, legend: "{{model}} p95" },
      ],
    },
    rateLimitHeadroom: {
      title: "Rate Limit Left",
      description: "Share of each provider's rate limit that is left; at 0 calls are refused.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `min by (provider, kind) (${llmRateLimitRemaining.name} / ${llmRateLimit.name})`,
          legend: "{{provider}} {{kind}}",
        },
      ],
    },
    truncatedRatio: {
      title: "Truncated Replies",
      description:
        "Share of replies cut off by max_tokens, the model's context or its refusal; good is below 1%.",
      nothing: "No reply was cut off.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: share(
            llmResponses,
            " by (model)",
            'stop_reason=~"max_tokens|model_context_window_exceeded|refusal"',
            CHOSEN,
          ),
          legend: "{{model}}",
        },
      ],
    },
    promptCache: {
      title: "Prompt Cache",
      description: "Share of prompt tokens that the provider had cached, over an hour; more is cheaper.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${promptCacheRatio.record}{${CHOSEN}}`, legend: "{{model}}" }],
    },
    ragLatency: {
      row: "Retrieval and tools",
      title: "Retrieval Time by Stage",
      description: "Time within which 95% of retrievals pass each stage; good is a tenth of a second.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression: `histogram_quantile(0.95, sum by (stage, le) (rate(${ragQueryDuration.bucket}[$__rate_interval])))`,
          legend: "{{stage}}",
        },
      ],
    },
    ragFailures: {
      title: "Failed Retrievals",
      description: "Share of retrievals that fail; good is below 1%.",
      nothing: "No retrieval has failed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: share(ragQueries, "", 'status="error"'), legend: "failed" }],
    },
    ragEmpty: {
      title: "Empty Retrievals",
      description: "Share of retrievals that find no document; good is a few percent.",
      nothing: "Every retrieval found something.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: share(ragQueries, "", 'status="empty"'), legend: "empty" }],
    },
    toolFailures: {
      title: "Failed Tool Calls",
      description: "Share of the agent's tool calls that fail; good is below 1%.",
      nothing: "No tool call has failed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: share(toolCalls, " by (tool)", 'status="error"'), legend: "{{tool}}" }],
    },
  },
} as const satisfies Dashboard;
