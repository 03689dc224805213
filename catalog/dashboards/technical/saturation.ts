/** Panels of how full the processes are, and how many conversations they carry. */
import { metrics } from "../../metrics/index.ts";
import type { Panel } from "../dashboard.ts";

export const saturationPanels = {
  processMemory: {
    row: "Saturation",
    title: "Process Memory",
    description: "Resident memory of each process; a steady climb is a leak.",
    unit: "bytes",
    visualization: "timeseries",
    queries: [
      {
        expression: `${metrics.processResidentMemory.name}{job=~"agentpay-.+",instance=~"$instance"}`,
        legend: "{{job}} {{instance}}",
      },
    ],
  },
  processCpu: {
    title: "Process CPU",
    description: "Cores that each process keeps busy; at 1, a Python process is at its limit.",
    unit: "short",
    visualization: "timeseries",
    queries: [
      {
        expression: `rate(${metrics.processCpuSeconds.name}{job=~"agentpay-.+",instance=~"$instance"}[$__rate_interval])`,
        legend: "{{job}} {{instance}}",
      },
    ],
  },
  fileDescriptors: {
    title: "File Descriptors",
    description: "Share of the file descriptors that each process may open; at 100% it takes no connection.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression: `${metrics.processOpenFds.name}{job=~"agentpay-.+",instance=~"$instance"} / ${metrics.processMaxFds.name}{job=~"agentpay-.+",instance=~"$instance"}`,
        legend: "{{job}} {{instance}}",
      },
    ],
  },
  activeConversations: {
    title: "Active Conversations",
    description: "Visitors talking to the agent now; it follows the time of day.",
    unit: "short",
    visualization: "timeseries",
    queries: [
      {
        expression: `sum(${metrics.activeConversations.name}{instance=~"$instance"})`,
        legend: "conversations",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Panel>>;
