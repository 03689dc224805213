import { metrics } from "../metrics.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES } from "./alert.ts";
import { allDown, someDown } from "./availability.ts";

const jobs = metrics.workerJobs.name;
const failedJobs = `${jobs}{status="failed"}`;
/** Every worker reports the length of the queues that they share: a sum would count each job once a worker. */
const depth = `max by (queue) (${metrics.workerQueueDepth.name})`;

const workerDown: Alert = {
  name: "WorkerDown",
  severity: "critical",
  service: "worker",
  summary: "No worker answers.",
  description:
    "Every worker has been unreachable for 2 minutes, or none is known: webhooks, e-mails and delayed payments wait.",
  expression: () => allDown("agentpay-worker"),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
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
    "{{ $value | humanize }} jobs wait in {{ $labels.queue }} and none was worked off in 10 minutes: what they do for users (payments, webhooks, e-mails) does not happen.",
  expression: () => `${depth} > 0 unless on (queue) (sum by (queue) (rate(${jobs}[10m])) > 0)`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "queueThroughput" },
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

const workerJobFailures: Alert = {
  name: "WorkerJobFailures",
  severity: "warning",
  service: "worker",
  summary: "Background jobs fail.",
  description:
    "{{ $value | humanizePercentage }} of the jobs in {{ $labels.queue }} fail: payments, webhooks or e-mails of some users are lost or late.",
  threshold: { default: 0.05, unit: "share of the queue's jobs", source: "a starting point" },
  expression: (threshold) =>
    `sum by (queue) (rate(${failedJobs}[10m])) / sum by (queue) (rate(${jobs}[10m])) > ${threshold}` +
    ` and on (queue) sum by (queue) (increase(${failedJobs}[10m])) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "jobFailures" },
};

export const workerAlerts: AlertGroup = {
  name: "agentpay-worker",
  interval: "30s",
  job: "agentpay-worker",
  alerts: [
    workerDown,
    workerInstanceDown,
    workerQueueStalled,
    workerQueueBacklog,
    workerJobTooOld,
    workerJobFailures,
  ],
};
