import { rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const started = metrics.conversationsStarted.name;

/** Conversations started a second, smoothed over half an hour. */
export const conversationRate: RecordingRule = {
  record: "agentpay:conversations_started:rate30m",
  expression: `sum(${rate(started, "30m")})`,
};

/** What tells of an outage: what happens meanwhile is nothing to compare with. */
const outages =
  `max_over_time(${metrics.alerts.name}{alertstate="firing",alertname="ConversationsDropped"}[10m])` +
  ` or max_over_time(${metrics.alerts.name}{alertstate="firing",severity="critical",service=~"api|edge|websocket|conversations|llm|postgres|redis"}[10m])`;

/** The same, but for the time of an outage: a weekly one would hide itself in the week before. */
const healthyConversationRate: RecordingRule = {
  record: "agentpay:conversations_started:healthy_rate30m",
  expression: `${conversationRate.record} unless on () (${outages})`,
};

const ago = (time: "1d" | "1w" | "2w") =>
  `avg_over_time(${healthyConversationRate.record}[1h] offset ${time})`;

/**
 * The same a week ago, averaged over an hour, or two weeks ago where that was more. As long as there was no week, half of a
 * day ago: a Saturday may have half of a Friday's.
 */
export const usualConversationRate: RecordingRule = {
  record: "agentpay:conversations_started:usual_rate1h",
  expression: `${ago("2w")} > ${ago("1w")} or ${ago("1w")} or ${ago("2w")} or 0.5 * ${ago("1d")}`,
};

/** Share of conversations that ended in a completed checkout, over a day. */
export const conversionRatio: RecordingRule = {
  record: "agentpay:checkouts_completed_per_conversations:ratio_rate1d",
  expression:
    `sum(${rate(`${metrics.checkouts.name}{status="completed"}`, "1d")})` +
    ` / (sum(${rate(started, "1d")}) > 0)`,
};

/** The usual share of the week up to yesterday: the middle one, since a day without sales would lower a mean. */
export const usualConversionRatio = `quantile_over_time(0.5, ${conversionRatio.record}[7d] offset 1d)`;

export const businessRecordingRules: RecordingRuleGroup = {
  name: "agentpay-business.rules",
  interval: "1m",
  rules: [conversationRate, healthyConversationRate, usualConversationRate, conversionRatio],
};
