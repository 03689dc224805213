/** AgentPay on a good day, as Prometheus sees it: what a fault is drawn into. */
import { metrics } from "../../../catalog/metrics/index.ts";
import type { Metric } from "../../../catalog/metrics/metric.ts";
import { type Labels, level, type Phase, perMinute, type Shape, series } from "../rule-case.ts";

export type Platform = Readonly<Record<string, Shape>>;

export interface Size {
  readonly minutes: number;
  /** API servers, one on a host, `10.0.0.1:8000` and on. Default: 2. */
  readonly servers?: number;
  /** Workers, one on a host, `10.0.0.1:10000` and on. Default: 2. */
  readonly workers?: number;
}

export const chat = { method: "POST", endpoint: "/api/v1/chat" };
export const products = { method: "GET", endpoint: "/api/v1/products" };
export const haiku = { provider: "anthropic", model: "claude-haiku-4-5" };

export const server = (index: number): Labels => ({
  job: "agentpay-api",
  instance: `10.0.0.${index + 1}:8000`,
});
export const worker = (index: number): Labels => ({
  job: "agentpay-worker",
  instance: `10.0.0.${index + 1}:10000`,
});
export const postgres: Labels = { job: "postgres", instance: "10.0.1.1:9187" };
export const redis: Labels = { job: "redis", instance: "10.0.1.2:9121" };
export const prometheus: Labels = { job: "prometheus", instance: "prometheus:9090" };
const alertmanager: Labels = { job: "alertmanager", instance: "alertmanager:9093" };

/** Labels of a probe of one endpoint. */
export const probe = (endpoint: string): Labels => ({
  job: "blackbox",
  instance: `https://agentpay.example/${endpoint}`,
  endpoint,
});
const probed = ["api", "websocket", "widget", "status-page"];

export const up = (labels: Labels) => series(metrics.up.name, labels);
export const of = ({ name }: Pick<Metric, "name">, labels: Labels) => series(name, labels);
export const requests = (index: number, status: string, route: Labels = chat) =>
  of(metrics.requests, { ...server(index), ...route, status });
export const calls = (more: Labels = {}, index = 0) =>
  of(metrics.llmRequests, {
    ...server(index),
    ...haiku,
    status: "success",
    error_type: "none",
    ...more,
  });
export const jobsDone = (index: number, status = "succeeded", queue = "default") =>
  of(metrics.workerJobs, { ...worker(index), queue, status });

/** Requests of which so many a minute take less than 1 s, less than 3 s, and longer. */
export function latencies(
  labels: Labels,
  ...phases: readonly (readonly [fast: number, slow: number, slower: number, minutes: number])[]
): Platform {
  const count = (of: (phase: readonly [number, number, number, number]) => number) =>
    perMinute(...phases.map((phase): Phase => [of(phase), phase[3]]));
  const bucket = (le: string) => series(metrics.requestLatency.bucket, { ...labels, le });
  const all = count(([fast, slow, slower]) => fast + slow + slower);
  return {
    [bucket("1.0")]: count(([fast]) => fast),
    [bucket("2.0")]: count(([fast]) => fast),
    [bucket("3.0")]: count(([fast, slow]) => fast + slow),
    [bucket("30.0")]: all,
    [bucket("+Inf")]: all,
    [series(metrics.requestLatency.count, labels)]: all,
  };
}

/** Replies of which so many a minute begin within 2.5 s, and so many within 20 s. */
export function firstTokens(
  labels: Labels,
  ...phases: readonly (readonly [quick: number, late: number, minutes: number])[]
): Platform {
  const quick = perMinute(...phases.map(([count, , minutes]): Phase => [count, minutes]));
  const all = perMinute(...phases.map(([one, other, minutes]): Phase => [one + other, minutes]));
  const bucket = (le: string) => series(metrics.llmTimeToFirstToken.bucket, { ...labels, le });
  return {
    [bucket("2.5")]: quick,
    [bucket("10.0")]: quick,
    [bucket("20.0")]: all,
    [bucket("+Inf")]: all,
    [series(metrics.llmTimeToFirstToken.count, labels)]: all,
  };
}

