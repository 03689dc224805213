import { describe, expect, test } from "vitest";
import { metrics } from "../../../catalog/metrics/index.ts";
import type { Metric } from "../../../catalog/metrics/metric.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import { parseExposition, sumOf } from "./parse-exposition.ts";

const START = Date.UTC(2026, 5, 1, 15) / 1000;
const HOUR = 3600;
const counters = new Set(
  Object.values<Metric>(metrics)
    .filter(({ type }) => type !== "gauge")
    .flatMap(({ series }) => series),
);

async function texts({ api, worker, postgres, redis }: Simulation): Promise<string[]> {
  return Promise.all([api, worker, postgres, redis].map((exposition) => exposition.text()));
}

/** Every counter's value, by target and series. */
async function counts(simulation: Simulation): Promise<Map<string, number>> {
  const samples = (await texts(simulation)).flatMap((text, target) =>
    [...parseExposition(text).values()].flatMap((family) =>
      family.samples.map((sample) => ({
        key: `${target} ${sample.name} ${JSON.stringify(sample.labels)}`,
        ...sample,
      })),
    ),
  );
  return new Map(samples.filter(({ name }) => counters.has(name)).map(({ key, value }) => [key, value]));
}

test("the same seed, start and faults give the same numbers", async () => {
  const [first, again, other] = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const simulation = new Simulation(seed, START);
      simulation.faults.start({ name: "api-errors", durationSeconds: 60 }, START);
      simulation.advance(START + 120);
      return texts(simulation);
    }),
  );
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
});

test("however often time is asked to pass, the same happens", async () => {
  const [steps, leap] = [new Simulation(1, START), new Simulation(1, START)];
  for (let second = 0.5; second <= 90; second += 0.5) steps.advance(START + second);
  leap.advance(START + 90);
  expect(await texts(steps)).toEqual(await texts(leap));
});

test("counters never decrease, and none comes late", async () => {
  const simulation = new Simulation(1, START);
  let before = await counts(simulation);
  for (let minute = 1; minute <= 10; minute++) {
    simulation.advance(START + minute * 60);
    const after = await counts(simulation);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [series, value] of before) expect(after.get(series), series).toBeGreaterThanOrEqual(value);
    before = after;
  }
});

test("after a long pause only the last minutes are caught up", async () => {
  const simulation = new Simulation(1, START);
  const before = sumOf(await simulation.api.text(), metrics.requests.name);
  simulation.advance(START + 30 * 86_400);
  const caughtUp = sumOf(await simulation.api.text(), metrics.requests.name) - before;
  expect(caughtUp).toBeGreaterThan(0);
  expect(caughtUp).toBeLessThan(300 * 20);
});

test("traffic follows the time of day", async () => {
  const requests = async (hour: number) => {
    const simulation = new Simulation(1, Date.UTC(2026, 5, 1, hour) / 1000);
    return sumOf(await simulation.api.text(), metrics.requests.name);
  };
  expect(await requests(15)).toBeGreaterThan(1.5 * (await requests(3)));
});

describe.each([3, 15])("on a healthy day, around %d:00", async (hour) => {
  const start = Date.UTC(2026, 5, 1, hour) / 1000;
  const simulation = new Simulation(hour, start);
  const before = await texts(simulation);
  for (let time = start; time <= start + HOUR; time += 60) simulation.advance(time);
  const after = await texts(simulation);
  const increase = (metric: string, labels: Parameters<typeof sumOf>[2] = {}) =>
    sumOf(after.join("\n"), metric, labels) - sumOf(before.join("\n"), metric, labels);
  const gauge = (metric: string, labels: Parameters<typeof sumOf>[2] = {}) =>
    sumOf(after.join("\n"), metric, labels);
  const shareAbove = (
    histogram: typeof metrics.requestLatency | typeof metrics.llmTimeToFirstToken,
    bound: number,
  ) => 1 - increase(histogram.bucket, { le: String(bound) }) / increase(histogram.count);

  test("hardly any request fails or is slow", () => {
    const requests = increase(metrics.requests.name);
    expect(requests).toBeGreaterThan(HOUR);
    expect(increase(metrics.requests.name, { status: /^5/ }) / requests).toBeLessThan(0.001);
    expect(shareAbove(metrics.requestLatency, 2)).toBeLessThan(0.005);
  });

  test("the models answer, quickly, for a few dollars a day", () => {
    const calls = increase(metrics.llmRequests.name);
    expect(calls).toBeGreaterThan(HOUR / 10);
    expect(increase(metrics.llmRequests.name, { status: "error" }) / calls).toBeLessThan(0.01);
    expect(increase(metrics.llmFallbacks.name, { outcome: "failed" })).toBe(0);
    expect(shareAbove(metrics.llmTimeToFirstToken, 2.5)).toBeLessThan(0.01);
    const cost = increase(metrics.llmCost.name);
    expect(cost * 24).toBeGreaterThan(1);
    expect(cost * 24).toBeLessThan(30);
    expect(cost / increase(metrics.conversationsStarted.name)).toBeLessThan(0.1);
  });

  test("tokens and cost agree with the prices", () => {
    const model = "claude-haiku-4-5";
    const tokens = (type: string) => increase(metrics.llmTokens.name, { model, type });
    const cost =
      tokens("input") + 5 * tokens("output") + 0.1 * tokens("cache_read") + 1.25 * tokens("cache_write");
    expect(increase(metrics.llmCost.name, { model })).toBeCloseTo(cost / 1e6, 6);
  });

  test("visitors talk and buy", () => {
    expect(gauge(metrics.websocketConnections.name)).toBeGreaterThan(20);
    expect(gauge(metrics.activeConversations.name)).toBeGreaterThan(0);
    const ended = increase(metrics.conversations.name);
    expect(ended).toBeGreaterThan(30);
    expect(Math.abs(increase(metrics.conversationsStarted.name) - ended)).toBeLessThan(20);
    expect(increase(metrics.checkouts.name, { status: "completed" })).toBeGreaterThan(0);
    expect(increase(metrics.checkoutRevenue.name)).toBeGreaterThan(0);
  });

  test("nothing is near its limit", () => {
    expect(gauge(metrics.workerQueueDepth.name)).toBeLessThan(20);
    expect(gauge(metrics.workerOldestJobAge.name)).toBeLessThan(20);
    for (const text of after.slice(0, 2)) {
      const busy = sumOf(text, metrics.dbPoolConnections.name, { state: "checked_out" });
      expect(busy / sumOf(text, metrics.dbPoolLimit.name)).toBeLessThanOrEqual(0.5);
    }
    const slots = gauge(metrics.pgMaxConnections.name) - gauge(metrics.pgReservedConnections.name);
    expect(gauge(metrics.pgStatActivityCount.name) / slots).toBeLessThan(0.5);
    expect(gauge(metrics.redisMemoryUsed.name) / gauge(metrics.redisMemoryMax.name)).toBeLessThan(0.5);
  });
});
