import { metrics } from "../metrics/index.ts";
import { latencyBucketsByInstance, userEndpoints } from "../recording-rules/api.ts";
import { dailyCost } from "../recording-rules/cost.ts";
import { connectionRatio, statementSeconds } from "../recording-rules/data.ts";
import { llmUnanswered } from "../recording-rules/llm.ts";
import type { Dashboard } from "./dashboard.ts";

const requests = `${metrics.requests.name}{${userEndpoints},instance=~"$instance"}`;
const serverErrors = `${metrics.requests.name}{${userEndpoints},instance=~"$instance",status=~"5.."}`;
const latency = `${latencyBucketsByInstance.record}{instance=~"$instance"}`;

const quantile = (q: number) => `histogram_quantile(${q}, sum by (le) (${latency}))`;

/** The guide's dashboard: its five panels with queries that show something, and what its other alerts watch. */
export const agentPayMetrics = {
  uid: "agentpay-metrics",
  title: "AgentPay Metrics",
  description: "Is AgentPay serving its users, and what does it cost right now?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    requestRate: {
      row: "Users",
      title: "Request Rate",
      description: "Requests a second by route; a sudden drop is as bad as a spike.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        { expression: `sum by (endpoint) (rate(${requests}[$__rate_interval]))`, legend: "{{endpoint}}" },
      ],
    },
    latencyP95: {
      title: "p95 Latency",
      description: "Time within which half, 95% and 99% of requests are answered; p95 stays below the line.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        { expression: quantile(0.5), legend: "p50" },
        { expression: quantile(0.95), legend: "p95" },
        { expression: quantile(0.99), legend: "p99" },
      ],
    },
    errorRatio: {
      title: "Error Rate",
      description: "Share of requests that end in a server error; good is close to zero.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `(sum(rate(${serverErrors}[$__rate_interval])) or vector(0))` +
            ` / (sum(rate(${requests}[$__rate_interval])) > 0)`,
          legend: "server errors",
        },
      ],
    },
    activeConversations: {
      title: "Active Conversations",
      description: "Visitors talking to the agent now; it follows the time of day.",
      width: 12,
      unit: "short",
      visualization: "stat",
      queries: [
        {
          expression: `sum(${metrics.activeConversations.name}{instance=~"$instance"})`,
          legend: "conversations",
        },
      ],
    },
    llmCost: {
      row: "Language models and database",
      title: "LLM Cost (Last Hour)",
      description: "USD spent on each model in the last hour, estimated from counters.",
      unit: "currencyUSD",
      visualization: "timeseries",
      queries: [
        { expression: `sum by (model) (increase(${metrics.llmCost.name}[1h]))`, legend: "{{model}}" },
      ],
    },
    llmDailyCost: {
      title: "LLM Cost (24 Hours)",
      description: "USD spent on all models in the last 24 hours, estimated from counters.",
      width: 12,
      unit: "currencyUSD",
      visualization: "stat",
      queries: [{ expression: dailyCost.record, legend: "all models" }],
    },
    llmFailures: {
      title: "LLM Failures",
      description:
        "LLM calls in 5 minutes that no model answered, and those that failed, by kind of error; good is none.",
      nothing: "No call has failed.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        { expression: `${llmUnanswered.record} * 300`, legend: "unanswered" },
        {
          expression: `sum by (error_type) (increase(${metrics.llmRequests.name}{status="error"}[5m]))`,
          legend: "{{error_type}}",
        },
      ],
    },
    databaseConnections: {
      title: "Database Connections",
      description:
        "Share of PostgreSQL's usable connection slots in use; at 100% every request that needs it fails.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: connectionRatio.record, legend: "{{instance}}" }],
    },
    slowestStatements: {
      title: "Slowest Statements",
      description: "Mean time of the five slowest database statements; good is well below a second.",
      nothing: "No statement has run for 5 minutes.",
      unit: "s",
      visualization: "timeseries",
      queries: [{ expression: `topk(5, ${statementSeconds.record})`, legend: "{{datname}} {{queryid}}" }],
    },
  },
} as const satisfies Dashboard;
