/** Panels of the chat: its connections, its conversations against the usual. */
import { metrics } from "../../metrics/index.ts";
import { websocketConnections, websocketConnectionsBefore } from "../../recording-rules/api.ts";
import {
  conversationRate,
  conversionRatio,
  usualConversationRate,
  usualConversionRatio,
} from "../../recording-rules/business.ts";
import type { Panel } from "../dashboard.ts";

const closes = (matchers: string) =>
  `sum(rate(${metrics.websocketDisconnects.name}{${matchers}instance=~"$instance"}[$__rate_interval]))`;

export const chatPanels = {
  webSocketConnections: {
    row: "Chat",
    title: "Active WebSocket Connections",
    description: "WebSockets of visitors with the chat widget on their page; it follows the time of day.",
    unit: "short",
    visualization: "timeseries",
    queries: [{ expression: websocketConnections.record, legend: "connections" }],
  },
  webSocketConnectionsVersusBefore: {
    title: "WebSocket Connections Compared With Before",
    description:
      "Share of the chat connections that there were before many were lost; good is close to 100%.",
    nothing: "Nothing to compare with before half an hour has passed.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression: `${websocketConnections.record} / (${websocketConnectionsBefore.record} > 0)`,
        legend: "connections",
      },
    ],
  },
  webSocketConnects: {
    title: "WebSocket Handshakes by Result",
    description: "Share of attempts to open the chat's WebSocket by what came of them; good is all ok.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression:
          `sum by (result) (rate(${metrics.websocketConnects.name}{instance=~"$instance"}[$__rate_interval]))` +
          ` / on () group_left () (sum(rate(${metrics.websocketConnects.name}{instance=~"$instance"}[$__rate_interval])) > 0)`,
        legend: "{{result}}",
      },
    ],
  },
  webSocketBadCloses: {
    title: "WebSocket Connections That Broke",
    description: "Share of closed WebSockets that ended in an error or timeout; good is a few percent.",
    nothing: "No connection broke.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression: `${closes('reason=~"error|timeout",')} / (${closes("")} > 0)`,
        legend: "broken",
      },
    ],
  },
  conversationsVersusUsual: {
    row: "Against the usual",
    title: "Conversations Compared With the Usual",
    description: "Conversations started, of those at the same time a week ago; good is around 100%.",
    nothing: "Nothing to compare with before a day has passed.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression: `${conversationRate.record} / (${usualConversationRate.record} > 0)`,
        legend: "conversations",
      },
    ],
  },
  conversionVersusUsual: {
    title: "Conversion Rate Compared With the Usual",
    description:
      "Conversations of the last day that ended in a sale, of last week's share; good is around 100%.",
    nothing: "Nothing to compare with before a day has passed.",
    unit: "percentunit",
    visualization: "timeseries",
    queries: [
      {
        expression: `${conversionRatio.record} / (${usualConversionRatio} > 0)`,
        legend: "sales per conversation",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Panel>>;
