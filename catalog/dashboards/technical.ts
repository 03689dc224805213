import { metrics } from "../metrics.ts";
import { websocketConnections } from "../recording-rules/api.ts";
import { conversationRate, conversionRatio, usualConversationRate } from "../recording-rules/business.ts";
import type { Dashboard } from "./dashboard.ts";

const closes = (matchers: string) =>
  `sum(rate(${metrics.websocketDisconnects.name}{${matchers}instance=~"$instance"}[$__rate_interval]))`;
const jobs = (matchers: string) =>
  `sum by (queue) (rate(${metrics.workerJobs.name}${matchers}[$__rate_interval]))`;

/** What the alerts of the API, its WebSockets, the conversations on it and the worker watch. */
export const technical = {
  uid: "agentpay-technical",
  title: "AgentPay / Technical",
  description: "Are the servers up, do conversations happen on them, and does the worker keep pace?",
  panels: {
    serversUp: {
      title: "Servers That Answer",
      description: "API servers and workers that Prometheus reaches; good is all of them.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (job) (${metrics.up.name}{job=~"agentpay-(api|worker)"})`,
          legend: "{{job}} up",
        },
        {
          expression: `count by (job) (${metrics.up.name}{job=~"agentpay-(api|worker)"})`,
          legend: "{{job}} known",
        },
      ],
    },
    webSocketConnections: {
      title: "Open Chat Connections",
      description: "WebSockets of visitors with the chat widget on their page; it follows the time of day.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: websocketConnections.record, legend: "connections" }],
    },
    webSocketConnectionsVersusBefore: {
      title: "Open Chat Connections, of Those Half an Hour Before",
      description: "How many visitors stayed connected; good is close to 100%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${websocketConnections.record} / (avg_over_time(${websocketConnections.record}[30m] offset 5m) > 0)`,
          legend: "connections",
        },
      ],
    },
    webSocketBadCloses: {
      title: "Chat Connections That Broke",
      description: "Share of closed WebSockets that ended in an error or timeout; good is a few percent.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${closes('reason=~"error|timeout",')} / (${closes("")} > 0)`,
          legend: "broken",
        },
      ],
    },
    conversationsVersusUsual: {
      title: "Conversations, of the Usual Number",
      description: "Conversations started, of those at the same time a week ago; good is around 100%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${conversationRate.record} / (${usualConversationRate.record} > 0)`,
          legend: "conversations",
        },
      ],
    },
    conversionVersusUsual: {
      title: "Sales per Conversation, of the Usual Number",
      description:
        "Conversations of the last day that ended in a sale, of last week's share; good is around 100%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${conversionRatio.record} / (avg_over_time(${conversionRatio.record}[7d] offset 1d) > 0)`,
          legend: "sales per conversation",
        },
      ],
    },
    queueLength: {
      title: "Queue Length",
      description: "Jobs that wait for a worker; good is a short queue that empties.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `max by (queue) (${metrics.workerQueueDepth.name})`, legend: "{{queue}}" }],
    },
    queueThroughput: {
      title: "Jobs Done",
      description: "Jobs worked off a second; none while the queue is not empty means that it is stalled.",
      unit: "cps",
      visualization: "timeseries",
      queries: [{ expression: jobs(""), legend: "{{queue}}" }],
    },
    oldestJob: {
      title: "Oldest Waiting Job",
      description: "How long the oldest job has waited; good is seconds.",
      unit: "s",
      visualization: "timeseries",
      queries: [{ expression: `max by (queue) (${metrics.workerOldestJobAge.name})`, legend: "{{queue}}" }],
    },
    jobFailures: {
      title: "Failed Jobs",
      description: "Share of jobs that fail; good is well below 1%.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${jobs('{status="failed"}')} / (${jobs("")} > 0)`, legend: "{{queue}}" }],
    },
  },
} as const satisfies Dashboard;
