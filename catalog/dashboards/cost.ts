import { metrics } from "../metrics/index.ts";
import {
  costPerConversation,
  costRates,
  dailyCost,
  modelCostRate,
  monthlyCost,
  monthToDateCost,
} from "../recording-rules/cost.ts";
import type { Dashboard } from "./dashboard.ts";

const pace = (window: keyof typeof costRates) => ({
  expression: `${costRates[window].record} * 86400`,
  legend: `pace of ${window}`,
});
const hourly = costRates["1h"].record;

/** What the alerts on cost watch. Estimates from counters: the provider's bill is exact. */
export const cost = {
  uid: "agentpay-cost",
  title: "AgentPay / Cost",
  description: "What do the language models cost, and is that more than planned?",
  folder: "agentpay-llm-cost",
  range: "7d",
  panels: {
    lastHour: {
      title: "Last Hour",
      description: "USD spent in the last hour on all models.",
      unit: "currencyUSD",
      visualization: "stat",
      queries: [{ expression: `${hourly} * 3600`, legend: "last hour" }],
    },
    lastDay: {
      title: "Last 24 Hours",
      description: "USD spent in the last 24 hours on all models.",
      unit: "currencyUSD",
      visualization: "stat",
      queries: [{ expression: dailyCost.record, legend: "last 24 hours" }],
    },
    projectedMonth: {
      title: "30 Days at This Pace",
      description: "USD for 30 days if it went on as in the last 6 hours.",
      unit: "currencyUSD",
      visualization: "stat",
      queries: [{ expression: `${costRates["6h"].record} * 86400 * 30`, legend: "30 days" }],
    },
    perMillionTokens: {
      title: "Cost per Million Tokens",
      description: "USD for a million tokens of all kinds in the last hour, by model.",
      unit: "currencyUSD",
      visualization: "bargauge",
      width: 6,
      queries: [
        {
          expression: `${modelCostRate.record} / (sum by (model) (rate(${metrics.llmTokens.name}[1h])) > 0) * 1e6`,
          legend: "{{model}}",
        },
      ],
    },
    pace: {
      title: "Projected LLM Cost per Day (Last Hour)",
      description:
        "USD a day if it went on as in the last hour, and as in the last 5 minutes; zero is a fault.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [pace("1h"), pace("5m")],
    },
    slowPace: {
      title: "Projected LLM Cost per Day (Last 6 Hours)",
      description: "USD a day if it went on as in the last 6 hours, and as in the last 30 minutes.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [pace("6h"), pace("30m")],
    },
    monthly: {
      title: "LLM Cost This Month",
      description: "USD spent since the calendar month (UTC) began, and in the last 30 days.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [
        { expression: monthToDateCost.record, legend: "this month" },
        { expression: monthlyCost.record, legend: "30 days" },
      ],
    },
    perConversation: {
      title: "Cost of a Conversation",
      description:
        "USD for each conversation started in the last hour; it changes with prompts, not with traffic.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: costPerConversation.record, legend: "a conversation" }],
    },
    byModel: {
      title: "Cost of an Hour by Model",
      description: "USD an hour that each model costs, over the last hour.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: `${modelCostRate.record} * 3600`, legend: "{{model}}" }],
    },
    anomaly: {
      title: "LLM Cost Compared With the Usual",
      description:
        "The last hour's cost, compared with a busy hour of the week up to yesterday; 1 is as usual.",
      nothing: "Nothing to compare with before a day has passed.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `${hourly} / (quantile_over_time(0.95, ${hourly}[7d] offset 1d) > 0)`,
          legend: "times the usual",
        },
      ],
    },
    unpriced: {
      title: "Calls Without a Price",
      description: "LLM calls in 30 minutes that were counted as costing nothing; good is none.",
      nothing: "Every model has a price.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (model) (increase(${metrics.llmUnpricedRequests.name}[30m]))`,
          legend: "{{model}}",
        },
      ],
    },
    ledgerDropped: {
      title: "Ledger Rows Lost",
      description: "Rows of llm_metrics in 30 minutes that could not be written; good is none.",
      nothing: "No row was lost.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: `sum by (job) (increase(${metrics.llmLedgerDropped.name}[30m]))`, legend: "{{job}}" },
      ],
    },
    ledger: {
      row: "The ledger",
      title: "Ledger by Day and Model",
      description:
        "What AgentPay wrote down of each call, in days of UTC: exact where the panels above estimate.",
      unit: "none",
      visualization: "table",
      columns: { Cost: "currencyUSD", "p95 latency": "s" },
      sql: `SELECT to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "Day", model AS "Model",
  round(sum(cost_usd), 4) AS "Cost", count(*) AS "Calls",
  count(*) FILTER (WHERE cost_usd IS NULL) AS "Without a price",
  percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) / 1000 AS "p95 latency"
FROM llm_metrics
WHERE $__timeFilter("timestamp")
GROUP BY 1, 2
ORDER BY 1 DESC, sum(cost_usd) DESC NULLS LAST, model`,
    },
  },
} as const satisfies Dashboard;
