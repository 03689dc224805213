import { metrics } from "../metrics.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const started = metrics.conversationsStarted.name;

/** Conversations started a second, smoothed over half an hour. */
export const conversationRate: RecordingRule = {
  record: "agentpay:conversations_started:rate30m",
  expression: `sum(rate(${started}[30m]))`,
};

/** The same a week ago, averaged over an hour; a day ago, as long as there was no week. */
export const usualConversationRate: RecordingRule = {
  record: "agentpay:conversations_started:usual_rate1h",
  expression:
    `avg_over_time(${conversationRate.record}[1h] offset 1w)` +
    ` or avg_over_time(${conversationRate.record}[1h] offset 1d)`,
};

/** Share of conversations that ended in a completed checkout, over a day. */
export const conversionRatio: RecordingRule = {
  record: "agentpay:checkouts_completed_per_conversations:ratio_rate1d",
  expression: `sum(rate(${metrics.checkouts.name}{status="completed"}[1d])) / (sum(rate(${started}[1d])) > 0)`,
};

export const businessRecordingRules: RecordingRuleGroup = {
  name: "agentpay-business.rules",
  interval: "1m",
  rules: [conversationRate, usualConversationRate, conversionRatio],
};
