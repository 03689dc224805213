/** What breaks in the API, from one that is gone to one that is a little slower. */
import { deadTarget } from "../breakages.ts";
import { BEFORE_A_FAST_BURN, type Drill } from "./drill.ts";
import {
  A_MONTH,
  apiDelays,
  apiErrors,
  burns,
  exhausted,
  servedByAPI,
  slowly,
  unreachable,
} from "./expected.ts";

export const apiDrills: readonly Drill[] = [
  {
    title: "The API is down",
    faults: { "api-down": {} },
    aws: true,
    rings: ["APIDown", ...servedByAPI.map(unreachable)],
    // Whoever was connected is not at once back.
    mayRing: [
      "APIServersDown",
      ...burns("APIAvailability", "1h", "6h", "1d", "3d"),
      exhausted("api-availability"),
      "WebSocketConnectionsDropped",
      "LLMCostNotRecorded",
    ],
  },
  {
    title: "The API and the worker are down for an hour",
    faults: { "api-down": {}, "worker-down": {} },
    rings: ["WorkerDown"],
    mayRing: [
      ...[
        "APIServersDown",
        "WorkersDown",
        ...burns("APIAvailability", "1h", "6h", "1d", "3d"),
        exhausted("api-availability"),
      ],
      ...["APIDown", "WebSocketConnectionsDropped", "WorkerJobTooOld", "WorkerQueueStalled"],
      ...servedByAPI.map(unreachable),
    ],
  },
  {
    title: "The second API server is dead",
    prometheus: deadTarget("agentpay-api"),
    areas: ["prometheus", "api"],
    // Half of the servers are more than a quarter.
    rings: ["APIServersDown", "APIInstanceDown"],
  },
  {
    title: "The API hangs: it answers Prometheus, and nobody else",
    faults: { "api-hangs": {} },
    rings: ["APITrafficStopped"],
    mayRing: ["LLMCallsStopped", "WebSocketConnectionsDropped"],
  },
  {
    title: "The API refuses everybody",
    faults: { "api-refuses": {} },
    rings: ["APIRequestsRefused", "APITrafficStopped"],
    // Nobody starts a conversation.
    mayRing: ["LLMCallsStopped", "WebSocketConnectionsDropped"],
  },
  {
    title: "The API fails 1 request in 5",
    faults: { "api-errors": { ratio: 0.2 } },
    areas: ["api", "checkout", "llm"],
    rings: ["HighErrorRate"],
    mutes: burns("APIAvailability", "6h"),
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API fails 1 request in 40",
    faults: { "api-errors": { ratio: 0.025 } },
    areas: ["api"],
    rings: ["ElevatedErrorRate", ...burns("APIAvailability", "1h"), exhausted("api-availability")],
    mayRing: apiErrors,
    outlast: { [exhausted("api-availability")]: A_MONTH },
  },
  {
    title: "The API fails 1 request in 100",
    faults: { "api-errors": { ratio: 0.01 } },
    areas: ["api"],
    rings: burns("APIAvailability", "6h"),
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API fails 1 request in 200",
    faults: { "api-errors": { ratio: 0.005 } },
    areas: ["api"],
    rings: burns("APIAvailability", "1d"),
    mayRing: [...slowly("APIAvailability"), exhausted("api-availability")],
  },
  {
    title: "One quiet route of the API fails",
    faults: { "route-errors": {} },
    areas: ["api"],
    rings: ["APIRouteFailing"],
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API leaks file descriptors",
    faults: { "descriptors-leaked": {} },
    areas: ["api"],
    rings: ["FileDescriptorsHigh"],
  },
  {
    title: "The API is 200 times slower",
    faults: { "api-slow": { factor: 200 } },
    areas: ["api"],
    history: BEFORE_A_FAST_BURN,
    rings: ["APIMostlySlow", ...burns("APILatency", "1h"), exhausted("api-latency")],
    mutes: ["SlowAPIResponses", ...burns("APILatency", "6h")],
    mayRing: apiDelays,
    outlast: { [exhausted("api-latency")]: A_MONTH },
  },
  {
    title: "The API is 40 times slower",
    faults: { "api-slow": { factor: 40 } },
    areas: ["api"],
    rings: ["SlowAPIResponses", ...burns("APILatency", "6h")],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "The API is 29 times slower",
    faults: { "api-slow": { factor: 29 } },
    areas: ["api"],
    rings: burns("APILatency", "1d"),
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
];
