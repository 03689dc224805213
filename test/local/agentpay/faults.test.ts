import { describe, expect, test } from "vitest";
import { ZodError } from "zod";
import { metrics } from "../../../catalog/metrics/index.ts";
import { healthyConditions } from "../../../local/agentpay/conditions.ts";
import { FaultBoard } from "../../../local/agentpay/fault-board.ts";
import { type FaultName, faults } from "../../../local/agentpay/faults.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import { routes } from "../../../local/agentpay/world.ts";
import { sumOf } from "./parse-exposition.ts";

const START = Date.UTC(2026, 5, 1, 15) / 1000;
const MINUTES = 4;
/** Backlogs are worked off and visitors come back. */
const RECOVERY = 150;
const names = Object.keys(faults) as FaultName[];

/** What a fault is seen by, from the figures of some minutes. */
interface Figures {
  /** How much a counter grew. */
  readonly grew: (metric: { name: string } | string, labels?: Parameters<typeof sumOf>[2]) => number;
  /** A gauge at the end. */
  readonly is: (metric: { name: string }, labels?: Parameters<typeof sumOf>[2]) => number;
}

const share = ({ grew }: Figures, metric: { name: string }, labels: Parameters<typeof sumOf>[2]) =>
  grew(metric, labels) / grew(metric);
const shareSlower = ({ grew }: Figures, histogram: { bucket: string; count: string }, bound: number) =>
  1 - grew(histogram.bucket, { le: String(bound) }) / grew(histogram.count);

/** Faults of the servers and the edge themselves are tested with them. */
type ElsewhereTested =
  | `${string}-down`
  | "stray-label"
  | "postgres-login-refused"
  | "queue-metrics-lost"
  | "redis-subject-missing"
  | "healthz-failing"
  | "edge-closed"
  | "handshake-refused"
  | "widget-empty"
  | "certificate-expiring";

