/** What is broken on purpose, and what has to ring then. Data only. */
import { objectives } from "../../catalog/objectives.ts";
import { activities } from "../../catalog/recording-rules/activities.ts";
import type { EndpointKey } from "../../catalog/uptime.ts";
import type { FaultName } from "../agentpay/faults.ts";
import type { AlertId } from "./alert-id.ts";
import {
  deadProber,
  deadTarget,
  failingRule,
  hastyRule,
  noAlertmanager,
  refusedConfiguration,
} from "./breakages.ts";
import type { PrometheusBreakage } from "./lab.ts";

/** Parts of what is watched that a drill disturbs: drills with one in common never run together. */
export type Area =
  | "api"
  | "edge"
  | "status page"
  | "websocket"
  | "checkout"
  | "llm"
  | "cost"
  | "rag"
  | "tools"
  | "worker"
  | "postgres"
  | "redis"
  | "prometheus"
  | "alertmanager";

export interface Drill {
  /** Unique; what breaks, for people. */
  readonly title: string;
  /** Faults of the simulated AgentPay, with their parameters. */
  readonly faults?: Readonly<Partial<Record<FaultName, Readonly<Record<string, number>>>>>;
  /** What else breaks. */
  readonly prometheus?: PrometheusBreakage;
  readonly statusPage?: "gone";
  readonly alertmanager?: "refused configuration" | "revoked Slack webhook" | "announced work on the API";
  /** Whether AWS takes part, for phones and the heartbeat. Default: no, it is slow to start. */
  readonly aws?: true;
  /** Default: everything, so it runs by itself. */
  readonly areas?: readonly Area[];
  /** What has to reach people, and to end once the fault is gone. */
  readonly rings: readonly AlertId[];
  /** Whether all that pages is to be one incident. Default: it may be several. */
  readonly once?: true;
  /** What has to hold for long enough to fire, and be held back by what rings, or by announced work. */
  readonly mutes?: readonly AlertId[];
  /** What has to reach people once the fault is gone, for it was held back while that lasted. */
  readonly ringsAfter?: readonly AlertId[];
  /** What may ring as well, for the same reason. */
  readonly mayRing?: readonly AlertId[];
  /** Those that ring and whose end is not waited for, with the reason. */
  readonly outlast?: Readonly<Record<AlertId, string>>;
}

/** Everything that may fire because of a drill. */
export function alertsOf({ rings, mutes = [], ringsAfter = [], mayRing = [] }: Drill): readonly AlertId[] {
  return [...rings, ...mutes, ...ringsAfter, ...mayRing];
}

/** Burn-rate alerts of an objective, by their long window. */
function burns(prefix: string, ...windows: readonly ("1h" | "6h" | "1d" | "3d")[]): AlertId[] {
  return windows.map((window) => `${prefix}BudgetBurn ${window}`);
}

/** What may ring beside the 1d alert: noise reaches the one before it, and after 3 hours the next one holds too. */
function slowly(prefix: string): AlertId[] {
  return burns(prefix, "6h", "3d");
}
const unreachable = (endpoint: EndpointKey): AlertId => `EndpointUnreachable ${endpoint}`;
/** What can't be reached where the API is down. */
const servedByAPI: readonly EndpointKey[] = ["api", "websocket"];
const exhausted = (slo: string): AlertId => `ErrorBudgetExhausted ${slo}`;

/** The whole period is as old as the drill: any burning budget is also an exhausted one. */
const anyExhausted = objectives.map(({ name }) => exhausted(name));
const apiErrors = ["HighErrorRate", "ElevatedErrorRate", ...burns("APIAvailability", "1h", "6h", "1d", "3d")];
const apiDelays = ["SlowAPIResponses", "APIMostlySlow", ...burns("APILatency", "1h", "6h", "1d", "3d")];
const llmFailures = [
  ...[
    "LLMRequestFailures",
    "LLMProviderOutage",
    "LLMModelOutage",
    "LLMModelFailing",
    "LLMFallbackExhausted",
    "LLMRateLimited",
    "LLMModelRejected",
  ],
  ...burns("LLMAvailability", "1h", "6h", "1d", "3d"),
];
/** Visitors without an answer buy less; summaries are jobs that fail. */
const llmSideEffects = ["WorkerJobFailures", "WorkerJobsAllFailing", exhausted("llm-availability")];
const A_MONTH = "30 days have to pass";

