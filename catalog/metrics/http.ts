/** What the API tells of HTTP requests. */

import { api, counter, histogram, open } from "./metric.ts";

export const httpMetrics = {
  requests: counter("agentpay_requests_total", {
    help: "HTTP requests answered.",
    jobs: api,
    labels: {
      method: ["DELETE", "GET", "PATCH", "POST", "PUT"],
      endpoint: open("route template, or <unmatched>; never the raw path"),
      status: open("HTTP status code"),
    },
  }),
  requestLatency: histogram("agentpay_request_latency_seconds", {
    help: "Time to answer an HTTP request.",
    unit: "seconds",
    jobs: api,
    labels: {
      method: ["DELETE", "GET", "PATCH", "POST", "PUT"],
      endpoint: open("route template, or <unmatched>; never the raw path"),
    },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30],
  }),
};
