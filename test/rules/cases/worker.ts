import { metrics } from "../../../catalog/metrics.ts";
import { type GroupCases, level, type Phase, perMinute, series, silent } from "../rule-case.ts";
import { up } from "./api.ts";

const worker = { job: "agentpay-worker", instance: "worker-1" };
const queue = { queue: "high_priority" };

function depth(instance: string, ...phases: Phase[]) {
  return { [series(metrics.workerQueueDepth.name, { ...worker, instance, ...queue })]: level(...phases) };
}

function age(...phases: Phase[]) {
  return { [series(metrics.workerOldestJobAge.name, { ...worker, ...queue })]: level(...phases) };
}

function jobs(status: string, ...phases: Phase[]) {
  return { [series(metrics.workerJobs.name, { ...worker, ...queue, status })]: perMinute(...phases) };
}

const down = [{ job: "agentpay-worker" }];

export const workerCases: GroupCases = {
  WorkerDown: [
    {
      title: "every worker stops answering, and comes back",
      series: {
        [up("agentpay-worker", "worker-1")]: level([1, 5], [0, 10], [1, 5]),
        [up("agentpay-worker", "worker-2")]: level([1, 5], [0, 10], [1, 5]),
      },
      firing: { 7: [], 8: down, 15: down, 16: [] },
    },
    {
      title: "the only worker leaves discovery",
      series: { [up("agentpay-worker", "worker-1")]: level([1, 5], ["gone", 10]) },
      firing: { 7: [], 8: down },
    },
    {
      title: "one of two still answers",
      series: {
        [up("agentpay-worker", "worker-1")]: level([0, 20]),
        [up("agentpay-worker", "worker-2")]: level([1, 20]),
      },
      firing: silent(10, 20),
    },
    {
      title: "a missed scrape",
      series: { [up("agentpay-worker", "worker-1")]: level([1, 5], [0, 1], [1, 10]) },
      firing: silent(6, 8, 10),
    },
  ],
  WorkerInstanceDown: [
    {
      title: "one of two stops answering, and comes back",
      series: {
        [up("agentpay-worker", "worker-1")]: level([1, 5], [0, 10], [1, 5]),
        [up("agentpay-worker", "worker-2")]: level([1, 20]),
      },
      firing: { 7: [], 8: [worker], 16: [] },
    },
    {
      title: "all are down: that is WorkerDown's",
      series: { [up("agentpay-worker", "worker-1")]: level([0, 20]) },
      firing: silent(10, 20),
    },
    {
      title: "a missed scrape",
      series: {
        [up("agentpay-worker", "worker-1")]: level([1, 5], [0, 1], [1, 10]),
        [up("agentpay-worker", "worker-2")]: level([1, 16]),
      },
      firing: silent(6, 8, 10),
    },
  ],
  WorkerQueueStalled: [
    {
      title: "jobs wait and none is done, until they are",
      series: {
        ...depth("worker-1", [0, 20], [5, 40], [0, 10]),
        ...jobs("succeeded", [5, 20], [0, 40], [5, 10]),
      },
      firing: { 20: [], 35: [], 45: [queue], 60: [queue], 62: [] },
    },
    {
      title: "jobs wait, and none was ever counted",
      series: depth("worker-1", [0, 10], [5, 30]),
      firing: { 10: [], 18: [], 25: [queue] },
    },
    {
      title: "an empty queue and nothing to do",
      series: { ...depth("worker-1", [0, 60]), ...jobs("succeeded", [0, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "a long queue that is worked on, slowly",
      series: { ...depth("worker-1", [500, 60]), ...jobs("succeeded", [0.5, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "one job that waits five minutes after a quiet time",
      series: {
        ...depth("worker-1", [0, 30], [1, 5], [0, 20]),
        ...jobs("succeeded", [0, 35], [2, 1], [0, 19]),
      },
      firing: silent(32, 35, 40),
    },
  ],
  WorkerQueueBacklog: [
    {
      title: "1500 jobs wait, and then few",
      series: depth("worker-1", [10, 10], [1500, 20], [10, 10]),
      firing: { 10: [], 18: [], 22: [queue], 31: [] },
    },
    { title: "exactly 1000", series: depth("worker-1", [1000, 40]), firing: silent(20, 40) },
    {
      title: "two workers that report the same 600 jobs",
      series: { ...depth("worker-1", [600, 40]), ...depth("worker-2", [600, 40]) },
      firing: silent(20, 40),
    },
    {
      title: "a rush of five minutes",
      series: depth("worker-1", [10, 10], [1500, 5], [10, 25]),
      firing: silent(14, 16, 22, 30),
    },
  ],
  WorkerJobTooOld: [
    {
      title: "a job waits for ten minutes",
      series: age([2, 10], [600, 10], [2, 10]),
      firing: { 10: [], 14: [], 17: [queue], 21: [] },
    },
    { title: "exactly five minutes", series: age([300, 30]), firing: silent(15, 30) },
    { title: "one old job, soon done", series: age([2, 10], [600, 2], [2, 20]), firing: silent(12, 16, 30) },
  ],
  WorkerJobFailures: [
    {
      title: "half of few fail, for an hour",
      series: { ...jobs("succeeded", [0.3, 60]), ...jobs("failed", [0.3, 60]) },
      firing: silent(20, 40, 60),
    },
    {
      title: "1 job in 12 fails, and then none",
      series: { ...jobs("succeeded", [11, 90]), ...jobs("failed", [0, 20], [1, 30], [0, 40]) },
      firing: { 20: [], 30: [], 40: [queue], 50: [queue], 65: [] },
    },
    {
      title: "just below 1 in 20",
      series: { ...jobs("succeeded", [39, 60]), ...jobs("failed", [2, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "all of few fail",
      series: { ...jobs("succeeded", [0, 60]), ...jobs("failed", [0, 20], [0.8, 40]) },
      firing: { 20: [], 45: [queue] },
    },
    {
      title: "a single failure",
      series: { ...jobs("succeeded", [0.1, 60]), ...jobs("failed", [0, 20], [2, 0.5], [0, 39]) },
      firing: silent(22, 30, 31, 50),
    },
    {
      title: "a burst within a minute",
      series: { ...jobs("succeeded", [5, 60]), ...jobs("failed", [0, 20], [20, 1], [0, 39]) },
      firing: silent(22, 30, 31, 50),
    },
    {
      title: "no traffic",
      series: { ...jobs("succeeded", [0, 60]), ...jobs("failed", [0, 60]) },
      firing: silent(60),
    },
  ],
};
