/** What the agent does besides asking a language model: it looks things up, and calls tools. */
import { increase, rate } from "../counting.ts";
import type { Duration } from "../duration.ts";
import { metrics } from "../metrics/index.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, MINIMUM_OBSERVATIONS } from "./alert.ts";

const { ragQueryDuration } = metrics;
const queries = (status?: string) =>
  status ? `${metrics.ragQueries.name}{status="${status}"}` : metrics.ragQueries.name;
const share = (status: string, window: Duration) =>
  `sum(${rate(queries(status), window)}) / sum(${rate(queries(), window)})`;

const ragLatencyHigh: Alert = {
  name: "RAGLatencyHigh",
  severity: "warning",
  service: "rag",
  summary: "Knowledge retrieval is slow.",
  description:
    "1 retrieval in 20 spends more than {{ $value | humanizeDuration }} in the stage {{ $labels.stage }}: visitors wait that much longer for the agent's first word.",
  threshold: {
    default: 1,
    unit: "seconds in one stage, 95th percentile",
    source: "a starting point; a stage takes a tenth of that when healthy",
  },
  expression: (threshold) =>
    `histogram_quantile(0.95, sum by (stage, le) (${rate(ragQueryDuration.bucket, "5m")})) > ${threshold}` +
    ` and on (stage) sum by (stage) (${increase(ragQueryDuration.count, "5m")}) > ${MINIMUM_OBSERVATIONS}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "ragLatency" },
};

const ragQueryFailures: Alert = {
  name: "RAGQueryFailures",
  severity: "warning",
  service: "rag",
  summary: "Knowledge retrieval fails.",
  description:
    "{{ $value | humanizePercentage }} of retrievals fail: the agent answers without the merchant's documents, or makes things up.",
  threshold: { default: 0.05, unit: "share of retrievals", source: "a starting point" },
  expression: (threshold) =>
    `${share("error", "5m")} > ${threshold} and sum(${increase(queries("error"), "5m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "ragFailures" },
};

/** Empty answers in an hour below which the share means nothing: merchants with few documents cause some. */
const MINIMUM_EMPTY = 20;

const ragEmptyResultsHigh: Alert = {
  name: "RAGEmptyResultsHigh",
  severity: "warning",
  service: "rag",
  summary: "Knowledge retrieval often finds nothing.",
  description:
    "{{ $value | humanizePercentage }} of the last hour's retrievals found no document: answers are general instead of the merchant's own.",
  threshold: {
    default: 0.3,
    unit: "share of retrievals",
    source: "a starting point; a complete index leaves a few percent empty",
  },
  expression: (threshold) =>
    `${share("empty", "1h")} > ${threshold} and sum(${increase(queries("empty"), "1h")}) > ${MINIMUM_EMPTY}`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-llm", panel: "ragEmpty" },
};

const toolCalls = metrics.toolCalls.name;
const failedToolCalls = `${toolCalls}{status="error"}`;

const toolCallFailures: Alert = {
  name: "ToolCallFailures",
  severity: "warning",
  service: "api",
  summary: "A tool of the agent fails.",
  description:
    "{{ $value | humanizePercentage }} of the agent's calls of {{ $labels.tool }} fail: it talks, but can't do what visitors ask of it.",
  threshold: {
    default: 0.2,
    unit: "share of the tool's calls",
    source: "a starting point; wrong arguments by the model fail a few percent",
  },
  expression: (threshold) =>
    `sum by (tool) (${rate(failedToolCalls, "15m")}) / sum by (tool) (${rate(toolCalls, "15m")}) > ${threshold}` +
    ` and on (tool) sum by (tool) (${increase(failedToolCalls, "15m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-llm", panel: "toolFailures" },
};

export const agentAlerts: AlertGroup = {
  name: "agentpay-agent",
  interval: "30s",
  alerts: [ragLatencyHigh, ragQueryFailures, ragEmptyResultsHigh, toolCallFailures],
};
