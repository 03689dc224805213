import { metrics } from "../../../catalog/metrics/index.ts";
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
  return jobsOf("worker-1", status, ...phases);
}

function jobsOf(instance: string, status: string, ...phases: Phase[]) {
  return {
    [series(metrics.workerJobs.name, { ...worker, instance, ...queue, status })]: perMinute(...phases),
  };
}

const workers = (count: number, phasesOf: (index: number) => readonly Phase[]) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      up("agentpay-worker", `worker-${index}`),
      level(...phasesOf(index)),
    ]),
  );
/** Down for a minute and up for half of one, again and again. */
const crashLoop = (times: number): Phase[] =>
  Array.from({ length: times }, (): Phase[] => [
    [0, 1],
    [1, 0.5],
  ]).flat();

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
  WorkersDown: [
    {
      title: "9 of 10 workers are down, and come back",
      series: workers(10, (index) =>
        index === 0
          ? [[1, 30]]
          : [
              [1, 5],
              [0, 10],
              [1, 15],
            ],
      ),
      firing: { 5: [], 6: [], 8: down, 15: down, 16: [] },
    },
    {
      title: "half of the workers are in a crash loop",
      series: workers(4, (index) => (index < 2 ? [[1, 10], ...crashLoop(30)] : [[1, 55]])),
      firing: { 10: [], 25: down, 50: down },
    },
    {
      title: "all are down: WorkerDown says so",
      series: workers(3, () => [
        [1, 5],
        [0, 30],
      ]),
      firing: silent(8, 15, 35),
    },
    {
      title: "one of ten is down",
      series: workers(10, (index) => [[index === 0 ? 0 : 1, 30]]),
      firing: silent(5, 30),
    },
    {
      title: "a deployment restarts one after another",
      series: workers(4, (index) => [
        [1, 5 + 2 * index],
        [0, 1],
        [1, 20],
      ]),
      firing: silent(6, 8, 10, 12, 20),
    },
  ],
  WorkerInstanceRestarting: [
    {
      title: "a job kills whichever worker takes it, until it is taken out",
      series: workers(1, () => [[1, 10], ...crashLoop(10), [1, 60]]),
      firing: { 10: [], 20: [{ ...worker, instance: "worker-0" }], 70: [] },
    },
    {
      title: "two deployments",
      series: workers(1, () => [
        [1, 10],
        [0, 1],
        [1, 10],
        [0, 1],
        [1, 20],
      ]),
      firing: silent(12, 22, 40),
    },
  ],
  WorkerQueueUnknown: [
    {
      title: "the queues' series vanish while the worker is up, and come back",
      series: { ...depth("worker-1", [3, 20], ["gone", 40], [3, 10]), ...workers(1, () => [[1, 70]]) },
      firing: { 20: [], 28: [], 35: [queue, {}], 60: [queue, {}], 62: [] },
    },
    {
      title: "those of one queue of two",
      series: {
        ...depth("worker-1", [3, 20], ["gone", 40]),
        [series(metrics.workerQueueDepth.name, { ...worker, queue: "default" })]: level([3, 60]),
        ...workers(1, () => [[1, 60]]),
      },
      firing: { 20: [], 35: [queue] },
    },
    {
      title: "the worker is down: WorkerDown says so",
      series: {
        ...depth("worker-1", [3, 20], ["gone", 40]),
        ...workers(1, () => [
          [1, 20],
          [0, 40],
        ]),
      },
      firing: silent(35, 60),
    },
    {
      title: "another worker reports the same queue",
      series: {
        ...depth("worker-1", [3, 20], ["gone", 40]),
        ...depth("worker-2", [3, 60]),
        ...workers(2, () => [[1, 60]]),
      },
      firing: silent(35, 60),
    },
  ],
  WorkerJobsAllFailing: [
    {
      title: "every payment fails, and then none",
      series: {
        ...jobs("succeeded", [6, 20], [0, 30], [6, 30]),
        ...jobs("failed", [0, 20], [6, 30], [0, 30]),
      },
      firing: { 20: [], 25: [], 38: [queue], 50: [queue], 75: [] },
    },
    {
      title: "a job every five minutes, each of which fails",
      series: { ...jobs("succeeded", [0.2, 60], [0, 60]), ...jobs("failed", [0, 60], [0.24, 60]) },
      firing: { 60: [], 105: [queue] },
    },
    {
      title: "a third of the jobs fails",
      series: { ...jobs("succeeded", [6, 60]), ...jobs("failed", [3, 60]) },
      firing: silent(20, 40, 60),
    },
    {
      title: "a single one fails, the only one",
      series: { ...jobs("succeeded", [0, 60]), ...jobs("failed", [0, 20], [2, 0.5], [0, 39]) },
      firing: silent(22, 30, 40),
    },
  ],
  WorkerInstanceFailing: [
    {
      title: "one worker of ten fails everything, and is replaced",
      series: {
        ...jobs("succeeded", [6, 20], [0, 30], [6, 30]),
        ...jobs("failed", [0, 20], [6, 30], [0, 30]),
        ...jobsOf("the other 9", "succeeded", [200, 80]),
      },
      firing: { 20: [], 28: [], 45: [worker], 50: [worker], 75: [] },
    },
    {
      title: "all workers fail: that is the queue's",
      series: { ...jobs("failed", [6, 60]), ...jobsOf("worker-2", "failed", [6, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "few failures of one worker",
      series: {
        ...jobs("succeeded", [6, 60]),
        ...jobs("failed", [0, 20], [4, 1], [0, 39]),
        ...jobsOf("worker-2", "succeeded", [60, 60]),
      },
      firing: silent(25, 35, 60),
    },
  ],
  WorkerInstanceIdle: [
    {
      title: "one worker of three hangs, and is restarted",
      series: {
        ...workers(3, () => [[1, 120]]),
        ...jobsOf("worker-0", "succeeded", [6, 120]),
        ...jobsOf("worker-1", "succeeded", [6, 30], [0, 60], [6, 30]),
        ...jobsOf("worker-2", "succeeded", [6, 120]),
      },
      firing: {
        30: [],
        50: [],
        75: [{ ...worker, ...queue }],
        90: [{ ...worker, ...queue }],
        100: [],
      },
    },
    {
      title: "it is down: WorkerInstanceDown says so",
      series: {
        ...workers(2, (index) =>
          index === 1
            ? [
                [1, 30],
                [0, 90],
              ]
            : [[1, 120]],
        ),
        ...jobsOf("worker-0", "succeeded", [6, 120]),
        ...jobsOf("worker-1", "succeeded", [6, 30], [0, 90]),
      },
      firing: silent(60, 90, 120),
    },
    {
      title: "a queue with a job now and then, which one worker got",
      series: {
        ...workers(2, () => [[1, 120]]),
        ...jobsOf("worker-0", "succeeded", [0.5, 120]),
        ...jobsOf("worker-1", "succeeded", [0, 120]),
      },
      firing: silent(60, 90, 120),
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
      title: "one job takes 40 minutes, and one waits behind it",
      series: {
        ...depth("worker-1", [0, 20], [1, 40], [0, 20]),
        ...jobs("succeeded", [0.5, 20], [0, 40], [0.5, 20]),
      },
      firing: silent(35, 45, 60, 70),
    },
    {
      title: "one job waits for hours, and nobody works on it",
      series: {
        ...workers(1, () => [[1, 150]]),
        ...depth("worker-1", [0, 20], [1, 130]),
        ...jobs("succeeded", [0.5, 20], [0, 130]),
      },
      firing: { 60: [], 100: [queue], 150: [queue] },
    },
    {
      title: "jobs wait and none is done, until they are",
      series: {
        ...workers(1, () => [[1, 70]]),
        ...depth("worker-1", [0, 20], [8, 40], [0, 10]),
        ...jobs("succeeded", [5, 20], [0, 40], [5, 10]),
      },
      firing: { 20: [], 35: [], 45: [queue], 60: [queue], 62: [] },
    },
    {
      title: "jobs wait, and none was ever counted",
      series: { ...workers(1, () => [[1, 40]]), ...depth("worker-1", [0, 10], [5, 30]) },
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
      series: {
        ...workers(1, () => [[1, 40]]),
        ...jobs("succeeded", [100, 40]),
        ...depth("worker-1", [10, 10], [1500, 20], [10, 10]),
      },
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
      series: { ...workers(1, () => [[1, 30]]), ...age([2, 10], [600, 10], [2, 10]) },
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
      title: "some of few fail",
      series: { ...jobs("succeeded", [0, 20], [2, 40]), ...jobs("failed", [0, 20], [0.8, 40]) },
      firing: { 20: [], 45: [queue] },
    },
    {
      title: "all fail: WorkerJobsAllFailing says so",
      series: { ...jobs("succeeded", [0, 60]), ...jobs("failed", [0, 20], [6, 40]) },
      firing: silent(20, 35, 45, 60),
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