/** True while the fault is at work, false on a healthy day. */
const signs: Record<Exclude<FaultName, ElsewhereTested>, (figures: Figures) => boolean> = {
  "api-errors": (seen) => share(seen, metrics.requests, { status: /^5/ }) > 0.05,
  "api-hangs": ({ grew }) => grew(metrics.requests) === 0,
  "api-refuses": (seen) => share(seen, metrics.requests, { status: "401" }) > 0.9,
  "websocket-rejected": (seen) => share(seen, metrics.websocketConnects, { result: "rejected" }) > 0.9,
  "llm-silent": ({ grew }) => grew(metrics.llmRequests) === 0,
  "ledger-dropped": ({ grew }) => grew(metrics.llmLedgerDropped) > 0,
  "values-refused": ({ grew }) => grew(metrics.instrumentationFaults, { kind: "value" }) > 0,
  "slow-calls": ({ is }) => is(metrics.pgStatActivityMaxTxDuration, { state: "active" }) > 5,
  "postgres-full": ({ is }) => is(metrics.pgDatabaseBackends) === 94,
  "postgres-hangs": ({ grew }) => grew(metrics.requests) + grew(metrics.workerJobs) === 0,
  "redis-hangs": ({ grew }) => grew(metrics.workerJobs) === 0,
  "replica-behind": ({ is }) => is(metrics.pgIsReplica) === 1 && is(metrics.pgReplayAge) === 900,
  "slot-behind": ({ is }) => is(metrics.pgSlotHeldBytes) > 2 ** 30,
  "transaction-ids": ({ is }) => is(metrics.pgTransactionIdAge) > 500e6,
  "sessions-blocked": ({ is }) => is(metrics.pgStatActivityCount, { wait_event_type: "Lock" }) === 12,
  "postgres-crashing": ({ grew }) => grew(metrics.pgDatabaseCommits) < 0,
  "exporter-restarting": ({ grew }) => grew(metrics.processStartTime) > 0,
  "redis-restarting": ({ grew }) => grew(metrics.redisUserCpuSeconds) < 0,
  "redis-replica-lost": ({ is }) => is(metrics.redisConnectedReplicas) === 0,
  "redis-busy": ({ grew }) => grew(metrics.redisUserCpuSeconds) > 60,
  "dead-rows": ({ is }) => is(metrics.pgDeadRows) > is(metrics.pgLiveRows),
  "statements-unreadable": ({ is }) => is(metrics.pgCollectorSuccess, { collector: "stat_statements" }) === 0,
  "redis-disk": ({ is }) => is(metrics.redisSnapshotOk) === 0,
  "redis-clients": ({ is }) => is(metrics.redisConnectedClients) > 9000,
  "api-slow": (seen) => shareSlower(seen, metrics.requestLatency, 2) > 0.05,
  "visitors-gone": ({ grew }) => grew(metrics.conversationsStarted) < 5,
  "websocket-drops": (seen) => share(seen, metrics.websocketDisconnects, { reason: "error" }) > 0.2,
  "websocket-refused": (seen) => share(seen, metrics.websocketConnects, { result: "error" }) > 0.2,
  "checkout-failures": ({ grew }) => grew(metrics.checkouts, { status: "failed" }) > 0,
  "llm-failures": ({ grew }) => grew(metrics.llmRequests, { status: "error" }) > 20,
  "llm-fallback": ({ grew }) => grew(metrics.llmFallbacks, { outcome: "succeeded" }) > 20,
  "llm-rate-limited": ({ grew, is }) =>
    grew(metrics.llmRequests, { error_type: "rate_limit" }) > 3 &&
    is(metrics.llmRateLimitRemaining, { provider: "anthropic" }) === 0,
  "llm-model-rejected": ({ grew }) => grew(metrics.llmRequests, { error_type: "not_found" }) > 3,
  "llm-slow": (seen) => shareSlower(seen, metrics.llmTimeToFirstToken, 5) > 0.05,
  "llm-truncated": (seen) => share(seen, metrics.llmResponses, { stop_reason: "max_tokens" }) > 0.05,
  "prompt-cache-lost": (seen) => share(seen, metrics.llmTokens, { type: "cache_read" }) < 0.05,
  "cost-spike": ({ grew }) => grew(metrics.llmCost) > 50,
  "cost-unrecorded": ({ grew }) => grew(metrics.llmCost) === 0 && grew(metrics.llmRequests) > 0,
  "model-unpriced": ({ grew }) => grew(metrics.llmUnpricedRequests) > 0,
  "route-errors": ({ grew }) =>
    grew(metrics.requests, { endpoint: routes.updateCustomer.endpoint, status: /^5/ }) > 20,
  "descriptors-leaked": ({ is }) => is(metrics.processOpenFds) > 50_000,
  "rag-empty": (seen) => share(seen, metrics.ragQueries, { status: "empty" }) > 0.3,
  "rag-errors": ({ grew }) => grew(metrics.ragQueries, { status: "error" }) > 5,
  "rag-slow": (seen) => shareSlower(seen, metrics.ragQueryDuration, 1) > 0.05,
  "tool-errors": (seen) => share(seen, metrics.toolCalls, { status: "error" }) > 0.2,
  "worker-stalled": ({ grew, is }) => grew(metrics.workerJobs) === 0 && is(metrics.workerQueueDepth) > 20,
  "queue-backlog": ({ is }) => is(metrics.workerQueueDepth) > 1000 && is(metrics.workerOldestJobAge) > 60,
  "job-failures": (seen) => share(seen, metrics.workerJobs, { status: "failed" }) > 0.05,
  "db-pool-exhausted": ({ is }) =>
    is(metrics.dbPoolConnections, { state: "checked_out" }) === is(metrics.dbPoolLimit) &&
    is(metrics.pgStatActivityCount) / (is(metrics.pgMaxConnections) - is(metrics.pgReservedConnections)) >
      0.8,
  "slow-queries": ({ grew }) =>
    grew(metrics.pgStatStatementsSeconds, { queryid: "1938475610293847561" }) >
    grew(metrics.pgStatStatementsCalls, { queryid: "1938475610293847561" }),
  "long-transaction": ({ is }) => is(metrics.pgStatActivityMaxTxDuration, { state: "active" }) > 300,
  deadlocks: ({ grew }) => grew(metrics.pgDatabaseDeadlocks) > 5,
  "db-cache-misses": ({ grew }) =>
    grew(metrics.pgDatabaseBlocksRead) / grew(metrics.pgDatabaseBlocksHit) > 0.05,
  "redis-memory": ({ is }) => is(metrics.redisMemoryUsed) / is(metrics.redisMemoryMax) > 0.8,
  "redis-evictions": ({ grew }) => grew(metrics.redisEvictedKeys) > 0,
  "redis-unlimited": ({ is }) => is(metrics.redisMemoryMax) === 0,
  "redis-rejections": ({ grew }) => grew(metrics.redisRejectedConnections) > 0,
};

