/** What the models cost. Prometheus estimates, the provider's bill is exact. */
import { increase, rate } from "../counting.ts";
import { type Duration, inSeconds } from "../duration.ts";
import { metrics } from "../metrics/index.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const INTERVAL: Duration = "1m";

/** Pace over a window, USD a second. */
function costRate(window: Duration): RecordingRule {
  return {
    record: `agentpay:llm_cost_usd:rate${window}`,
    expression: `sum(${rate(metrics.llmCost.name, window)})`,
  };
}

export const costRates = {
  "5m": costRate("5m"),
  "30m": costRate("30m"),
  "1h": costRate("1h"),
  "6h": costRate("6h"),
};

/** Pace of each model over an hour, USD a second. */
export const modelCostRate: RecordingRule = {
  record: "model:agentpay_llm_cost_usd:rate1h",
  expression: `sum by (model) (${rate(metrics.llmCost.name, "1h")})`,
};

/** The last 24 hours, USD. */
export const dailyCost: RecordingRule = {
  record: "agentpay:llm_cost_usd:increase1d",
  expression: `sum(${increase(metrics.llmCost.name, "1d")})`,
};

/** The last 30 days, USD: each recorded pace times the seconds that it stands for. */
export const monthlyCost: RecordingRule = {
  record: "agentpay:llm_cost_usd:increase30d",
  expression: `sum_over_time(${costRates["5m"].record}[30d]) * ${inSeconds(INTERVAL)}`,
};

/** 1 to 12, of UTC. */
const monthNumber: RecordingRule = { record: "agentpay:calendar_month:number", expression: "month()" };

const MONTH_TO_DATE = "agentpay:llm_cost_usd:month_to_date";

/**
 * Since the calendar month began, or since this was first recorded, USD: what was recorded last, unless that was in
 * another month, and what a minute costs at the present pace.
 */
export const monthToDateCost: RecordingRule = {
  record: MONTH_TO_DATE,
  expression:
    `(last_over_time(${MONTH_TO_DATE}[7d]) and on () last_over_time(${monthNumber.record}[7d]) == month() or vector(0))` +
    ` + (${costRates["5m"].record} * ${inSeconds(INTERVAL)} or vector(0))`,
};

/** USD for each conversation started, over an hour. */
export const costPerConversation: RecordingRule = {
  record: "agentpay:llm_cost_usd_per_conversations:ratio_rate1h",
  expression: `sum(${rate(metrics.llmCost.name, "1h")}) / (sum(${rate(metrics.conversationsStarted.name, "1h")}) > 0)`,
};

export const costRecordingRules: RecordingRuleGroup = {
  name: "agentpay-cost.rules",
  interval: INTERVAL,
  rules: [
    ...Object.values(costRates),
    modelCostRate,
    dailyCost,
    monthlyCost,
    monthToDateCost,
    monthNumber,
    costPerConversation,
  ],
};