export const drills: readonly Drill[] = [
  {
    title: "The API is down",
    faults: { "api-down": {} },
    aws: true,
    rings: ["APIDown", ...servedByAPI.map(unreachable)],
    // Whoever was connected is not at once back.
    mayRing: [
      "APIServersDown",
      ...burns("APIAvailability", "1h", "6h", "1d", "3d"),
      exhausted("api-availability"),
      "WebSocketConnectionsDropped",
      "LLMCostNotRecorded",
    ],
  },
  {
    title: "The API and the worker are down for an hour",
    faults: { "api-down": {}, "worker-down": {} },
    rings: ["WorkerDown"],
    mayRing: [
      ...[
        "APIServersDown",
        "WorkersDown",
        ...burns("APIAvailability", "1h", "6h", "1d", "3d"),
        exhausted("api-availability"),
      ],
      ...["APIDown", "WebSocketConnectionsDropped", "WorkerJobTooOld", "WorkerQueueStalled"],
      ...servedByAPI.map(unreachable),
    ],
  },
  {
    title: "The second API server is dead",
    prometheus: deadTarget("agentpay-api"),
    areas: ["prometheus", "api"],
    // Half of the servers are more than a quarter.
    rings: ["APIServersDown", "APIInstanceDown"],
  },
  {
    title: "The API hangs: it answers Prometheus, and nobody else",
    faults: { "api-hangs": {} },
    rings: ["APITrafficStopped"],
    mayRing: ["LLMCallsStopped", "WebSocketConnectionsDropped"],
  },
  {
    title: "The API refuses everybody",
    faults: { "api-refuses": {} },
    rings: ["APIRequestsRefused", "APITrafficStopped"],
    // Nobody starts a conversation.
    mayRing: ["LLMCallsStopped", "WebSocketConnectionsDropped"],
  },
  {
    title: "The API fails 1 request in 5",
    faults: { "api-errors": { ratio: 0.2 } },
    areas: ["api", "checkout", "llm"],
    rings: ["HighErrorRate"],
    mutes: burns("APIAvailability", "6h"),
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API fails 1 request in 40",
    faults: { "api-errors": { ratio: 0.025 } },
    areas: ["api"],
    rings: ["ElevatedErrorRate", ...burns("APIAvailability", "1h"), exhausted("api-availability")],
    mayRing: apiErrors,
    outlast: { [exhausted("api-availability")]: A_MONTH },
  },
  {
    title: "The API fails 1 request in 100",
    faults: { "api-errors": { ratio: 0.01 } },
    areas: ["api"],
    rings: burns("APIAvailability", "6h"),
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API fails 1 request in 200",
    faults: { "api-errors": { ratio: 0.005 } },
    areas: ["api"],
    rings: burns("APIAvailability", "1d"),
    mayRing: [...slowly("APIAvailability"), exhausted("api-availability")],
  },
  {
    title: "One quiet route of the API fails",
    faults: { "route-errors": {} },
    areas: ["api"],
    rings: ["APIRouteFailing"],
    mayRing: [...apiErrors, exhausted("api-availability")],
  },
  {
    title: "The API leaks file descriptors",
    faults: { "descriptors-leaked": {} },
    areas: ["api"],
    rings: ["FileDescriptorsHigh"],
  },
  {
    title: "The API is 200 times slower",
    faults: { "api-slow": { factor: 200 } },
    areas: ["api"],
    rings: ["APIMostlySlow", ...burns("APILatency", "1h"), exhausted("api-latency")],
    mutes: ["SlowAPIResponses", ...burns("APILatency", "6h")],
    mayRing: apiDelays,
    outlast: { [exhausted("api-latency")]: A_MONTH },
  },
  {
    title: "The API is 40 times slower",
    faults: { "api-slow": { factor: 40 } },
    areas: ["api"],
    rings: ["SlowAPIResponses", ...burns("APILatency", "6h")],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "The API is 29 times slower",
    faults: { "api-slow": { factor: 29 } },
    areas: ["api"],
    rings: burns("APILatency", "1d"),
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
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
  {
    title: "No checkout completes",
    faults: { "checkout-failures": { ratio: 1 } },
    areas: ["checkout"],
    rings: [...burns("CheckoutSuccess", "1h"), exhausted("checkout-success")],
    mutes: burns("CheckoutSuccess", "6h", "1d"),
    outlast: { [exhausted("checkout-success")]: A_MONTH },
  },
  {
    title: "The model and its fallback fail",
    faults: { "llm-failures": { ratio: 0.85 } },
    areas: ["llm", "checkout", "cost", "worker"],
    rings: ["LLMProviderOutage"],
    mutes: ["LLMModelOutage", "LLMModelFailing"],
    mayRing: [...llmFailures, ...llmSideEffects],
  },
  {
    title: "The model and its fallback fail 2 calls in 5",
    faults: { "llm-failures": { ratio: 0.4 } },
    areas: ["llm", "checkout", "worker"],
    rings: [
      ...["LLMRequestFailures", "LLMFallbackExhausted"],
      ...burns("LLMAvailability", "1h"),
      exhausted("llm-availability"),
    ],
    mutes: burns("LLMAvailability", "6h"),
    mayRing: [...llmFailures, ...llmSideEffects],
    outlast: { [exhausted("llm-availability")]: A_MONTH },
  },
  {
    title: "The model and its fallback fail 1 call in 7",
    faults: { "llm-failures": { ratio: 0.14 } },
    areas: ["llm", "checkout", "worker"],
    rings: burns("LLMAvailability", "6h"),
    mayRing: [...llmFailures, ...llmSideEffects],
  },
  {
    title: "The model and its fallback fail 1 call in 14",
    faults: { "llm-failures": { ratio: 0.07 } },
    areas: ["llm", "checkout"],
    rings: burns("LLMAvailability", "1d"),
    mayRing: [...llmFailures, ...llmSideEffects],
  },
  {
    title: "The fallback answers for the model",
    faults: { "llm-fallback": { ratio: 0.5 } },
    areas: ["llm", "cost"],
    rings: ["LLMFallbackActive", "LLMModelFailing"],
  },
  {
    title: "The model fails most calls, and the fallback does not answer all of them",
    faults: { "llm-fallback": { ratio: 0.75, failureRatio: 0.2 } },
    areas: ["llm", "checkout", "cost", "worker"],
    rings: ["LLMModelOutage"],
    mayRing: [...llmFailures.filter((id) => id !== "LLMModelOutage"), ...llmSideEffects, "LLMFallbackActive"],
  },
  {
    title: "The provider's rate limit is used up",
    faults: { "llm-rate-limited": { ratio: 0.3 } },
    areas: ["llm", "checkout", "worker"],
    rings: ["LLMRateLimited"],
    mayRing: [...llmFailures, ...llmSideEffects],
  },
  {
    title: "The provider no longer knows the model",
    faults: { "llm-model-rejected": {} },
    areas: ["llm", "checkout", "tools", "cost", "worker"],
    rings: ["LLMModelRejected"],
    mayRing: [...llmFailures, ...llmSideEffects],
  },
  {
    title: "The model is 12 times slower",
    faults: { "llm-slow": { factor: 12 } },
    areas: ["llm"],
    rings: ["LLMTimeToFirstTokenHigh", ...burns("LLMFirstToken", "1h"), exhausted("llm-first-token")],
    mutes: burns("LLMFirstToken", "6h"),
    mayRing: burns("LLMFirstToken", "1d"),
    outlast: { [exhausted("llm-first-token")]: A_MONTH },
  },
  {
    title: "The model is 40 times slower",
    faults: { "llm-slow": { factor: 40 } },
    areas: ["llm"],
    rings: ["LLMMostlySlow"],
    mutes: ["LLMTimeToFirstTokenHigh"],
    mayRing: [...burns("LLMFirstToken", "1h", "6h", "1d"), exhausted("llm-first-token")],
  },
  {
    title: "The agent calls no model any more",
    faults: { "llm-silent": {} },
    areas: ["llm", "checkout", "worker", "cost"],
    rings: ["LLMCallsStopped"],
    mayRing: ["WorkerJobFailures", "WorkerJobsAllFailing"],
  },
  {
    title: "Rows of the cost ledger are lost",
    faults: { "ledger-dropped": {} },
    areas: ["cost"],
    rings: ["LLMLedgerRowsDropped"],
  },
  {
    title: "The model is 3.9 times slower",
    faults: { "llm-slow": { factor: 3.9 } },
    areas: ["llm"],
    rings: burns("LLMFirstToken", "6h"),
    mayRing: ["LLMTimeToFirstTokenHigh", ...burns("LLMFirstToken", "1h", "1d"), exhausted("llm-first-token")],
  },
  {
    title: "The model is 3 times slower",
    faults: { "llm-slow": { factor: 3 } },
    areas: ["llm"],
    rings: burns("LLMFirstToken", "1d"),
    mayRing: ["LLMTimeToFirstTokenHigh", ...slowly("LLMFirstToken"), exhausted("llm-first-token")],
  },
  {
    title: "Replies are cut off",
    faults: { "llm-truncated": { ratio: 0.2 } },
    areas: ["llm"],
    rings: ["LLMResponsesTruncated"],
  },
  {
    title: "The prompt cache never hits",
    faults: { "prompt-cache-lost": {} },
    areas: ["llm", "cost"],
    rings: ["LLMPromptCacheHitRatioLow"],
  },
  {
    title: "A loop spends 2.50 USD a second",
    faults: { "cost-spike": { factor: 40_000 } },
    areas: ["cost", "llm"],
    rings: ["LLMCostRunaway", "LLMMonthlyBudgetNearlySpent", "HighDailyCost", "LLMCostPerConversationHigh"],
    mayRing: ["LLMCostAbovePlan"],
    outlast: { HighDailyCost: "a day has to pass", LLMMonthlyBudgetNearlySpent: A_MONTH },
  },
  {
    title: "The cost of calls is not counted",
    faults: { "cost-unrecorded": {} },
    areas: ["cost"],
    rings: ["LLMCostNotRecorded"],
  },
  {
    title: "The models have no price",
    faults: { "model-unpriced": {} },
    areas: ["cost"],
    rings: ["LLMModelWithoutPrice"],
  },
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
  {
    title: "The worker is down",
    faults: { "worker-down": {} },
    areas: ["worker", "redis"],
    rings: ["WorkerDown"],
    mayRing: ["WorkersDown", "WorkerJobTooOld"],
  },
  {
    title: "The second worker is dead",
    prometheus: deadTarget("agentpay-worker"),
    areas: ["prometheus", "worker"],
    rings: ["WorkersDown", "WorkerInstanceDown"],
  },
  {
    title: "The worker works on nothing",
    faults: { "worker-stalled": {} },
    areas: ["worker"],
    rings: ["WorkerQueueStalled", "WorkerJobTooOld"],
    mayRing: ["WorkerQueueBacklog"],
  },
  {
    title: "Jobs come faster than they are done",
    faults: { "queue-backlog": { rate: 100 } },
    areas: ["worker", "postgres"],
    rings: ["WorkerQueueBacklog"],
    // Busy as it is, it uses all of its database connections; what is less urgent waits.
    mayRing: ["DatabaseAppPoolSaturated", "WorkerQueueStalled", "WorkerJobTooOld"],
  },
  { title: "Jobs fail", faults: { "job-failures": {} }, areas: ["worker"], rings: ["WorkerJobFailures"] },
  {
    title: "Nearly every job fails",
    faults: { "job-failures": { ratio: 0.95 } },
    areas: ["worker"],
    rings: ["WorkerJobsAllFailing"],
    mutes: ["WorkerJobFailures"],
  },
  {
    title: "The worker no longer says how long its queues are",
    faults: { "queue-metrics-lost": {} },
    areas: ["worker"],
    rings: ["WorkerQueueUnknown"],
  },
  {
    title: "PostgreSQL is down",
    faults: { "postgres-down": {} },
    rings: ["PostgresDown"],
    mayRing: [...apiErrors, ...anyExhausted, "WebSocketConnectionsDropped"],
  },
  {
    title: "PostgreSQL hangs, and with it its exporter",
    faults: { "postgres-hangs": {} },
    rings: ["PostgresStateUnknown"],
    mutes: ["PostgresExporterDown"],
    mayRing: [
      "APITrafficStopped",
      "LLMCallsStopped",
      "WebSocketConnectionsDropped",
      "WorkerQueueStalled",
      "WorkerJobTooOld",
    ],
  },
  {
    title: "PostgreSQL refuses its exporter's password",
    faults: { "postgres-login-refused": {} },
    areas: ["postgres"],
    rings: ["PostgresUnreadable"],
  },
  {
    title: "PostgreSQL has no free connection",
    faults: { "postgres-full": {} },
    rings: ["PostgresConnectionsUsedUp"],
    mutes: ["DatabasePoolExhausted"],
    mayRing: [...apiErrors, ...anyExhausted, "WebSocketConnectionsDropped"],
  },
  {
    title: "A few database calls take many seconds",
    faults: { "slow-calls": {} },
    areas: ["postgres"],
    rings: ["PostgresSlowCalls"],
  },
  {
    title: "The exporter of PostgreSQL is down",
    faults: { "postgres-exporter-down": {} },
    areas: ["postgres"],
    rings: ["PostgresExporterDown"],
  },
  {
    title: "Database connections leak",
    faults: { "db-pool-exhausted": {} },
    areas: ["postgres", "api"],
    rings: ["DatabasePoolExhausted", "DatabaseAppPoolSaturated"],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "A database statement takes seconds",
    faults: { "slow-queries": {} },
    areas: ["postgres", "api"],
    rings: ["PostgresSlowQueries"],
    mayRing: [...apiDelays, exhausted("api-latency")],
  },
  {
    title: "A transaction stays open",
    faults: { "long-transaction": {} },
    areas: ["postgres"],
    rings: ["PostgresLongTransaction"],
    mayRing: ["PostgresSlowCalls"],
  },
  {
    title: "Transactions deadlock",
    faults: { deadlocks: {} },
    areas: ["postgres"],
    rings: ["PostgresDeadlocks"],
  },
  {
    title: "The database reads from disk",
    faults: { "db-cache-misses": {} },
    areas: ["postgres"],
    rings: ["PostgresCacheHitRatioLow"],
  },
  {
    title: "A replica of PostgreSQL is behind",
    faults: { "replica-behind": {} },
    areas: ["postgres"],
    rings: ["PostgresReplicationLag"],
  },
  {
    title: "Autovacuum does not clean up",
    faults: { "dead-rows": {} },
    areas: ["postgres"],
    rings: ["PostgresAutovacuumBehind"],
  },
  {
    title: "The exporter of PostgreSQL may not read the statements' statistics",
    faults: { "statements-unreadable": {} },
    areas: ["postgres"],
    rings: ["PostgresCollectorFailing"],
  },
  {
    title: "Redis can't write to its disk",
    faults: { "redis-disk": {} },
    areas: ["redis"],
    rings: ["RedisPersistenceFailing"],
  },
  {
    title: "Redis is down",
    faults: { "redis-down": {} },
    rings: ["RedisDown"],
    mayRing: [...apiErrors, ...anyExhausted, "WorkerQueueStalled", "WorkerJobTooOld"],
  },
  {
    title: "Redis hangs, and with it its exporter",
    faults: { "redis-hangs": {} },
    areas: ["redis", "worker"],
    rings: ["RedisStateUnknown"],
    mutes: ["RedisExporterDown"],
    mayRing: ["WorkerQueueStalled", "WorkerJobTooOld"],
  },
  {
    title: "Redis has nearly as many clients as it takes",
    faults: { "redis-clients": {} },
    areas: ["redis"],
    rings: ["RedisClientsHigh"],
  },
  {
    title: "The exporter of Redis is down",
    faults: { "redis-exporter-down": {} },
    areas: ["redis"],
    rings: ["RedisExporterDown"],
  },
  {
    title: "Redis's memory is nearly full",
    faults: { "redis-memory": {} },
    areas: ["redis"],
    rings: ["RedisMemoryHigh"],
  },
  {
    title: "Redis evicts keys",
    faults: { "redis-evictions": {} },
    areas: ["redis"],
    rings: ["RedisEvictingKeys"],
    mayRing: ["RedisMemoryHigh"],
  },
  {
    title: "Redis has no memory limit",
    faults: { "redis-unlimited": {} },
    areas: ["redis"],
    rings: ["RedisMaxmemoryUnset"],
  },
  {
    title: "The exporter of Redis answers, and says nothing of Redis",
    faults: { "redis-subject-missing": {} },
    areas: ["redis"],
    rings: ["SubjectMissing"],
  },
  {
    title: "Redis refuses connections",
    faults: { "redis-rejections": {} },
    areas: ["redis"],
    rings: ["RedisRejectedConnections"],
  },
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
    once: true,
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
      ...[...burns("APIAvailability", "1h", "6h", "1d", "3d"), exhausted("api-availability")],
      ...["WebSocketConnectionsDropped", "LLMCostNotRecorded", "WorkerJobTooOld", "WorkerQueueStalled"],
    ],
  },
  {
    title: "A part of the monitoring does not answer",
    prometheus: deadTarget("drill"),
    areas: ["prometheus"],
    rings: ["TargetDown"],
  },
  {
    title: "Prometheus gets a configuration that it refuses",
    prometheus: refusedConfiguration,
    areas: ["prometheus"],
    rings: ["PrometheusBadConfig"],
  },
  {
    title: "No alert gets out of Prometheus",
    prometheus: noAlertmanager,
    aws: true,
    rings: ["Watchdog"],
  },
  {
    title: "A rule can't be evaluated",
    prometheus: failingRule,
    areas: ["prometheus"],
    rings: ["PrometheusRuleFailures"],
  },
  {
    title: "Prometheus is too slow for its rules",
    prometheus: hastyRule,
    areas: ["prometheus"],
    rings: ["PrometheusMissingRuleEvaluations"],
  },
  {
    title: "Alertmanager gets a configuration that it refuses",
    alertmanager: "refused configuration",
    areas: ["alertmanager"],
    rings: ["AlertmanagerFailedReload"],
  },
  {
    title: "Slack's webhook is revoked, and a warning rings",
    faults: { "long-transaction": {} },
    alertmanager: "revoked Slack webhook",
    rings: ["AlertmanagerNotificationsFailing"],
    mayRing: ["PostgresLongTransaction", "PostgresSlowCalls"],
  },
  {
    title: "A metric has a label that holds ids",
    faults: { "stray-label": {} },
    rings: ["MetricCardinalityExplosion"],
    // Prometheus gets busy, too.
    mayRing: ["PrometheusMissingRuleEvaluations"],
  },
  {
    title: "The API's instrumentation is told numbers that can't be",
    faults: { "values-refused": {} },
    areas: ["api"],
    rings: ["InstrumentationFaults"],
  },
];

