import { metrics } from "../../../catalog/metrics/index.ts";
import { level, perMinute, type Shape } from "../rule-case.ts";
import {
  healthy,
  jobsDone,
  of,
  type Platform,
  postgres,
  redis,
  requests,
  server,
  up,
  worker,
} from "./healthy.ts";
import type { WorstDay } from "./worst-day.ts";

const minutes = 100;
const day = healthy({ minutes });
const both = (one: (index: number) => Platform): Platform => ({ ...one(0), ...one(1) });

/** Every counter of the application, and what its gauges count, at a share of the day's. */
function traffic(share: number): Platform {
  const scaled = ({ type, phases }: Shape): Shape => ({
    type,
    phases: phases.map((phase) =>
      phase === "restart" || typeof phase[0] !== "number" ? phase : [phase[0] * share, phase[1]],
    ),
  });
  return Object.fromEntries(
    Object.entries(day)
      .filter(([name, { type }]) => type === "counter" && name.includes('job="agentpay-'))
      .map(([name, shape]) => [name, scaled(shape)]),
  );
}

const nothingWaits = both((index) =>
  Object.fromEntries(
    ["default", "high_priority"].map((queue) => [
      of(metrics.workerQueueDepth, { ...worker(index), queue }),
      level([0, minutes]),
    ]),
  ),
);

const openTransaction = (application: string) =>
  of(metrics.pgStatActivityMaxTxDuration, {
    ...postgres,
    datname: "agentpay",
    state: "active",
    application_name: application,
    backend_type: "client backend",
  });

const days: readonly Omit<WorstDay, "kind">[] = [
  { title: "a quiet day", series: day, told: { 20: {}, 60: {}, 99: {} } },
  {
    title: "a night with a hundredth of the traffic, and one failed request",
    series: { ...day, ...traffic(0.01), [requests(0, "500")]: perMinute([0, 40], [1, 1], [0, 59]) },
    told: { 20: {}, 45: {}, 60: {}, 99: {} },
  },
  {
    title: "nobody is there at all, as on a Sunday night",
    series: { ...day, ...traffic(0), ...nothingWaits },
    told: { 20: {}, 60: {}, 99: {} },
  },
  {
    title: "one job of 40 minutes, and one that waits behind it",
    series: {
      ...day,
      ...both((index) => ({
        [jobsDone(index, "succeeded", "default")]: perMinute([6, 30], [0, 40], [6, 30]),
        [of(metrics.workerQueueDepth, { ...worker(index), queue: "default" })]: level(
          [2, 30],
          [1, 40],
          [2, 30],
        ),
      })),
    },
    told: { 30: {}, 50: {}, 69: {}, 99: {} },
  },
  {
    title: "PostgreSQL and Redis fail over: their counters jump to another server's values",
    series: {
      ...day,
      [of(metrics.pgDatabaseDeadlocks, { ...postgres, datid: "1", datname: "agentpay" })]: level(
        [3, 40],
        [5000, 60],
      ),
      [of(metrics.redisEvictedKeys, redis)]: level([0, 40], [90_000, 60]),
      [of(metrics.pgUp, postgres)]: level([1, 40], [0, 0.5], [1, 59]),
      [of(metrics.redisUp, redis)]: level([1, 40], [0, 0.5], [1, 59]),
    },
    told: { 39: {}, 41: {}, 45: {}, 60: {}, 99: {} },
  },
  {
    title: "pg_dump at night",
    series: { ...day, [openTransaction("pg_dump")]: level([0, 20], [1800, 40], [0, 40]) },
    told: { 20: {}, 40: {}, 59: {}, 99: {} },
  },
  {
    title: "everything is restarted after a night without a request, and 45 minutes pass without one",
    series: {
      ...day,
      ...Object.fromEntries(
        Object.entries({ ...day, ...traffic(0) })
          .filter(([name]) => name.includes('job="agentpay-') && !name.startsWith("up{"))
          .map(([name, { type }]) => [
            name,
            {
              type,
              phases: [
                [0, 30],
                ["gone", 2],
                [0, 68],
              ],
            } satisfies Shape,
          ]),
      ),
      ...both((index) => ({
        [up(server(index))]: level([1, 30], [0, 1.5], [1, 68]),
        [up(worker(index))]: level([1, 30], [0, 1.5], [1, 68]),
      })),
    },
    told: { 30: {}, 33: {}, 50: {}, 80: {}, 99: {} },
  },
  {
    title: "an autoscaler takes two of eight servers away in the evening",
    series: {
      ...healthy({ minutes, servers: 8 }),
      ...Object.fromEntries([6, 7].map((index) => [up(server(index)), level([1, 40], ["gone", 60])])),
    },
    told: { 39: {}, 45: {}, 60: {}, 99: {} },
  },
];

export const quietDays: readonly WorstDay[] = days.map((each) => ({ kind: "false", ...each }));
