import { metrics } from "../../../catalog/metrics/index.ts";
import { level, type Phase, perMinute } from "../rule-case.ts";
import {
  chat,
  healthy,
  jobsDone,
  latencies,
  of,
  type Platform,
  products,
  requests,
  server,
  up,
  worker,
} from "./healthy.ts";
import type { WorstDay } from "./worst-day.ts";

const minutes = 75;
const until = 30;
const rest = minutes - until;
const few = healthy({ minutes });
const many = healthy({ minutes, servers: 8 });

/** Down for a minute and up for half of one, again and again. */
const crashLoop: Phase[] = [
  [1, until],
  ...Array.from({ length: 30 }, (): Phase[] => [
    [0, 1],
    [1, 0.5],
  ]).flat(),
];
const falls: Phase[] = [
  [1, until],
  [0, rest],
];
const refunds = { method: "POST", endpoint: "/api/v1/refunds" };
const servers = (indexes: readonly number[], one: (index: number) => Platform): Platform =>
  Object.assign({}, ...indexes.map(one)) as Platform;
const upsOf = (indexes: readonly number[], phases: readonly Phase[]) =>
  servers(indexes, (index) => ({ [up(server(index))]: level(...phases) }));

const days: readonly Omit<WorstDay, "kind">[] = [
  {
    title: "7 of 8 API servers are down",
    series: { ...many, ...upsOf([1, 2, 3, 4, 5, 6, 7], falls) },
    told: { 30: {}, 40: { pages: ["APIServersDown"], warnings: ["APIInstanceDown"] } },
  },
  {
    title: "every API server is in a crash loop",
    series: { ...few, ...upsOf([0, 1], crashLoop) },
    told: {
      30: {},
      55: { pages: ["APIServersDown", "APIAvailabilityBudgetBurn"], warnings: ["APIInstanceRestarting"] },
    },
  },
  {
    title: "one of 8 servers answers everything in 29 s",
    series: {
      ...many,
      ...latencies({ ...server(3), ...chat }, [30, 0, 0, until], [0, 0, 30, rest]),
      ...latencies({ ...server(3), ...products }, [60, 0, 0, until], [0, 0, 60, rest]),
    },
    told: {
      30: {},
      70: { warnings: ["APIInstanceSlow", "SlowAPIResponses"] },
    },
  },
  {
    title: "every request takes 29 s",
    series: {
      ...few,
      ...servers([0, 1], (index) => ({
        ...latencies({ ...server(index), ...chat }, [30, 0, 0, until], [0, 0, 30, rest]),
        ...latencies({ ...server(index), ...products }, [60, 0, 0, until], [0, 0, 60, rest]),
      })),
    },
    told: { 30: {}, 45: { pages: ["APIMostlySlow"] } },
  },
  {
    title: "one of 8 servers hangs: it answers Prometheus, and nobody else",
    series: {
      ...many,
      [requests(3, "200")]: perMinute([30, until], [0, rest]),
      [requests(3, "200", products)]: perMinute([60, until], [0, rest]),
    },
    told: { 30: {}, 60: { warnings: ["APIInstanceIdle"] } },
  },
  {
    title: "one of 8 servers fails everything",
    series: {
      ...many,
      [requests(3, "200")]: perMinute([30, until], [0, rest]),
      [requests(3, "200", products)]: perMinute([60, until], [0, rest]),
      [requests(3, "500")]: perMinute([0, until], [30, rest]),
      [requests(3, "500", products)]: perMinute([0, until], [60, rest]),
    },
    told: {
      30: {},
      60: { pages: ["HighErrorRate"], warnings: ["APIInstanceFailing", "APIInstanceIdle"] },
    },
  },
  {
    title: "one route of many fails everything",
    series: {
      ...few,
      ...servers([0, 1], (index) => ({
        [requests(index, "500", refunds)]: perMinute([0, until], [0.6, rest]),
      })),
    },
    told: { 30: {}, 60: { pages: ["APIRouteFailing"] } },
  },
  {
    title: "one quiet route of many answers in 29 s",
    series: {
      ...few,
      ...servers([0, 1], (index) =>
        latencies({ ...server(index), ...refunds }, [2, 0, 0, until], [0, 0, 2, rest]),
      ),
    },
    told: { 30: {}, 60: { warnings: ["APIRouteSlow"] } },
  },
  {
    title: "one of 8 servers rejects every chat connection",
    series: {
      ...many,
      [of(metrics.websocketConnects, { ...server(3), result: "ok" })]: perMinute([10, until], [0, rest]),
      [of(metrics.websocketConnects, { ...server(3), result: "rejected" })]: perMinute(
        [0, until],
        [10, rest],
      ),
    },
    told: { 30: {}, 60: { warnings: ["APIInstanceIdle"] } },
  },
  {
    title: "one of three servers is down",
    series: { ...healthy({ minutes, servers: 3 }), ...upsOf([2], falls) },
    told: { 30: {}, 40: { pages: ["APIServersDown"], warnings: ["APIInstanceDown"] } },
  },
  {
    title: "every payment job fails, and the other queues work",
    series: {
      ...few,
      ...servers([0, 1], (index) => ({
        [jobsDone(index, "succeeded", "high_priority")]: perMinute([6, until], [0, rest]),
        [jobsDone(index, "failed", "high_priority")]: perMinute([0, until], [6, rest]),
      })),
    },
    told: { 30: {}, 60: { pages: ["WorkerJobsAllFailing"] } },
  },
  {
    title: "one of two workers hangs",
    series: {
      ...few,
      ...Object.fromEntries(
        ["default", "high_priority"].map((queue) => [
          jobsDone(1, "succeeded", queue),
          perMinute([6, until], [0, rest]),
        ]),
      ),
    },
    told: { 30: {}, 74: { warnings: ["WorkerInstanceIdle"] } },
  },
  {
    title: "half of the chat connections fail at one of two servers",
    series: {
      ...few,
      [of(metrics.websocketConnects, { ...server(1), result: "ok" })]: perMinute([10, until], [0, rest]),
      [of(metrics.websocketConnects, { ...server(1), result: "error" })]: perMinute([0, until], [10, rest]),
    },
    told: { 30: {}, 60: { pages: ["WebSocketConnectBudgetBurn"], warnings: ["APIInstanceIdle"] } },
  },
  {
    title: "a rolling deployment: each server is away for a minute and a half, one after the other",
    series: {
      ...few,
      ...servers([0, 1], (index) => ({
        [up(server(index))]: level([1, 30 + index * 3], [0, 1.5], [1, 40]),
        [up(worker(index))]: level([1, 36 + index * 3], [0, 1.5], [1, 40]),
      })),
    },
    told: { 32: {}, 36: {}, 41: {}, 60: {}, 74: {} },
  },
];

export const partialDays: readonly WorstDay[] = days.map((day) => ({ kind: "part", ...day }));
