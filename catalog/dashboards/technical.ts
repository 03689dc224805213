import { metrics } from "../metrics/index.ts";
import { activityRecords } from "../recording-rules/activities.ts";
import {
  errorRatioByInstance,
  latencyBucketsByEndpoint,
  latencyBucketsByInstance,
  latencyP95ByInstance,
  requestsAnswered,
  requestsAnsweredBefore,
  restarts,
  routesRefused,
  userEndpoints,
  websocketConnections,
  websocketConnectionsBefore,
} from "../recording-rules/api.ts";
import {
  conversationRate,
  conversionRatio,
  usualConversationRate,
  usualConversionRatio,
} from "../recording-rules/business.ts";
import { llmDurationP95 } from "../recording-rules/llm.ts";
import type { Dashboard } from "./dashboard.ts";

const requests = (matchers: string) =>
  `${metrics.requests.name}{${userEndpoints},instance=~"$instance"${matchers}}`;
const latency = `sum by (le) (${latencyBucketsByInstance.record}{instance=~"$instance"})`;
const closes = (matchers: string) =>
  `sum(rate(${metrics.websocketDisconnects.name}{${matchers}instance=~"$instance"}[$__rate_interval]))`;
const jobs = (matchers: string) =>
  `sum by (queue) (rate(${metrics.workerJobs.name}${matchers}[$__rate_interval]))`;

