import { metrics } from "../metrics.ts";
import { costPerConversation, costRates, monthlyCost } from "../recording-rules/cost.ts";
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
  panels: {
    pace: {
      title: "Cost of a Day at the Present Pace",
      description:
        "USD a day if it went on as in the last hour, and as in the last 5 minutes; zero is a fault.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [pace("1h"), pace("5m")],
    },
    slowPace: {
      title: "Cost of a Day at the Pace of Hours",
      description: "USD a day if it went on as in the last 6 hours, and as in the last 30 minutes.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [pace("6h"), pace("30m")],
    },
    monthly: {
      title: "Cost of 30 Days",
      description: "USD spent in the last 30 days.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: monthlyCost.record, legend: "all models" }],
    },
    perConversation: {
      title: "Cost of a Conversation",
      description:
        "USD for each conversation started in the last hour; it changes with prompts, not with traffic.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: costPerConversation.record, legend: "a conversation" }],
    },
    anomaly: {
      title: "Cost, of the Usual",
      description: "The last hour's cost, of the mean of the week up to yesterday; 1 is as usual.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: `${hourly} / (avg_over_time(${hourly}[7d] offset 1d) > 0)`, legend: "times the usual" },
      ],
    },
    unpriced: {
      title: "Calls Without a Price",
      description: "LLM calls in 30 minutes that were counted as costing nothing; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (model) (increase(${metrics.llmUnpricedRequests.name}[30m]))`,
          legend: "{{model}}",
        },
      ],
    },
  },
} as const satisfies Dashboard;
