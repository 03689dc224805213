/** What breaks in the chat's connections. */

import type { Drill } from "./drill.ts";
import { A_MONTH, burns, exhausted, slowly } from "./expected.ts";

export const websocketDrills: readonly Drill[] = [
  {
    title: "Chat connections break",
    faults: { "websocket-drops": { rate: 0.03 } },
    areas: ["websocket"],
    rings: ["WebSocketAbnormalCloses", "WebSocketConnectionsDropped"],
  },
  {
    title: "Half of the chat connections are refused",
    faults: { "websocket-refused": { ratio: 0.5 } },
    areas: ["websocket"],
    rings: [...burns("WebSocketConnect", "1h"), exhausted("websocket-connect")],
    mutes: burns("WebSocketConnect", "6h"),
    mayRing: ["WebSocketConnectionsDropped", ...burns("WebSocketConnect", "1d")],
    outlast: { [exhausted("websocket-connect")]: A_MONTH },
  },
  {
    title: "The application rejects every chat connection",
    faults: { "websocket-rejected": {} },
    areas: ["websocket", "llm", "checkout"],
    rings: ["WebSocketHandshakesRejected"],
    mayRing: ["WebSocketConnectionsDropped", "LLMCallsStopped"],
  },
  {
    title: "1 chat connection in 20 is refused",
    faults: { "websocket-refused": { ratio: 0.05 } },
    areas: ["websocket"],
    rings: burns("WebSocketConnect", "6h"),
    mayRing: [...burns("WebSocketConnect", "1h", "1d"), exhausted("websocket-connect")],
  },
  {
    title: "1 chat connection in 38 is refused",
    faults: { "websocket-refused": { ratio: 0.026 } },
    areas: ["websocket"],
    rings: burns("WebSocketConnect", "1d"),
    mayRing: [...slowly("WebSocketConnect"), exhausted("websocket-connect")],
  },
];
