/** How long language models keep people waiting for the first word. */
import { increase } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { firstTokenMedian, firstTokenP95 } from "../recording-rules/llm.ts";
import { type Alert, MINIMUM_OBSERVATIONS } from "./alert.ts";

/** More replies than so few that their quantiles are luck. */
const enoughReplies = ` and on (model) sum by (model) (${increase(metrics.llmTimeToFirstToken.count, "5m")}) > ${MINIMUM_OBSERVATIONS}`;

export const llmTimeToFirstTokenHigh: Alert = {
  name: "LLMTimeToFirstTokenHigh",
  severity: "warning",
  service: "llm",
  summary: "The language model takes long to begin its reply.",
  description:
    "1 reply in 20 of {{ $labels.model }} begins later than {{ $value | humanizeDuration }}: visitors look at an empty bubble and leave.",
  threshold: {
    default: 5,
    unit: "seconds to the first token, 95th percentile",
    source: "a starting point; twice what the objective llm-first-token allows",
  },
  expression: (threshold) => `${firstTokenP95.record} > ${threshold}${enoughReplies}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-llm", panel: "firstToken" },
};

export const llmMostlySlow: Alert = {
  name: "LLMMostlySlow",
  severity: "critical",
  service: "llm",
  summary: "The language model keeps nearly everybody waiting.",
  description:
    "Every second reply of {{ $labels.model }} begins later than {{ $value | humanizeDuration }}: visitors take the chat for dead, although nothing fails.",
  threshold: {
    default: 10,
    unit: "seconds to the first token, median (50th percentile)",
    source: "a starting point: twice what LLMTimeToFirstTokenHigh allows 1 reply in 20",
  },
  expression: (threshold) => `${firstTokenMedian.record} > ${threshold}${enoughReplies}`,
  holdFor: "5m",
  keepFiringFor: "5m",
  panel: { dashboard: "agentpay-llm", panel: "firstToken" },
};
