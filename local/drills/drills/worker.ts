/** What breaks in the worker and its queues. */
import { deadTarget } from "../breakages.ts";
import type { Drill } from "./drill.ts";

export const workerDrills: readonly Drill[] = [
  {
    title: "The worker is down",
    faults: { "worker-down": {} },
    areas: ["worker", "redis"],
    rings: ["WorkerDown"],
    mayRing: ["WorkersDown", "WorkerJobTooOld"],
  },
  {
    title: "The second worker is dead",
    prometheus: deadTarget("agentpay-worker"),
    areas: ["prometheus", "worker"],
    rings: ["WorkersDown", "WorkerInstanceDown"],
  },
  {
    title: "The worker works on nothing",
    faults: { "worker-stalled": {} },
    areas: ["worker"],
    rings: ["WorkerQueueStalled", "WorkerJobTooOld"],
    mayRing: ["WorkerQueueBacklog"],
  },
  {
    title: "Jobs come faster than they are done",
    faults: { "queue-backlog": { rate: 100 } },
    areas: ["worker", "postgres"],
    rings: ["WorkerQueueBacklog"],
    // Busy as it is, it uses all of its database connections; what is less urgent waits.
    mayRing: ["DatabaseAppPoolSaturated", "WorkerQueueStalled", "WorkerJobTooOld"],
  },
  { title: "Jobs fail", faults: { "job-failures": {} }, areas: ["worker"], rings: ["WorkerJobFailures"] },
  {
    title: "Nearly every job fails",
    faults: { "job-failures": { ratio: 0.95 } },
    areas: ["worker"],
    rings: ["WorkerJobsAllFailing"],
    mutes: ["WorkerJobFailures"],
  },
  {
    title: "The worker no longer says how long its queues are",
    faults: { "queue-metrics-lost": {} },
    areas: ["worker"],
    rings: ["WorkerQueueUnknown"],
  },
];
