/** How slowly the API answers: all of it, most of it, and one server while the others do not. */
import {
  latencyBuckets,
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
