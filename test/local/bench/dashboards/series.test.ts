import { expect, test } from "vitest";
import { metrics } from "../../../../catalog/metrics/index.ts";
import { contractSeries, seriesCount } from "../../../../local/bench/dashboards/series.ts";

const scale = { instances: 2, endpoints: 3, models: 2 };
const all = [...contractSeries(scale)];

test("every metric of the contract has series, each its own, and as many as its labels make", () => {
  const names = new Set(all.map(({ name }) => name));
  const expected = Object.values(metrics).filter(({ jobs }) => jobs.length > 0);
  expect(expected.flatMap(({ series }) => series).filter((name) => !names.has(name))).toEqual([]);
  const ids = all.map(({ name, labels }) => JSON.stringify([name, labels]));
  expect(ids).toHaveLength(new Set(ids).size);
  expect(seriesCount(scale)).toBe(all.length);
  const buckets = all.filter(({ name }) => name === metrics.requestLatency.bucket);
  expect(buckets).toHaveLength(
    scale.instances * scale.endpoints * (metrics.requestLatency.buckets.length + 1),
  );
});

test("buckets are cumulative: a quantile can be computed", () => {
  const slopes = all
    .filter(({ name }) => name === metrics.requestLatency.bucket)
    .slice(0, metrics.requestLatency.buckets.length + 1)
    .map(({ slope }) => slope);
  expect(slopes).toEqual(slopes.toSorted((one, other) => one - other));
  expect(slopes.at(-1)).toBe(1);
});
