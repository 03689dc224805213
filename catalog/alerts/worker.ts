import { increase, rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, OUTAGE_INTERVAL } from "./alert.ts";
import { allDown, manyDown, RESTARTS, restarting, SPARE_SERVERS, someDown } from "./availability.ts";

const jobs = metrics.workerJobs.name;
const failedJobs = `${jobs}{status="failed"}`;
/** Every worker reports the length of the queues that they share: a sum would count each job once a worker. */
const depth = `max by (queue) (${metrics.workerQueueDepth.name})`;

/** While no worker answers, that is why its queues are unknown. */
const working = `sum(${metrics.up.name}{job="agentpay-worker"}) > 0`;

const workerDown: Alert = {
  name: "WorkerDown",
  severity: "critical",
  service: "worker",
  summary: "No worker answers.",
  description:
    "Every worker has been unreachable for 2 minutes, or none is known: webhooks, e-mails and delayed payments wait.",
  expression: () => allDown("agentpay-worker"),
  holdFor: "2m",
  evaluatedEach: OUTAGE_INTERVAL,
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
};

const workersDown: Alert = {
  name: "WorkersDown",
  severity: "critical",
  service: "worker",
  summary: "Many workers are down, or keep restarting.",
  description:
    "{{ $value | humanizePercentage }} of the workers are unreachable or crash again and again: the jobs they had begin again, and the others may not keep pace.",
  threshold: SPARE_SERVERS,
  expression: (threshold) => manyDown("agentpay-worker", threshold),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversDown" },
};

const workerInstanceRestarting: Alert = {
  name: "WorkerInstanceRestarting",
  severity: "warning",
  service: "worker",
  summary: "A worker keeps restarting.",
  description:
    "Worker {{ $labels.instance }} went away and came back {{ $value | humanize }} times in half an hour: the job that kills it may be tried for ever.",
  threshold: {
    default: RESTARTS,
    unit: "restarts in 30 minutes",
    source: "a starting point; deployments one after another stay below it",
  },
  expression: (threshold) => restarting("agentpay-worker", threshold),
  holdFor: "0m",
  panel: { dashboard: "agentpay-technical", panel: "restarts" },
};

const workerInstanceDown: Alert = {
  name: "WorkerInstanceDown",
  severity: "warning",
  service: "worker",
  summary: "A worker does not answer.",
  description:
    "Worker {{ $labels.instance }} has been unreachable for 2 minutes. The others do its work; queues may grow.",
  expression: () => someDown("agentpay-worker"),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
};

const workerQueueStalled: Alert = {
  name: "WorkerQueueStalled",
  severity: "critical",
  service: "worker",
  summary: "Jobs wait and nobody works on them.",
  description:
    "{{ $value | humanize }} jobs wait in {{ $labels.queue }} and none was worked off in 10 minutes, or in an hour where few wait: what they do for users (payments, webhooks, e-mails) does not happen.",
  // An hour is too long even for the few that wait behind one long job.
  threshold: {
    default: 5,
    unit: "jobs that wait, of which none is done in 10 minutes",
    source: "a starting point; as many may wait behind one long job without a fault",
  },
  expression: (threshold) =>
    `${depth} > ${threshold} unless on (queue) (sum by (queue) (${rate(jobs, "10m")}) > 0)` +
    ` or ${depth} > 0 unless on (queue) (sum by (queue) (${rate(jobs, "1h")}) > 0)`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "queueThroughput" },
};

/** How long a queue that no longer reports is missed: one that a deployment took away is forgotten. */
const REMEMBERED = "3h";

const workerQueueUnknown: Alert = {
  name: "WorkerQueueUnknown",
  severity: "warning",
  service: "worker",
  summary: "Workers no longer say how many jobs wait.",
  description:
    "Workers answer, and say nothing any more of one of their queues, or of any: jobs may pile up there, and no alert on queues can ring.",
  expression: () =>
    `max by (queue) (max_over_time(${metrics.workerQueueDepth.name}[${REMEMBERED}]))` +
    ` unless on (queue) ${depth} and on () ${working}` +
    ` or absent(${metrics.workerQueueDepth.name}) and on () ${working}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "queueLength" },
};

const workerQueueBacklog: Alert = {
  name: "WorkerQueueBacklog",
  severity: "warning",
  service: "worker",
  summary: "Jobs come faster than they are done.",
  description:
    "{{ $value | humanize }} jobs wait in {{ $labels.queue }}: what users expect of them comes ever later.",
  threshold: {
    default: 1000,
    unit: "jobs that wait in a queue",
    source: "a starting point; set it to what your workers do in a few minutes",
  },
  expression: (threshold) => `${depth} > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "queueLength" },
};