function serverOf(index: number, minutes: number): Platform {
  const labels = server(index);
  const every = (count: number) => perMinute([count, minutes]);
  return {
    [up(labels)]: level([1, minutes]),
    [requests(index, "200")]: every(30),
    [requests(index, "200", products)]: every(60),
    ...latencies({ ...labels, ...chat }, [30, 0, 0, minutes]),
    ...latencies({ ...labels, ...products }, [60, 0, 0, minutes]),
    [of(metrics.websocketConnections, labels)]: level([40, minutes]),
    [of(metrics.websocketConnects, { ...labels, result: "ok" })]: every(10),
    [of(metrics.websocketDisconnects, { ...labels, reason: "normal" })]: every(10),
    [of(metrics.conversationsStarted, { ...labels, channel: "widget" })]: every(6),
    [of(metrics.conversations, { ...labels, outcome: "completed" })]: every(6),
    [of(metrics.checkouts, { ...labels, status: "completed" })]: every(1),
    [calls({}, index)]: every(30),
    ...firstTokens({ ...labels, ...haiku }, [30, 0, minutes]),
    [of(metrics.llmResponses, { ...labels, model: haiku.model, stop_reason: "end_turn" })]: every(30),
    [of(metrics.llmTokens, { ...labels, ...haiku, type: "input" })]: every(30_000),
    [of(metrics.llmTokens, { ...labels, ...haiku, type: "cache_read" })]: every(60_000),
    [of(metrics.llmTokens, { ...labels, ...haiku, type: "output" })]: every(6000),
    [of(metrics.llmCost, { ...labels, model: haiku.model })]: every(0.01),
    [of(metrics.ragQueries, { ...labels, status: "ok" })]: every(20),
    [of(metrics.toolCalls, { ...labels, tool: "search", status: "success" })]: every(20),
    [of(metrics.dbPoolConnections, { ...labels, state: "checked_out" })]: level([4, minutes]),
    [of(metrics.dbPoolLimit, labels)]: level([20, minutes]),
  };
}

function workerOf(index: number, minutes: number): Platform {
  const labels = worker(index);
  return {
    [up(labels)]: level([1, minutes]),
    ...Object.fromEntries(
      ["default", "high_priority"].flatMap((queue) => [
        [of(metrics.workerQueueDepth, { ...labels, queue }), level([2, minutes])],
        [of(metrics.workerOldestJobAge, { ...labels, queue }), level([1, minutes])],
        [jobsDone(index, "succeeded", queue), perMinute([6, minutes])],
      ]),
    ),
  };
}

function databases(minutes: number): Platform {
  const at = (value: number) => level([value, minutes]);
  const statement = {
    ...postgres,
    datname: "agentpay",
    user: "agentpay",
    queryid: "1",
  };
  return {
    [up(postgres)]: at(1),
    [of(metrics.pgUp, postgres)]: at(1),
    [of(metrics.pgDatabaseBackends, { ...postgres, datid: "1", datname: "agentpay" })]: at(20),
    [of(metrics.pgStatActivityCount, { ...postgres, datname: "agentpay", state: "idle" })]: at(20),
    [of(metrics.pgMaxConnections, postgres)]: at(100),
    [of(metrics.pgReservedConnections, postgres)]: at(3),
    [of(metrics.pgStatStatementsSeconds, statement)]: perMinute([6, minutes]),
    [of(metrics.pgStatStatementsCalls, statement)]: perMinute([600, minutes]),
    [of(metrics.pgDatabaseDeadlocks, { ...postgres, datid: "1", datname: "agentpay" })]: perMinute([
      0,
      minutes,
    ]),
    [up(redis)]: at(1),
    [of(metrics.redisUp, redis)]: at(1),
    [of(metrics.redisMemoryUsed, redis)]: at(400),
    [of(metrics.redisMemoryMax, redis)]: at(1000),
    [of(metrics.redisConnectedClients, redis)]: at(40),
    [of(metrics.redisMaxClients, redis)]: at(1000),
    [of(metrics.redisEvictedKeys, redis)]: perMinute([0, minutes]),
  };
}

function outside(minutes: number): Platform {
  return Object.fromEntries(
    probed.flatMap((endpoint) => [
      [up(probe(endpoint)), level([1, minutes])],
      [of(metrics.probeSuccess, probe(endpoint)), level([1, minutes])],
      [of(metrics.probeHttpStatus, probe(endpoint)), level([endpoint === "websocket" ? 0 : 200, minutes])],
      [of(metrics.probeDuration, probe(endpoint)), level([0.1, minutes])],
    ]),
  );
}

/** Everything is well for so many minutes. */
export function healthy({ minutes, servers = 2, workers = 2 }: Size): Platform {
  const several = (count: number, one: (index: number, minutes: number) => Platform) =>
    Object.assign({}, ...Array.from({ length: count }, (_, index) => one(index, minutes))) as Platform;
  return {
    ...several(servers, serverOf),
    ...several(workers, workerOf),
    ...databases(minutes),
    ...outside(minutes),
    [up(prometheus)]: level([1, minutes]),
    [up(alertmanager)]: level([1, minutes]),
    [of(metrics.prometheusConfigReloadSuccessful, prometheus)]: level([1, minutes]),
    [of(metrics.alertmanagerConfigReloadSuccessful, alertmanager)]: level([1, minutes]),
  };
}
