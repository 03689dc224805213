import { metrics } from "../metrics.ts";
import { websocketConnections } from "../recording-rules/api.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES } from "./alert.ts";

const API = 'job="agentpay-api"';
const closes = `${metrics.websocketDisconnects.name}{${API}}`;
const badCloses = `${metrics.websocketDisconnects.name}{${API},reason=~"error|timeout"}`;

const webSocketAbnormalCloses: Alert = {
  name: "WebSocketAbnormalCloses",
  severity: "warning",
  service: "websocket",
  summary: "Chat connections break.",
  description:
    "{{ $value | humanizePercentage }} of the chat connections that closed in 10 minutes broke or timed out: visitors lose the conversation they are in.",
  threshold: {
    default: 0.2,
    unit: "share of closed connections",
    source: "a starting point; phones that leave the network close a few percent this way",
  },
  expression: (threshold) =>
    `sum(rate(${badCloses}[10m])) / sum(rate(${closes}[10m])) > ${threshold}` +
    ` and sum(increase(${badCloses}[10m])) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "webSocketBadCloses" },
};

/** Below so many connections, half of them leaving is a coincidence. */
const MINIMUM_CONNECTIONS = 20;
const before = `avg_over_time(${websocketConnections.record}{${API}}[30m] offset 5m)`;

const webSocketConnectionsDropped: Alert = {
  name: "WebSocketConnectionsDropped",
  severity: "warning",
  service: "websocket",
  summary: "Many visitors lost their chat connection at once.",
  description:
    "Only {{ $value | humanizePercentage }} of the chat connections of the half hour before are open: visitors were cut off, or no longer come.",
  threshold: {
    default: 0.5,
    unit: "share of the connections of the half hour before",
    source: "a starting point; the daily curve never halves within minutes",
  },
  expression: (threshold) =>
    `${websocketConnections.record}{${API}} / ${before} < ${threshold} and ${before} > ${MINIMUM_CONNECTIONS}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "webSocketConnectionsVersusBefore" },
};

export const websocketAlerts: AlertGroup = {
  name: "agentpay-websocket",
  interval: "30s",
  alerts: [webSocketAbnormalCloses, webSocketConnectionsDropped],
};