const workerJobTooOld: Alert = {
  name: "WorkerJobTooOld",
  severity: "warning",
  service: "worker",
  summary: "A job has waited for minutes.",
  description:
    "The oldest job in {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}: that is how late users get what it does.",
  threshold: {
    default: 300,
    unit: "seconds that a job waits",
    source: "a starting point; users come back to ask after a few minutes",
  },
  expression: (threshold) => `max by (queue) (${metrics.workerOldestJobAge.name}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "oldestJob" },
};

const failedShare = (by: string) =>
  `sum by (${by}) (${rate(failedJobs, "10m")}) / sum by (${by}) (${rate(jobs, "10m")})`;

const workerJobFailures: Alert = {
  name: "WorkerJobFailures",
  severity: "warning",
  service: "worker",
  summary: "Background jobs fail.",
  description:
    "{{ $value | humanizePercentage }} of the jobs in {{ $labels.queue }} fail: payments, webhooks or e-mails of some users are lost or late.",
  threshold: { default: 0.05, unit: "share of the queue's jobs", source: "a starting point" },
  expression: (threshold) =>
    `${failedShare("queue")} > ${threshold}` +
    ` and on (queue) sum by (queue) (${increase(failedJobs, "10m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "jobFailures" },
};

const workerJobsAllFailing: Alert = {
  name: "WorkerJobsAllFailing",
  severity: "critical",
  service: "worker",
  summary: "Most jobs of a queue fail.",
  description:
    "{{ $value | humanizePercentage }} of the jobs in {{ $labels.queue }} fail: what they do for users (payments, webhooks, e-mails) hardly happens at all.",
  threshold: {
    default: 0.5,
    unit: "share of the queue's jobs",
    source: "a starting point; ten times what WorkerJobFailures warns of",
  },
  // The failures of half an hour, so that a queue with a job every few minutes counts as well.
  expression: (threshold) =>
    `${failedShare("queue")} > ${threshold}` +
    ` and on (queue) sum by (queue) (${increase(failedJobs, "30m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "jobFailures" },
};

const workerInstanceFailing: Alert = {
  name: "WorkerInstanceFailing",
  severity: "warning",
  service: "worker",
  summary: "One worker fails jobs that the others do.",
  description:
    "Worker {{ $labels.instance }} fails {{ $value | humanizePercentage }} of its jobs while others fail few: payments, webhooks or e-mails of some users are lost or late.",
  threshold: {
    default: 0.2,
    unit: "share of the worker's jobs",
    source: "a starting point; what a worker fails that is not the jobs' fault goes on until it is restarted",
  },
  expression: (threshold) =>
    `${failedShare("job, instance")} > ${threshold}` +
    ` and on (job, instance) sum by (job, instance) (${increase(failedJobs, "10m")}) > ${MINIMUM_FAILURES}` +
    // Where no worker does better, it is not this one's fault; one that has failed nothing has no series of it.
    ` unless on (job) min by (job) (${failedShare("job, instance")} or 0 * sum by (job, instance) (${rate(jobs, "10m")})) > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "jobFailuresByInstance" },
};

const doneBy = (by: string) => `sum by (${by}) (${increase(jobs, "30m")})`;

/** Jobs that each worker does of a queue in half an hour, below which one that does none is a coincidence. */
const MINIMUM_DONE = 30;

const workerInstanceIdle: Alert = {
  name: "WorkerInstanceIdle",
  severity: "warning",
  service: "worker",
  summary: "One worker does nothing, the others work.",
  description:
    "Worker {{ $labels.instance }} is up and did {{ $value | humanize }} jobs of {{ $labels.queue }} in half an hour, fewer than 1 in 20 of what its peers do: it hangs, and the jobs that it holds do not happen.",
  expression: () =>
    `${doneBy("job, instance, queue")} < on (job, queue) group_left () 0.05 * avg by (job, queue) (${doneBy("job, instance, queue")})` +
    ` and on (job, queue) avg by (job, queue) (${doneBy("job, instance, queue")}) > ${MINIMUM_DONE}` +
    ` and on (job, instance) ${metrics.up.name}{job="agentpay-worker"} == 1`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "jobsByInstance" },
};

export const workerAlerts: AlertGroup = {
  name: "agentpay-worker",
  interval: "30s",
  job: "agentpay-worker",
  alerts: [
    workerDown,
    workersDown,
    workerInstanceDown,
    workerInstanceRestarting,
    workerQueueStalled,
    workerQueueUnknown,
    workerQueueBacklog,
    workerJobTooOld,
    workerJobFailures,
    workerJobsAllFailing,
    workerInstanceFailing,
    workerInstanceIdle,
  ],
};
