import { metrics } from "../../../catalog/metrics/index.ts";
import { level, perMinute } from "../rule-case.ts";
import { calls, healthy, jobsDone, of, postgres, redis, requests, server, up, worker } from "./healthy.ts";
import type { WorstDay } from "./worst-day.ts";

const minutes = 70;
const day = healthy({ minutes });

const replica = { ...postgres, instance: "10.0.1.9:9187" };
/** A third of the requests fails from the fortieth minute on. */
const failing = {
  [requests(0, "500")]: perMinute([0, 40], [40, 30]),
  [requests(1, "500")]: perMinute([0, 40], [40, 30]),
};
/** Every call of a model fails from the fortieth minute on. */
const modelsFail = Object.fromEntries(
  [0, 1].flatMap((index) => [
    [calls({}, index), perMinute([30, 40], [0, 30])],
    [calls({ status: "error", error_type: "server_error" }, index), perMinute([0, 40], [30, 30])],
  ]),
);

const days: readonly Omit<WorstDay, "kind">[] = [
  {
    title: "one host dies, and twenty minutes later the only other server",
    series: {
      ...day,
      [up(server(0))]: level([1, 20], [0, 50]),
      [up(worker(0))]: level([1, 20], [0, 50]),
      [up(server(1))]: level([1, 40], [0, 30]),
    },
    told: {
      20: {},
      // Half of the servers and of the workers are gone with it: each says so.
      30: { pages: ["HostDown", "APIServersDown", "WorkersDown"] },
      45: { pages: ["HostDown", "APIDown", "WorkersDown"] },
    },
  },
  {
    title: "a replica of PostgreSQL is down, and later the API fails for another reason",
    series: {
      ...day,
      ...failing,
      [up(replica)]: level([1, minutes]),
      [of(metrics.pgUp, replica)]: level([1, 20], [0, 50]),
      [of(metrics.pgDatabaseBackends, { ...replica, datid: "1", datname: "agentpay" })]: level([5, minutes]),
    },
    told: {
      20: {},
      30: { pages: ["PostgresDown"] },
      55: { pages: ["PostgresDown", "HighErrorRate"] },
    },
  },
  {
    title: "Redis is down, and later every model fails",
    series: {
      ...day,
      ...modelsFail,
      [of(metrics.redisUp, redis)]: level([1, 20], [0, 50]),
    },
    told: {
      20: {},
      30: { pages: ["RedisDown"] },
      55: {
        pages: ["RedisDown", "LLMProviderOutage", "LLMRequestFailures", "LLMAvailabilityBudgetBurn"],
      },
    },
  },
  {
    title: "a replica of Redis is down, and later a queue stands still for another reason",
    series: {
      ...day,
      [up({ ...redis, instance: "10.0.1.9:9121" })]: level([1, minutes]),
      [of(metrics.redisUp, { ...redis, instance: "10.0.1.9:9121" })]: level([1, 10], [0, 60]),
      ...Object.fromEntries(
        [0, 1].flatMap((index) => [
          [of(metrics.workerQueueDepth, { ...worker(index), queue: "default" }), level([2, 30], [30, 40])],
          [jobsDone(index), perMinute([6, 30], [0, 40])],
        ]),
      ),
    },
    told: { 10: {}, 20: { pages: ["RedisDown"] }, 55: { pages: ["RedisDown", "WorkerQueueStalled"] } },
  },
  {
    title: "the exporter of PostgreSQL is gone, and later every worker",
    series: {
      ...day,
      [up(postgres)]: level([1, 10], [0, 60]),
      [up(worker(0))]: level([1, 40], [0, 30]),
      [up(worker(1))]: level([1, 40], [0, 30]),
    },
    told: {
      10: {},
      25: { warnings: ["PostgresExporterDown"] },
      50: { pages: ["WorkerDown"], warnings: ["PostgresExporterDown"] },
    },
  },
  {
    title: "the API is down, and while it is, every worker goes too",
    series: {
      ...day,
      ...Object.fromEntries([0, 1].map((index) => [up(server(index)), level([1, 20], [0, 50])])),
      ...Object.fromEntries([0, 1].map((index) => [up(worker(index)), level([1, 40], [0, 30])])),
    },
    told: { 20: {}, 30: { pages: ["APIDown"] }, 50: { pages: ["APIDown", "WorkerDown", "HostDown"] } },
  },
  {
    title: "one queue stands still, and later another one",
    series: {
      ...day,
      ...Object.fromEntries(
        [0, 1].flatMap((index) => [
          [of(metrics.workerQueueDepth, { ...worker(index), queue: "default" }), level([2, 10], [30, 60])],
          [
            of(metrics.workerJobs, { ...worker(index), queue: "default", status: "succeeded" }),
            perMinute([6, 10], [0, 60]),
          ],
        ]),
      ),
    },
    told: { 10: {}, 35: { pages: ["WorkerQueueStalled"] } },
  },
];

export const hiddenDays: readonly WorstDay[] = days.map((each) => ({ kind: "hidden", ...each }));
