/** What the API tells of the chat's WebSockets. */

import { api, counter, gauge } from "./metric.ts";

export const websocketMetrics = {
  websocketConnections: gauge("agentpay_websocket_connections", {
    help: "Open WebSocket connections.",
    jobs: api,
    labels: {},
  }),
  websocketConnects: counter("agentpay_websocket_connects_total", {
    help: "Attempts to open a WebSocket; rejected: the application refused it, error: it failed.",
    jobs: api,
    labels: { result: ["ok", "rejected", "error"] },
  }),
  websocketDisconnects: counter("agentpay_websocket_disconnects_total", {
    help: "WebSockets closed.",
    jobs: api,
    labels: { reason: ["normal", "shutdown", "error", "timeout"] },
  }),
};
