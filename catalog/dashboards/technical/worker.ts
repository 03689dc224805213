/** Panels of the worker and its queues. */
import { metrics } from "../../metrics/index.ts";
import type { Panel } from "../dashboard.ts";

const jobs = (matchers: string) =>
  `sum by (queue) (rate(${metrics.workerJobs.name}{instance=~"$instance"${matchers}}[$__rate_interval]))`;

export const workerPanels = {
  queueLength: {
    row: "Worker",
    title: "Worker Queue Length",
    description: "Jobs that wait for a worker; good is a short queue that empties.",
    unit: "short",
    visualization: "timeseries",
    queries: [{ expression: `max by (queue) (${metrics.workerQueueDepth.name})`, legend: "{{queue}}" }],
  },
  queueThroughput: {
    title: "Jobs Done",
    description: "Jobs worked off a second; none while the queue is not empty means that it is stalled.",
    unit: "cps",
    visualization: "timeseries",
    queries: [{ expression: jobs(""), legend: "{{queue}}" }],
  },
  oldestJob: {
    title: "Oldest Waiting Job",
    description: "How long the oldest job has waited; good is seconds.",
    unit: "s",
    visualization: "timeseries",
    queries: [{ expression: `max by (queue) (${metrics.workerOldestJobAge.name})`, legend: "{{queue}}" }],
  },
  jobFailures: {
    title: "Failed Jobs",
    description: "Share of jobs that fail; good is well below 1%.",
    nothing: "No job has failed.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [{ expression: `${jobs(',status="failed"')} / (${jobs("")} > 0)`, legend: "{{queue}}" }],
  },
  jobFailuresByInstance: {
    title: "Failed Jobs by Worker",
    description: "Share of each worker's jobs that fail; good is the same for all.",
    nothing: "No job has failed.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression:
          `sum by (instance) (rate(${metrics.workerJobs.name}{status="failed",instance=~"$instance"}[$__rate_interval]))` +
          ` / (sum by (instance) (rate(${metrics.workerJobs.name}{instance=~"$instance"}[$__rate_interval])) > 0)`,
        legend: "{{instance}}",
      },
    ],
  },
  jobsByInstance: {
    title: "Jobs by Worker",
    description: "Jobs a second that each worker does; good is about the same for all.",
    unit: "ops",
    visualization: "timeseries",
    queries: [
      {
        expression: `sum by (instance) (rate(${metrics.workerJobs.name}{instance=~"$instance"}[$__rate_interval]))`,
        legend: "{{instance}}",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Panel>>;
