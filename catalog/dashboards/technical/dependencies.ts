/** Panels of what answers wait for: the database, language models, Redis. */
import { metrics } from "../../metrics/index.ts";
import { llmDurationP95 } from "../../recording-rules/llm.ts";
import type { Panel } from "../dashboard.ts";

export const dependencyPanels = {
  databaseTime: {
    title: "Database Query Time",
    description: "Mean time of a database statement; good is milliseconds.",
    unit: "s",
    visualization: "timeseries",
    queries: [
      {
        expression:
          `sum by (datname) (rate(${metrics.pgStatStatementsSeconds.name}[$__rate_interval]))` +
          ` / (sum by (datname) (rate(${metrics.pgStatStatementsCalls.name}[$__rate_interval])) > 0)`,
        legend: "{{datname}}",
      },
    ],
  },
  llmLatency: {
    title: "LLM Request Latency p95",
    description: "Time to the last token that 95% of LLM calls need at most, by model.",
    unit: "s",
    visualization: "timeseries",
    queries: [{ expression: llmDurationP95.record, legend: "{{model}}" }],
  },
  redisMemory: {
    title: "Redis Memory Usage",
    description: "Memory that Redis uses, and the most it may use.",
    unit: "bytes",
    visualization: "timeseries",
    queries: [
      { expression: metrics.redisMemoryUsed.name, legend: "{{instance}} used" },
      { expression: `${metrics.redisMemoryMax.name} > 0`, legend: "{{instance}} limit" },
    ],
  },
} as const satisfies Readonly<Record<string, Panel>>;