/** Alerts that no drill rings, with the reason. The rule tests (`test/rules/`) cover every one of them. */
export const notDrilled: Readonly<Record<AlertId, string>> = {
  "EndpointWrongAnswer api": "the widget's drill shows the same rule",
  "EndpointWrongAnswer status-page": "the widget's drill shows the same rule",
  PrometheusTSDBReloadsFailing: "it takes a disk with errors",
  PrometheusTSDBCompactionsFailing: "it takes a disk that is full at the right moment, for hours",
  PrometheusScrapeSampleLimitHit:
    "a stray label that stays below the limit rings MetricCardinalityExplosion first",
  PrometheusTargetSyncFailure:
    "it takes a configuration that finds targets which can't be scraped, and ours has no such part",
  PrometheusDiscoveryFailing:
    "it takes a name server, a file or an EC2 that fails: test/operations/render/discovery.e2e.ts shows what is found with real ones",
  TargetsVanished: "it takes several servers of a kind, and the simulated AgentPay has one",
  EndpointSlow: "the local endpoints answer within milliseconds",
  ...Object.fromEntries(
    [
      ...["APIInstanceRestarting", "APIInstanceFailing", "APIInstanceSlow", "APIInstanceIdle"],
      ...["WorkerInstanceRestarting", "WorkerInstanceFailing", "WorkerInstanceIdle"],
    ].map((name) => [name, "the simulated AgentPay has one server of each kind, and one of one is all"]),
  ),
  ...Object.fromEntries(
    objectives.map(({ name }) => [
      `SLOMetricMissing ${name}`,
      "its metric would have to vanish while people use AgentPay, which the simulation can't do",
    ]),
  ),
  ...Object.fromEntries(
    activities.map(({ name }) => [
      `ActivityStopped ${name}`,
      "it compares with more than an hour before, and a drill begins after a quarter",
    ]),
  ),
  ConversationsDropped: "it compares with a day ago, and no drill is that long",
  CheckoutConversionDropped: "it compares with the week up to yesterday, and no drill is that long",
  LLMCostAnomaly: "it compares with the week up to yesterday, and no drill is that long",
  LLMCostAbovePlan:
    "it adds up 6 hours: long even in a drill, and whatever is faster rings LLMCostRunaway, which holds it back",
  PrometheusErrorSendingAlerts: "it rings where the only Alertmanager is gone, so nothing of it can arrive",
  MetricsNotArriving: "it takes an engine elsewhere: the platform's fault engine-cut-off rings it",
  AlertmanagerMembersInconsistent: "it takes replicas: the platform's fault cluster-split rings it",
  PrometheusRemoteStorageFailures:
    "it takes an engine elsewhere that refuses some samples and takes the others, with those that tell of it",
  EngineDiscardsSamples: "it takes an engine elsewhere with a limit, whose rulers are scraped",
  SamplesDoubled: "it takes replicas, and an engine elsewhere that does not know them",
  PrometheusRemoteWriteBehind:
    "it takes an engine elsewhere that is slow, and not so slow that MetricsNotArriving rings",
  ...Object.fromEntries(
    objectives.flatMap(({ alertPrefix }) =>
      burns(alertPrefix, "3d").map((id) => [id, "its windows are 3 days and 6 hours: long even in a drill"]),
    ),
  ),
};
