/** What breaks in the agent itself: its retrieval and its tools. */
import type { Drill } from "./drill.ts";

export const agentDrills: readonly Drill[] = [
  { title: "Retrieval is slow", faults: { "rag-slow": {} }, areas: ["rag"], rings: ["RAGLatencyHigh"] },
  { title: "Retrieval fails", faults: { "rag-errors": {} }, areas: ["rag"], rings: ["RAGQueryFailures"] },
  {
    title: "Retrieval finds nothing",
    faults: { "rag-empty": {} },
    areas: ["rag"],
    rings: ["RAGEmptyResultsHigh"],
  },
  {
    title: "The agent's tools fail",
    faults: { "tool-errors": { ratio: 0.9 } },
    areas: ["tools"],
    rings: ["ToolCallFailures"],
  },
];
