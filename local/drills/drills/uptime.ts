/** What breaks where customers connect: routes, certificates, and the whole host. */
import { deadProber } from "../breakages.ts";
import type { Drill } from "./drill.ts";
import { burns, exhausted, servedByAPI, unreachable } from "./expected.ts";

export const uptimeDrills: readonly Drill[] = [
  {
    title: "The health route answers 503",
    faults: { "healthz-failing": {} },
    areas: ["edge"],
    once: true,
    rings: [unreachable("api")],
  },
  {
    title: "The health route answers 503 while work on the API is announced",
    faults: { "healthz-failing": {} },
    alertmanager: "announced work on the API",
    rings: [],
    mutes: [unreachable("api")],
  },
  {
    title: "Nothing listens where customers connect, and the API is well",
    faults: { "edge-closed": {} },
    areas: ["edge"],
    rings: (["api", "websocket", "websocket-port", "widget"] as const).map(unreachable),
  },
  {
    title: "The status page is gone",
    statusPage: "gone",
    areas: ["status page"],
    rings: [unreachable("status-page")],
  },
  {
    title: "The WebSocket handshake is refused, and the port is open",
    faults: { "handshake-refused": {} },
    areas: ["edge"],
    once: true,
    rings: [unreachable("websocket")],
  },
  {
    title: "The widget's script is empty",
    faults: { "widget-empty": {} },
    areas: ["edge"],
    rings: ["EndpointWrongAnswer widget"],
  },
  {
    title: "The certificate ends in 10 days",
    faults: { "certificate-expiring": { days: 10 } },
    areas: ["edge"],
    rings: ["CertificateExpiringSoon"],
  },
  {
    title: "The certificate ends in 2 days",
    faults: { "certificate-expiring": { days: 2 } },
    areas: ["edge"],
    rings: ["CertificateAboutToExpire"],
    mayRing: ["CertificateExpiringSoon"],
  },
  {
    title: "The prober does not answer",
    prometheus: deadProber,
    areas: ["prometheus", "edge"],
    rings: ["UptimeProberDown"],
  },
  {
    title: "The host of everything is down",
    faults: { "api-down": {}, "worker-down": {}, "postgres-exporter-down": {}, "redis-exporter-down": {} },
    rings: ["HostDown", "APIDown", "WorkerDown", ...servedByAPI.map(unreachable)],
    mutes: ["PostgresExporterDown", "RedisExporterDown"],
    mayRing: [
      ...["APIServersDown", "WorkersDown", "PostgresStateUnknown", "RedisStateUnknown"],
      ...(["websocket-port", "widget"] as const).map(unreachable),
      ...[...burns("APIAvailability", "1h", "6h", "1d", "3d"), exhausted("api-availability")],
      ...["WebSocketConnectionsDropped", "LLMCostNotRecorded", "WorkerJobTooOld", "WorkerQueueStalled"],
    ],
  },
];
