import { increase, rate } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import {
  CONNECTIONS_LOST_SHARE,
  websocketConnections,
  websocketConnectionsBefore,
} from "../recording-rules/api.ts";
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
    `sum(${rate(badCloses, "10m")}) / sum(${rate(closes, "10m")}) > ${threshold}` +
    ` and sum(${increase(badCloses, "10m")}) > ${MINIMUM_FAILURES}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "webSocketBadCloses" },
};

/** Below so many connections, half of them leaving is a coincidence. */
const MINIMUM_CONNECTIONS = 40;
const before = websocketConnectionsBefore.record;

const webSocketConnectionsDropped: Alert = {
  name: "WebSocketConnectionsDropped",
  severity: "warning",
  service: "websocket",
  summary: "Many visitors lost their chat connection at once.",
  description:
    "Only {{ $value | humanizePercentage }} of the chat connections that there were before are open: visitors were cut off, or no longer come.",
  threshold: {
    default: CONNECTIONS_LOST_SHARE,
    unit: "share of the connections before (at most the default: above it, the level before is not held)",
    source: "a starting point; the daily curve never halves within minutes",
  },
  expression: (threshold) =>
    `${websocketConnections.record}{${API}} / ${before}{${API}} < ${threshold} and ${before}{${API}} > ${MINIMUM_CONNECTIONS}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "webSocketConnectionsVersusBefore" },
};

const connects = (matchers = "") => `${metrics.websocketConnects.name}{${API}${matchers}}`;
const rejected = connects(',result="rejected"');
/** Handshakes refused in 10 minutes below which their share means nothing. */
const MINIMUM_REJECTED = 10;

const webSocketHandshakesRejected: Alert = {
  name: "WebSocketHandshakesRejected",
  severity: "critical",
  service: "websocket",
  summary: "The API refuses nearly every chat connection.",
  description:
    "{{ $value | humanizePercentage }} of the attempts to open the chat's WebSocket are refused by the application: no visitor gets a conversation, and nothing counts as an error.",
  threshold: {
    default: 0.9,
    unit: "share of attempts",
    source: "a starting point; pages with an old key are refused now and then, everybody never is",
  },
  expression: (threshold) =>
    `sum(${rate(rejected, "10m")}) / sum(${rate(connects(), "10m")}) > ${threshold}` +
    ` and sum(${increase(rejected, "10m")}) > ${MINIMUM_REJECTED}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "webSocketConnects" },
};

export const websocketAlerts: AlertGroup = {
  name: "agentpay-websocket",
  interval: "30s",
  alerts: [webSocketAbnormalCloses, webSocketConnectionsDropped, webSocketHandshakesRejected],
};
