import { describe, expect, test } from "vitest";
import { exposedBy, metrics } from "../../../catalog/metrics/index.ts";
import type { Metric } from "../../../catalog/metrics/metric.ts";
import { Exposition } from "../../../local/agentpay/exposition.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import { parseExposition } from "./parse-exposition.ts";

const START = Date.UTC(2026, 5, 1, 15) / 1000;
const simulation = new Simulation(1, START);
const targets = {
  "agentpay-api": simulation.api,
  "agentpay-worker": simulation.worker,
  postgres: simulation.postgres,
  redis: simulation.redis,
} as const;

describe.each(Object.entries(targets))("the %s target", async (job, exposition) => {
  const families = parseExposition(await exposition.text());
  const contract = exposedBy(job as keyof typeof targets);

  test("exposes the metrics of the contract and no other", () => {
    expect([...families.keys()].toSorted()).toEqual(contract.map(({ name }) => name).toSorted());
  });

  test.each(contract)("$name is as the contract says", (metric) => {
    const family = families.get(metric.name);
    expect(family).toMatchObject({ type: metric.type, help: metric.help });
    expect(family?.samples.length).toBeGreaterThan(0);
    for (const sample of family?.samples ?? []) {
      expect(metric.series).toContain(sample.name);
      const labels = Object.keys(sample.labels).filter((label) => label !== "le");
      expect(labels.toSorted()).toEqual(Object.keys(metric.labels).toSorted());
      for (const [label, value] of Object.entries(sample.labels)) {
        expect(declaredValues(metric, label, value)).toContain(value);
      }
    }
  });

  test.each(contract.filter((metric) => metric.type === "histogram"))("$name has its buckets", (metric) => {
    const samples = families.get(metric.name)?.samples.filter(({ name }) => name === metric.bucket) ?? [];
    const bounds = new Set(samples.map(({ labels }) => labels["le"]));
    expect([...bounds]).toEqual([...metric.buckets.map(String), "+Inf"]);
  });

  test.each(contract.filter(countsClosedSets))("$name starts every value of its labels at 0", (metric) => {
    for (const [label, values] of Object.entries(metric.labels)) {
      const seen = new Set(families.get(metric.name)?.samples.map(({ labels }) => labels[label]));
      expect([...seen].toSorted()).toEqual([...closed(values)].toSorted());
    }
  });
});

test("a metric of another job is refused", () => {
  const worker = new Exposition("agentpay-worker");
  expect(() => worker.set(metrics.redisUp, {}, 1)).toThrow(
    "agentpay-worker does not expose redis_up: see catalog/metrics/",
  );
});

test("a restart forgets what was counted", async () => {
  const exposition = new Exposition("agentpay-api");
  exposition.add(metrics.checkouts, { status: "completed" }, 3);
  exposition.restart(START);
  const families = parseExposition(await exposition.text());
  expect(families.get(metrics.checkouts.name)?.samples).toEqual([]);
  expect(families.get(metrics.processStartTime.name)?.samples[0]?.value).toBe(START);
});

function declaredValues(metric: Metric, label: string, value: string): readonly string[] {
  if (label === "le" && metric.type === "histogram") return [...metric.buckets.map(String), "+Inf"];
  const values = metric.labels[label];
  return values && !("open" in values) ? values : [value];
}

/** Status, outcome and the like: a handful of values that are all known. */
function countsClosedSets(metric: Metric): boolean {
  const values = Object.values(metric.labels);
  return metric.type === "counter" && values.length > 0 && values.every((value) => !("open" in value));
}

function closed(values: Metric["labels"][string]): readonly string[] {
  return "open" in values ? [] : values;
}
