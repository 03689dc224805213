/** How slowly the API answers: all of it, most of it, one server or one route while the others do not. */
import {
  latencyBuckets,
  latencyBucketsByEndpoint,
  latencyBucketsByInstance,
  latencyMedian,
  latencyP95,
  latencyP95ByInstance,
} from "../recording-rules/api.ts";
import { type Alert, MINIMUM_OBSERVATIONS } from "./alert.ts";

const API = 'job="agentpay-api"';

/** More requests than so few that their quantiles are luck. */
const enough = (record: string, on: string) =>
  ` and on (${on}) ${record}{${API},le="+Inf"} * 300 > ${MINIMUM_OBSERVATIONS}`;

export const slowApiResponses = {
  name: "SlowAPIResponses",
  severity: "warning",
  service: "api",
  summary: "The API answers slowly.",
  description:
    "1 request in 20 takes longer than {{ $value | humanizeDuration }}: visitors wait for the chat to react.",
  threshold: {
    default: 2,
    unit: "seconds, 95th percentile",
    source: "the guide: p95 over 2 s for 10 minutes",
  },
  expression: (threshold) =>
    `${latencyP95.record}{${API}} > ${threshold}${enough(latencyBuckets.record, "job")}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "latencyP95" },
} as const satisfies Alert;

export const apiMostlySlow: Alert = {
  name: "APIMostlySlow",
  severity: "critical",
  service: "api",
  summary: "The API answers nearly everybody slowly.",
  description:
    "Every second request takes longer than {{ $value | humanizeDuration }}: the chat hardly works for anybody, although nothing fails.",
  threshold: {
    default: 2,
    unit: "seconds, median (50th percentile)",
    source: "the guide's 2 s for 1 request in 20, reached by every second one",
  },
  expression: (threshold) =>
    `${latencyMedian.record}{${API}} > ${threshold}${enough(latencyBuckets.record, "job")}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "latency" },
};

export const apiInstanceSlow: Alert = {
  name: "APIInstanceSlow",
  severity: "warning",
  service: "api",
  summary: "One API server answers slowly, the others do not.",
  description:
    "1 request in 20 to API server {{ $labels.instance }} takes longer than {{ $value | humanizeDuration }}: visitors whom it serves wait.",
  threshold: {
    default: 2,
    unit: "seconds, 95th percentile",
    source: "SlowAPIResponses's limit, for one server: set it along with that one",
  },
  expression: (threshold) =>
    `${latencyP95ByInstance.record}{${API}} > ${threshold}` +
    enough(latencyBucketsByInstance.record, "job, instance") +
    ` unless on (job) min by (job) (${latencyP95ByInstance.record}{${API}}) > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "latencyByInstance" },
};

/** Requests to a route in 5 minutes below which their median is one person's patience. */
const MINIMUM_ROUTE_REQUESTS = 5;

export const apiRouteSlow: Alert = {
  name: "APIRouteSlow",
  severity: "warning",
  service: "api",
  summary: "One route of the API answers slowly, the others do not.",
  description:
    "Every second request to {{ $labels.endpoint }} takes longer than {{ $value | humanizeDuration }}: who needs what it does waits, and too few of all do for SlowAPIResponses.",
  threshold: {
    default: 5,
    unit: "seconds, median of a route (50th percentile)",
    source: "a starting point; more than twice what the guide allows 1 request in 20 of all",
  },
  expression: (threshold) =>
    `histogram_quantile(0.5, ${latencyBucketsByEndpoint.record}) > ${threshold}` +
    ` and on (endpoint) ${latencyBucketsByEndpoint.record}{le="+Inf"} * 300 > ${MINIMUM_ROUTE_REQUESTS}` +
    // Where 1 request in 20 of all takes as long, it is no matter of a route.
    ` unless on () ${latencyP95.record}{${API}} > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "slowestEndpoints" },
};
