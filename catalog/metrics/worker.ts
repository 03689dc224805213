/** What the worker tells of its queues and jobs. */

import { counter, gauge, open } from "./metric.ts";

const worker = ["agentpay-worker"] as const;
const queue = open("queue name");

export const workerMetrics = {
  workerQueueDepth: gauge("agentpay_worker_queue_depth", {
    help: "Jobs that wait in a queue.",
    jobs: worker,
    labels: { queue },
  }),
  workerOldestJobAge: gauge("agentpay_worker_oldest_job_age_seconds", {
    help: "Age of the oldest job that waits in a queue, 0 when none does.",
    unit: "seconds",
    jobs: worker,
    labels: { queue },
  }),
  workerJobs: counter("agentpay_worker_jobs_total", {
    help: "Jobs worked off.",
    jobs: worker,
    labels: { queue, status: ["succeeded", "failed"] },
  }),
};