/** What the alerts of the API, its WebSockets, the conversations on it and the worker watch. */
export const technical = {
  uid: "agentpay-technical",
  title: "AgentPay / Technical",
  description: "Are the servers up, do conversations happen on them, and does the worker keep pace?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    serversUp: {
      row: "Servers and requests",
      title: "Servers Up",
      description: "API servers and workers that Prometheus reaches; good is all green.",
      unit: "none",
      visualization: "state-timeline",
      queries: [
        { expression: `${metrics.up.name}{job=~"agentpay-(api|worker)"}`, legend: "{{job}} {{instance}}" },
      ],
    },
    serversDown: {
      title: "Share of Servers Down",
      description: "Share of API servers and workers that Prometheus does not reach; good is none.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `1 - avg by (job) (${metrics.up.name}{job=~"agentpay-(api|worker)"})`,
          legend: "{{job}}",
        },
      ],
    },
    restarts: {
      title: "Restarts of Servers",
      description: "How often each server went away and came back in half an hour; a deployment is 1.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `${restarts.record} > 0`, legend: "{{job}} {{instance}}" }],
      nothing: "No server has restarted.",
    },
    requestRate: {
      title: "Request Rate (by Endpoint)",
      description: "Requests a second by route; a sudden drop is as bad as a spike.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        { expression: `sum by (endpoint) (rate(${requests("")}[$__rate_interval]))`, legend: "{{endpoint}}" },
      ],
    },
    errorsByStatus: {
      title: "Error Rate (by Type)",
      description: "Share of requests refused or failed, by status; 5xx is ours, 4xx the caller's.",
      nothing: "No request has failed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (status) (rate(${requests(',status=~"[45].."')}[$__rate_interval]))` +
            ` / on () group_left () (sum(rate(${requests("")}[$__rate_interval])) > 0)`,
          legend: "{{status}}",
        },
      ],
    },
    routesRefused: {
      title: "Routes That Refuse Nearly Everybody",
      description: "Share of routes of which 9 of 10 requests are refused or given up (4xx); good is none.",
      nothing: "No route refuses everybody.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: routesRefused.record, legend: "routes" }],
    },
    requestsAnswered: {
      title: "Requests Answered Well",
      description:
        "Requests a second answered without an error, and how many there were before they stopped.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        { expression: requestsAnswered.record, legend: "now" },
        { expression: requestsAnsweredBefore.record, legend: "before" },
      ],
    },
    activities: {
      title: "What Goes On",
      description:
        "Conversations, chat connections, checkouts, jobs, retrievals and tool calls a second; none stops while the others go on.",
      unit: "ops",
      visualization: "timeseries",
      queries: [{ expression: activityRecords.events, legend: "{{activity}}" }],
    },
    errorsByRoute: {
      title: "Error Rate by Route",
      description:
        "Share of each route's requests that fail (5xx), of the routes that fail any; good is none.",
      nothing: "No route fails.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (endpoint) (rate(${requests(',status=~"5.."')}[$__rate_interval]))` +
            ` / (sum by (endpoint) (rate(${requests("")}[$__rate_interval])) > 0)`,
          legend: "{{endpoint}}",
        },
      ],
    },
    answeredByInstance: {
      title: "Requests Answered Well by Server",
      description:
        "Requests a second that each API server answers without an error; good is the same for all.",
      unit: "reqps",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (instance) (rate(${requests(',status!~"4..|5.."')}[$__rate_interval]))`,
          legend: "{{instance}}",
        },
      ],
    },
    errorsByInstance: {
      title: "Error Rate by Server",
      description: "Share of each API server's requests that fail (5xx); good is the same for all.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        { expression: `${errorRatioByInstance.record}{instance=~"$instance"}`, legend: "{{instance}}" },
      ],
    },
    latencyByInstance: {
      title: "Latency p95 by Server",
      description: "Time within which each API server answers 95% of requests; good is the same for all.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        { expression: `${latencyP95ByInstance.record}{instance=~"$instance"}`, legend: "{{instance}}" },
      ],
    },
    latency: {
      title: "Latency p50, p95, p99",
      description: "Time within which half, 95% and 99% of requests are answered, streams left out.",
      thresholdsOf: ["SlowAPIResponses"],
      unit: "s",
      visualization: "timeseries",
      queries: [0.5, 0.95, 0.99].map((quantile) => ({
        expression: `histogram_quantile(${quantile}, ${latency})`,
        legend: `p${quantile * 100}`,
      })),
    },
    latencyHeatmap: {
      title: "Latency Heatmap",
      description: "Requests a second by how long they took; a second band above the first is a slow path.",
      unit: "s",
      visualization: "heatmap",
      queries: [{ expression: latency, legend: "{{le}}" }],
    },
    slowestEndpoints: {
      title: "Slowest Endpoints, p95",
      description: "The ten routes whose slowest 5% take longest; look here first when latency climbs.",
      unit: "s",
      visualization: "bargauge",
      queries: [
        {
          expression: `topk(10, histogram_quantile(0.95, ${latencyBucketsByEndpoint.record}) > 0)`,
          legend: "{{endpoint}}",
        },
      ],
    },
    databaseTime: {
      title: "Database Query Time",
      description: "Mean time of a database statement; good is milliseconds.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (datname) (rate(${metrics.pgStatStatementsSeconds.name}[$__rate_interval]))` +
            ` / (sum by (datname) (rate(${metrics.pgStatStatementsCalls.name}[$__rate_interval])) > 0)`,
          legend: "{{datname}}",
        },
      ],
    },
    llmLatency: {
      title: "LLM Request Latency p95",
      description: "Time to the last token that 95% of LLM calls need at most, by model.",
      unit: "s",
      visualization: "timeseries",
      queries: [{ expression: llmDurationP95.record, legend: "{{model}}" }],
    },
    redisMemory: {
      title: "Redis Memory Usage",
      description: "Memory that Redis uses, and the most it may use.",
      unit: "bytes",
      visualization: "timeseries",
      queries: [
        { expression: metrics.redisMemoryUsed.name, legend: "{{instance}} used" },
        { expression: `${metrics.redisMemoryMax.name} > 0`, legend: "{{instance}} limit" },
      ],
    },
    webSocketConnections: {
      row: "Chat",
      title: "Active WebSocket Connections",
      description: "WebSockets of visitors with the chat widget on their page; it follows the time of day.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: websocketConnections.record, legend: "connections" }],
    },
    webSocketConnectionsVersusBefore: {
      title: "WebSocket Connections Compared With Before",
      description:
        "Share of the chat connections that there were before many were lost; good is close to 100%.",
      nothing: "Nothing to compare with before half an hour has passed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${websocketConnections.record} / (${websocketConnectionsBefore.record} > 0)`,
          legend: "connections",
        },
      ],
    },
    webSocketConnects: {
      title: "WebSocket Handshakes by Result",
      description: "Share of attempts to open the chat's WebSocket by what came of them; good is all ok.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (result) (rate(${metrics.websocketConnects.name}{instance=~"$instance"}[$__rate_interval]))` +
            ` / on () group_left () (sum(rate(${metrics.websocketConnects.name}{instance=~"$instance"}[$__rate_interval])) > 0)`,
          legend: "{{result}}",
        },
      ],
    },
    webSocketBadCloses: {
      title: "WebSocket Connections That Broke",
      description: "Share of closed WebSockets that ended in an error or timeout; good is a few percent.",
      nothing: "No connection broke.",
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
      row: "Against the usual",
      title: "Conversations Compared With the Usual",
      description: "Conversations started, of those at the same time a week ago; good is around 100%.",
      nothing: "Nothing to compare with before a day has passed.",
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
      title: "Conversion Rate Compared With the Usual",
      description:
        "Conversations of the last day that ended in a sale, of last week's share; good is around 100%.",
      nothing: "Nothing to compare with before a day has passed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${conversionRatio.record} / (${usualConversionRatio} > 0)`,
          legend: "sales per conversation",
        },
      ],
    },
    queueLength: {
      row: "Worker",
      title: "Worker Queue Length",
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
      nothing: "No job has failed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `${jobs('{status="failed"}')} / (${jobs("")} > 0)`, legend: "{{queue}}" }],
    },
    jobFailuresByInstance: {
      title: "Failed Jobs by Worker",
      description: "Share of each worker's jobs that fail; good is the same for all.",
      nothing: "No job has failed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `sum by (instance) (rate(${metrics.workerJobs.name}{status="failed"}[$__rate_interval]))` +
            ` / (sum by (instance) (rate(${metrics.workerJobs.name}[$__rate_interval])) > 0)`,
          legend: "{{instance}}",
        },
      ],
    },
    jobsByInstance: {
      title: "Jobs by Worker",
      description: "Jobs a second that each worker does; good is about the same for all.",
      unit: "ops",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (instance) (rate(${metrics.workerJobs.name}[$__rate_interval]))`,
          legend: "{{instance}}",
        },
      ],
    },
    processMemory: {
      row: "Saturation",
      title: "Process Memory",
      description: "Resident memory of each process; a steady climb is a leak.",
      unit: "bytes",
      visualization: "timeseries",
      queries: [
        {
          expression: `${metrics.processResidentMemory.name}{job=~"agentpay-.+"}`,
          legend: "{{job}} {{instance}}",
        },
      ],
    },
    processCpu: {
      title: "Process CPU",
      description: "Cores that each process keeps busy; at 1, a Python process is at its limit.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `rate(${metrics.processCpuSeconds.name}{job=~"agentpay-.+"}[$__rate_interval])`,
          legend: "{{job}} {{instance}}",
        },
      ],
    },
    fileDescriptors: {
      title: "File Descriptors",
      description:
        "Share of the file descriptors that each process may open; at 100% it takes no connection.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${metrics.processOpenFds.name}{job=~"agentpay-.+"} / ${metrics.processMaxFds.name}{job=~"agentpay-.+"}`,
          legend: "{{job}} {{instance}}",
        },
      ],
    },
    activeConversations: {
      title: "Active Conversations",
      description: "Visitors talking to the agent now; it follows the time of day.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum(${metrics.activeConversations.name}{instance=~"$instance"})`,
          legend: "conversations",
        },
      ],
    },
  },
} as const satisfies Dashboard;