async function exposition({ api, worker, postgres, redis }: Simulation): Promise<string> {
  return (await Promise.all([api, worker, postgres, redis].map((target) => target.text()))).join("\n");
}

/** The figures of the next minutes. */
async function watch(simulation: Simulation, from: number): Promise<Figures> {
  const before = await exposition(simulation);
  for (let minute = 1; minute <= MINUTES; minute++) simulation.advance(from + minute * 60);
  const after = await exposition(simulation);
  return {
    grew: (metric, labels) => {
      const name = typeof metric === "string" ? metric : metric.name;
      return sumOf(after, name, labels) - sumOf(before, name, labels);
    },
    is: ({ name }, labels) => sumOf(after, name, labels),
  };
}

describe("each fault shows in the metrics, and goes away", async () => {
  const healthy = await watch(new Simulation(1, START), START);

  test.each(Object.entries(signs))("%s", async (name, sign) => {
    const simulation = new Simulation(1, START);
    expect(sign(healthy)).toBe(false);
    simulation.faults.start({ name }, START);
    expect(sign(await watch(simulation, START))).toBe(true);
    simulation.faults.stop(name);
    const recovered = START + MINUTES * 60 + RECOVERY;
    simulation.advance(recovered);
    expect(sign(await watch(simulation, recovered))).toBe(false);
  });
});

test.each(names)("%s leaves the healthy conditions as they were", (name) => {
  const board = new FaultBoard();
  board.start({ name }, START);
  expect(board.conditions(START)).not.toEqual(healthyConditions());
  board.stop(name);
  expect(board.conditions(START)).toEqual(healthyConditions());
});

test("a fault ends by itself after its duration", () => {
  const board = new FaultBoard();
  const active = board.start({ name: "api-errors", ratio: 0.5, durationSeconds: 60 }, START);
  expect(active).toEqual({
    name: "api-errors",
    title: expect.any(String),
    parameters: { ratio: 0.5 },
    startedAt: START,
    endsAt: START + 60,
  });
  expect(board.conditions(START + 59).api.errorRatio).toBe(0.5);
  expect(board.active(START + 59)).toEqual([active]);
  expect(board.conditions(START + 60).api.errorRatio).toBe(healthyConditions().api.errorRatio);
  expect(board.active(START + 60)).toEqual([]);
});

test("several faults work together, and one started again takes its new parameters", () => {
  const board = new FaultBoard();
  board.start({ name: "api-errors" }, START);
  board.start({ name: "llm-slow", factor: 3 }, START);
  board.start({ name: "api-errors", ratio: 0.4 }, START);
  const { api, llm } = board.conditions(START);
  expect([api.errorRatio, llm.latencyFactor]).toEqual([0.4, 3]);
  expect(board.active(START)).toHaveLength(2);
  board.stopAll();
  expect(board.active(START)).toEqual([]);
});

test("two faults that slow the api or fail its requests add up", () => {
  const board = new FaultBoard();
  for (const fault of [{ name: "api-slow", factor: 4 }, { name: "slow-queries" }]) board.start(fault, START);
  expect(board.conditions(START).api.latencyFactor).toBe(12);
  for (const fault of [{ name: "postgres-down" }, { name: "api-errors" }]) board.start(fault, START);
  expect(board.conditions(START).api.errorRatio).toBe(0.9);
});

test.each([
  ["no such fault", { name: "earthquake" }, /name/],
  ["a parameter of another fault", { name: "api-errors", factor: 3 }, /factor/],
  ["a ratio above 1", { name: "api-errors", ratio: 2 }, /ratio/],
  ["a duration of nothing", { name: "api-errors", durationSeconds: 0 }, /durationSeconds/],
  ["no object", "api-errors", /object/],
])("%s is refused and changes nothing", (_, given, message) => {
  const board = new FaultBoard();
  expect(() => board.start(given, START)).toThrow(ZodError);
  expect(() => board.start(given, START)).toThrow(message);
  expect(board.active(START)).toEqual([]);
});

test("what was counted is gone after the api was down, as after any restart", async () => {
  const simulation = new Simulation(1, START);
  const before = sumOf(await simulation.api.text(), metrics.requests.name);
  simulation.faults.start({ name: "api-down", durationSeconds: 30 }, START);
  simulation.advance(START + 35);
  const text = await simulation.api.text();
  expect(sumOf(text, metrics.requests.name)).toBeLessThan(before / 10);
  expect(sumOf(text, metrics.processStartTime.name)).toBe(START + 30);
});
