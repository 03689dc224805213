import { increase, rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { costPerConversation, costRates, dailyCost, monthToDateCost } from "../recording-rules/cost.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, MINIMUM_OBSERVATIONS } from "./alert.ts";

/** USD a day at the pace of a window. */
const pace = (window: keyof typeof costRates) => `${costRates[window].record} * 86400`;

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

const llmCostRunaway: Alert = {
  name: "LLMCostRunaway",
  severity: "critical",
  service: "cost",
  summary: "Something spends money on language models far too fast.",
  description:
    "LLM calls cost {{ $value | humanize }} USD a day at the pace of the last hour, and still do: a loop or an abuser empties the budget while users notice nothing.",
  threshold: {
    default: 300,
    unit: "USD a day at the present pace",
    source: "three times HighDailyCost's limit: set it along with that one",
  },
  // The hour proves that it matters, the 5 minutes that it goes on.
  expression: (threshold) => `${pace("1h")} > ${threshold} and ${pace("5m")} > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-cost", panel: "pace" },
};

const llmCostAbovePlan: Alert = {
  name: "LLMCostAbovePlan",
  severity: "warning",
  service: "cost",
  summary: "Language models have cost more than planned for hours.",
  description:
    "LLM calls cost {{ $value | humanize }} USD a day at the pace of the last 6 hours: at this pace the month ends over budget.",
  threshold: {
    default: 120,
    unit: "USD a day at the present pace",
    source: "1.2 times HighDailyCost's limit: set it along with that one",
  },
  expression: (threshold) => `${pace("6h")} > ${threshold} and ${pace("30m")} > ${threshold}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-cost", panel: "slowPace" },
};

const llmMonthlyBudgetNearlySpent: Alert = {
  name: "LLMMonthlyBudgetNearlySpent",
  severity: "warning",
  service: "cost",
  summary: "The monthly budget for language models is nearly spent.",
  description:
    "LLM calls of this calendar month cost {{ $value | humanize }} USD so far: there is time to decide before the budget is gone.",
  threshold: {
    default: 2000,
    unit: "USD in a calendar month",
    source: "80% of 2500 USD, a month of a little less than the guide's daily limit",
  },
  expression: (threshold) => `${monthToDateCost.record} > ${threshold}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-cost", panel: "monthly" },
};

const llmCostPerConversationHigh: Alert = {
  name: "LLMCostPerConversationHigh",
  severity: "warning",
  service: "cost",
  summary: "A conversation costs more than it should.",
  description:
    "A conversation costs {{ $value | humanize }} USD of LLM calls on average: the number of visitors has not grown, but what each of them costs has.",
  threshold: {
    default: 0.5,
    unit: "USD a conversation, over an hour",
    source: "a starting point; compare with what a conversation earns",
  },
  expression: (threshold) =>
    `${costPerConversation.record} > ${threshold}` +
    ` and sum(${increase(metrics.conversationsStarted.name, "1h")}) > ${MINIMUM_OBSERVATIONS}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-cost", panel: "perConversation" },
};

/** USD an hour below which no multiple is worth a look. */
const MINIMUM_HOURLY_COST = 1;
const hourly = costRates["1h"].record;

const llmCostAnomaly: Alert = {
  name: "LLMCostAnomaly",
  severity: "warning",
  service: "cost",
  summary: "Language models cost several times the usual.",
  description:
    "LLM calls cost {{ $value | humanize }} times what they did in a busy hour of the week up to yesterday, whatever the budget says.",
  threshold: {
    default: 3,
    unit: "times a busy hour of the week up to yesterday",
    source: "a starting point; the busiest hours of a week are alike",
  },
  // One hour in twenty was busier: work that is done on some days or hours only is no anomaly each time, and an earlier
  // anomaly of some hours does not count as usual. The week ends a day ago, or the present would be a part of it.
  expression: (threshold) =>
    `${hourly} / (quantile_over_time(0.95, ${hourly}[7d] offset 1d) > 0) > ${threshold}` +
    ` and ${hourly} * 3600 > ${MINIMUM_HOURLY_COST}`,
  // A day after the first start, it compares with the few minutes of the start, far too low; an hour later it no longer does.
  holdFor: "1h",
  panel: { dashboard: "agentpay-cost", panel: "anomaly" },
};

const unpriced = metrics.llmUnpricedRequests.name;

const llmCostNotRecorded: Alert = {
  name: "LLMCostNotRecorded",
  severity: "warning",
  service: "cost",
  summary: "Language models are used, but no cost is counted.",
  description:
    "{{ $value | humanize }} LLM calls a second succeed and none adds to the cost counter: every cost alert is blind until it counts again.",
  // Calls without a price have an alert of their own.
  expression: () =>
    `sum(${rate(`${metrics.llmRequests.name}{status="success"}`, "15m")}) > 0` +
    ` unless on () (sum(${rate(metrics.llmCost.name, "15m")}) > 0)` +
    ` unless on () (sum(${rate(unpriced, "15m")}) > 0)`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-cost", panel: "pace" },
};

const llmModelWithoutPrice: Alert = {
  name: "LLMModelWithoutPrice",
  severity: "warning",
  service: "cost",
  summary: "A language model is used that has no price.",
  description:
    "{{ $value | humanize }} calls of {{ $labels.model }} in 30 minutes were counted as costing nothing: what they cost is missing from every cost alert.",
  threshold: {
    default: MINIMUM_FAILURES,
    unit: "calls in 30 minutes",
    source: "a starting point; leaves room for somebody trying out a model",
  },
  expression: (threshold) => `sum by (model) (${increase(unpriced, "30m")}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-cost", panel: "unpriced" },
};

const llmLedgerRowsDropped: Alert = {
  name: "LLMLedgerRowsDropped",
  severity: "warning",
  service: "cost",
  summary: "Rows of the cost ledger are lost.",
  description:
    "{{ $value | humanize }} rows of llm_metrics could not be written in 30 minutes and are lost: what those calls cost is missing from every report. Users notice nothing.",
  // No threshold: the ledger is the exact account, so it misses nothing.
  expression: () => `sum by (job) (${increase(metrics.llmLedgerDropped.name, "30m")}) > 0`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-cost", panel: "ledgerDropped" },
};

export const costAlerts: AlertGroup = {
  name: "agentpay-cost",
  interval: "1m",
  alerts: [
    highDailyCost,
    llmCostRunaway,
    llmCostAbovePlan,
    llmMonthlyBudgetNearlySpent,
    llmCostPerConversationHigh,
    llmCostAnomaly,
    llmCostNotRecorded,
    llmModelWithoutPrice,
    llmLedgerRowsDropped,
  ],
};
