/** What the agent does for its answers: tools that it calls, knowledge that it retrieves. */

import { api, counter, histogram, open } from "./metric.ts";

export const agentMetrics = {
  toolCalls: counter("agentpay_tool_calls_total", {
    help: "Tools called by the agent.",
    jobs: api,
    labels: { tool: open("tool name"), status: ["success", "error"] },
  }),
  ragQueryDuration: histogram("agentpay_rag_query_duration_seconds", {
    help: "Time of one stage of a knowledge retrieval.",
    unit: "seconds",
    jobs: api,
    labels: { stage: ["embed", "search", "rerank"] },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  }),
  ragQueries: counter("agentpay_rag_queries_total", {
    help: "Knowledge retrievals.",
    jobs: api,
    labels: { status: ["ok", "empty", "error"] },
  }),
};
