/** What each process of AgentPay tells of itself: its database pool, and what its instrumentation could not count. */

import { app, counter, gauge } from "./metric.ts";

export const applicationMetrics = {
  dbPoolConnections: gauge("agentpay_db_pool_connections", {
    help: "Connections of the process's own database pool.",
    jobs: app,
    labels: { state: ["checked_out", "checked_in"] },
  }),
  dbPoolLimit: gauge("agentpay_db_pool_limit", {
    help: "Most connections that the process's database pool may open.",
    jobs: app,
    labels: {},
  }),
  instrumentationFaults: counter("agentpay_instrumentation_faults_total", {
    help: "What the instrumentation could not count: its own faults, values it refused, files it could not read.",
    jobs: app,
    labels: { kind: ["accounting", "value", "file"] },
  }),
};
