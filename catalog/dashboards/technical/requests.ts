/** Panels of the servers and of the requests that they answer. */
import { metrics } from "../../metrics/index.ts";
import { activityRecords } from "../../recording-rules/activities.ts";
import {
  errorRatioByInstance,
  latencyBucketsByEndpoint,
  latencyBucketsByInstance,
  latencyP95ByInstance,
  NOT_SERVED,
  requestsAnswered,
  requestsAnsweredBefore,
  restarts,
  routesRefused,
  userEndpoints,
} from "../../recording-rules/api.ts";
import type { Panel } from "../dashboard.ts";

const requests = (matchers: string) =>
  `${metrics.requests.name}{${userEndpoints},instance=~"$instance"${matchers}}`;
const latency = `sum by (le) (${latencyBucketsByInstance.record}{instance=~"$instance"})`;

export const requestPanels = {
  serversUp: {
    row: "Servers and requests",
    title: "Servers Up",
    description: "API servers and workers that Prometheus reaches; good is all green.",
    unit: "none",
    visualization: "state-timeline",
    queries: [
      {
        expression: `${metrics.up.name}{job=~"agentpay-(api|worker)",instance=~"$instance"}`,
        legend: "{{job}} {{instance}}",
      },
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
    queries: [
      { expression: `${restarts.record}{instance=~"$instance"} > 0`, legend: "{{job}} {{instance}}" },
    ],
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
    description:
      "Share of routes of which 9 of 10 requests are refused, given up (4xx) or sent elsewhere (3xx); good is none.",
    nothing: "No route refuses everybody.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [{ expression: routesRefused.record, legend: "routes" }],
  },
  requestsAnswered: {
    title: "Requests Answered Well",
    description: "Requests a second answered without an error, and how many there were before they stopped.",
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
    description: "Share of each route's requests that fail (5xx), of the routes that fail any; good is none.",
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
    description: "Requests a second that each API server answers without an error; good is the same for all.",
    unit: "reqps",
    visualization: "timeseries",
    queries: [
      {
        expression: `sum by (instance) (rate(${requests(`,status!~"${NOT_SERVED}|5.."`)}[$__rate_interval]))`,
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
} as const satisfies Readonly<Record<string, Panel>>;
