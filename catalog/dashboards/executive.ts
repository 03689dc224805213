import { metrics } from "../metrics/index.ts";
import { apiAvailability30d, quickEndpoints, userEndpoints } from "../recording-rules/api.ts";
import { conversionRatio } from "../recording-rules/business.ts";
import { costPerConversation } from "../recording-rules/cost.ts";
import { objectiveRecords } from "../recording-rules/objectives.ts";
import type { Dashboard } from "./dashboard.ts";

/** One definition of a sale, for its number and for its share. */
const SOLD = "status = 'completed' AND checkout_id IS NOT NULL";
const DAY = "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')";

/** Conversations since the calendar day, week or month (UTC) began. */
const conversationsSince = (unit: "day" | "week" | "month") =>
  `SELECT count(*) AS conversations
FROM conversations
WHERE created_at >= date_trunc('${unit}', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;

const requests = (matchers: string) => `sum(rate(${metrics.requests.name}{${userEndpoints}${matchers}}[1h]))`;

/** The guide's dashboard for those who run the business. Exact numbers come from the database, trends from counters. */
export const executive = {
  uid: "agentpay-executive",
  title: "AgentPay / Executive",
  description: "How many people talk to the agent, do they buy, and what does that cost?",
  folder: "agentpay-business",
  range: "30d",
  panels: {
    conversationsToday: {
      row: "Today",
      title: "Conversations Today",
      description: "Conversations started since midnight UTC, from the database.",
      unit: "none",
      visualization: "stat",
      sql: conversationsSince("day"),
    },
    conversationsWeek: {
      title: "Conversations This Week",
      description: "Conversations started since Monday 00:00 UTC, from the database.",
      unit: "none",
      visualization: "stat",
      sql: conversationsSince("week"),
    },
    conversationsMonth: {
      title: "Conversations This Month",
      description: "Conversations started since the first of the month UTC, from the database.",
      unit: "none",
      visualization: "stat",
      sql: conversationsSince("month"),
    },
    revenue: {
      title: "Revenue, Last 24 Hours",
      description: "USD of completed checkouts in the last 24 hours, estimated from counters.",
      unit: "currencyUSD",
      visualization: "stat",
      queries: [{ expression: `sum(increase(${metrics.checkoutRevenue.name}[1d]))`, legend: "revenue" }],
    },
    conversations24h: {
      row: "Trends",
      title: "Conversations, Last 24 Hours",
      description: "Conversations started in the last 24 hours, estimated from counters; follows the week.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: `sum(increase(${metrics.conversationsStarted.name}[1d]))`, legend: "conversations" },
      ],
    },
    conversionRate: {
      title: "Conversion Rate",
      description: "Share of a day's conversations that ended in a sale; good holds steady or climbs.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: conversionRatio.record, legend: "conversion" }],
    },
    responseTime: {
      title: "Average Response Time",
      description: "Mean time of an answer over an hour, streams left out; good is well below a second.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum(rate(${metrics.requestLatency.sum}{${quickEndpoints}}[1h]))` +
            ` / (sum(rate(${metrics.requestLatency.count}{${quickEndpoints}}[1h])) > 0)`,
          legend: "mean",
        },
      ],
    },
    costPerConversation: {
      title: "Cost per Conversation",
      description: "USD of language models for each conversation of the last hour.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [{ expression: costPerConversation.record, legend: "a conversation" }],
    },
    uptime: {
      row: "Promises",
      title: "Requests Answered, Last Hour",
      description: "Share of requests answered without a server error; good is above 99.9%.",
      unit: "percentunit",
      visualization: "stat",
      queries: [
        {
          expression: `1 - (${requests(',status=~"5.."')} or vector(0)) / (${requests("")} > 0)`,
          legend: "answered",
        },
      ],
    },
    serversUp: {
      title: "Uptime, 30 Days",
      description:
        "Share of the last 30 days in which the API did what it was asked: down counts as nothing, and so do failed requests.",
      unit: "percentunit",
      visualization: "stat",
      queries: [{ expression: apiAvailability30d.record, legend: "uptime" }],
    },
    errorBudget: {
      title: "Error Budget Left",
      description: "Share of the 30 days' error budget that is left; below 0 a promise is broken.",
      unit: "percentunit",
      visualization: "bargauge",
      queries: [{ expression: objectiveRecords.budgetRemaining, legend: "{{slo}}" }],
    },
    dailyConversationTrend: {
      row: "By day, from the database",
      title: "Conversations and Sales by Day",
      description: "Conversations started and sold, in days of UTC.",
      unit: "none",
      visualization: "timeseries",
      sql: `SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS time,
  count(*) AS "Conversations", count(*) FILTER (WHERE ${SOLD}) AS "Sales"
FROM conversations
WHERE $__timeFilter(created_at)
GROUP BY 1
ORDER BY 1`,
    },
    dailyConversations: {
      title: "Daily Conversations",
      description: "Conversations, sales, their share and the mean length, in days of UTC.",
      unit: "none",
      visualization: "table",
      width: 12,
      columns: { "Share sold": "percentunit", "Mean length": "s" },
      sql: `SELECT ${DAY} AS "Day", count(*) AS "Conversations", count(*) FILTER (WHERE ${SOLD}) AS "Sales",
  round(count(*) FILTER (WHERE ${SOLD}) / nullif(count(*), 0)::numeric, 4) AS "Share sold",
  round(avg(extract(epoch FROM completed_at - created_at)), 1) AS "Mean length"
FROM conversations
WHERE $__timeFilter(created_at)
GROUP BY 1
ORDER BY 1 DESC`,
    },
  },
} as const satisfies Dashboard;
