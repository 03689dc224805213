import type { Panel } from "../dashboard.ts";

/** AgentPay's hosts, by what the agents on them report: a busy host slows down what runs on it. */
export const hostPanels = {
  hostProcessors: {
    row: "Hosts",
    title: "Host CPU",
    description: "Share of each host's processors that is at work; good has room for a busy hour.",
    unit: "percent",
    visualization: "timeseries",
    hostMetric: "cpu_usage_active",
  },
  hostMemory: {
    title: "Host Memory",
    description: "Share of each host's memory that is used; good stays below the line.",
    unit: "percent",
    visualization: "timeseries",
    thresholdsOf: ["HostMemoryHigh"],
    hostMetric: "mem_used_percent",
  },
  hostDisks: {
    title: "Host Disks",
    description: "Share of each host's fullest disk that is used; good stays below the line.",
    unit: "percent",
    visualization: "timeseries",
    thresholdsOf: ["HostDiskFull"],
    hostMetric: "disk_used_percent",
  },
} as const satisfies Readonly<Record<string, Panel>>;
