import { describe, expect, test } from "vitest";
import { exposedBy, metrics } from "../../catalog/metrics/index.ts";
import { HA_REPLICA } from "../../catalog/metrics/labels.ts";
import { bucketLabel, formatBound, jobs, type Metric } from "../../catalog/metrics/metric.ts";
import { services, teams } from "../../catalog/services.ts";

const all = Object.values<Metric>(metrics);

test("no two metrics share a series", () => {
  const series = all.flatMap((metric) => metric.series);
  expect(series).toEqual([...new Set(series)]);
});

describe.each(all)("$name", (metric) => {
  test("is well named and described", () => {
    expect(metric.name).toMatch(/^[a-zA-Z][a-z0-9_]*$|^ALERTS/);
    expect(metric.help).toMatch(/^[A-Z0-9].*\.$/);
    const ofOurs = Object.keys(metric.labels).filter((label) => label !== HA_REPLICA);
    for (const label of ofOurs) expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test("holds no id of a customer", () => {
    expect(Object.keys(metric.labels).join(" ")).not.toMatch(
      /organi[sz]ation|user_id|conversation|customer|session/,
    );
  });
});

describe.each(all.filter((metric) => metric.name.startsWith("agentpay_")))("$name, our own,", (metric) => {
  test("follows Prometheus's conventions", () => {
    expect(metric.name.endsWith("_total")).toBe(metric.type === "counter");
    if (metric.unit) expect(metric.name).toMatch(new RegExp(`_${metric.unit}(_total)?$`));
    expect(metric.jobs.length).toBeGreaterThan(0);
  });
});

test.each(all.filter((metric) => metric.type === "histogram"))(
  "$name has ascending buckets",
  ({ buckets }) => {
    expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
  },
);

test("bucket bounds are written as Prometheus 3 stores them", () => {
  expect([0.05, 1, 2.5, 30].map(formatBound)).toEqual(["0.05", "1.0", "2.5", "30.0"]);
});

test("every threshold of the objectives and alerts has a bucket", () => {
  expect(bucketLabel(metrics.requestLatency, 2)).toBe("2.0");
  expect(bucketLabel(metrics.llmTimeToFirstToken, 2.5)).toBe("2.5");
  expect(bucketLabel(metrics.llmTimeToFirstToken, 5)).toBe("5.0");
  expect(bucketLabel(metrics.ragQueryDuration, 1)).toBe("1.0");
});

test("a threshold without a bucket is refused, with the buckets there are", () => {
  expect(() => bucketLabel(metrics.requestLatency, 2.5)).toThrow(
    /agentpay_request_latency_seconds has no bucket that ends at 2.5: choose one of 0.05, .*, 30/,
  );
});

test.each(jobs)("%s exposes something, and nothing that only Prometheus writes", (job) => {
  const names = exposedBy(job).map((metric) => metric.name);
  expect(names).toContain("process_start_time_seconds");
  expect(names).not.toContain("up");
});

test("each service has a team and says what users notice", () => {
  for (const { team, whenItFails } of Object.values(services)) {
    expect(teams).toContain(team);
    expect(whenItFails).toMatch(/\.$/);
  }
});
