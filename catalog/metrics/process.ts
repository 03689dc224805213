/** What every process tells of itself: memory, CPU, file descriptors. */

import { counter, gauge, jobs } from "./metric.ts";

/** What every client library exports. A Python application in multiprocess mode does not: no rule may depend on it. */
export const processMetrics = {
  processResidentMemory: gauge("process_resident_memory_bytes", {
    help: "Resident memory of the process.",
    unit: "bytes",
    jobs,
    labels: {},
  }),
  processCpuSeconds: counter("process_cpu_seconds_total", {
    help: "CPU time of the process.",
    unit: "seconds",
    jobs,
    labels: {},
  }),
  processOpenFds: gauge("process_open_fds", { help: "Open file descriptors.", jobs, labels: {} }),
  processMaxFds: gauge("process_max_fds", { help: "Most file descriptors allowed.", jobs, labels: {} }),
  processStartTime: gauge("process_start_time_seconds", {
    help: "When the process started.",
    unit: "timestamp",
    jobs,
    labels: {},
  }),
};
