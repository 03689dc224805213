import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alertGroups, alerts, alertThresholdNames, expressionOf } from "../../catalog/alerts/index.ts";
import { inSeconds } from "../../catalog/duration.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import type { Histogram } from "../../catalog/metrics/metric.ts";
import { checkExpression, describeProblem } from "../../catalog/promql/check.ts";
import { recordingRuleGroups } from "../../catalog/recording-rules/index.ts";

const rules = recordingRuleGroups.flatMap((group) => group.rules);
const recorded = new Set(rules.map(({ record }) => record));

function problems(expression: string): string[] {
  return checkExpression(expression, { recorded }).map((problem) => describeProblem(expression, problem));
}

/** Histograms that an expression reads, itself or through recorded series. */
function histogramsIn(expression: string): Histogram[] {
  const direct = Object.values(metrics).filter(
    (metric): metric is typeof metric & Histogram =>
      metric.type === "histogram" && expression.includes(metric.bucket),
  );
  const indirect = rules
    .filter(({ record }) => expression.includes(record))
    .flatMap((rule) => histogramsIn(rule.expression));
  return [...direct, ...indirect];
}

/** Alerts as rows of `test.each`, which a name alone does not tell apart. */
const rows = alerts.map((alert) => ({
  title: [alert.name, ...Object.values(alert.labels ?? {})].join(" "),
  alert,
}));

describe("groups", () => {
  test("have names of their own, of at most 40 characters, and at most 20 rules", () => {
    const groups = [
      ...alertGroups.map((group) => ({ name: group.name, size: group.alerts.length })),
      ...recordingRuleGroups.map((group) => ({ name: group.name, size: group.rules.length })),
    ];
    const names = groups.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, size } of groups) {
      expect(name).toMatch(/^[a-z][a-z0-9.-]{1,39}$/);
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThanOrEqual(20);
    }
  });

  test.each(alertGroups)(
    "$name: hold times are multiples of the intervals",
    ({ interval, alerts: members }) => {
      const uneven = members.filter(({ holdFor, evaluatedEach }) =>
        [interval, evaluatedEach ?? interval].some((each) => inSeconds(holdFor) % inSeconds(each) !== 0),
      );
      expect(uneven.map(({ name }) => name)).toEqual([]);
    },
  );
});

test("rules that share a name differ in their labels, and have no threshold to set", () => {
  const titles = rows.map(({ title }) => title);
  expect(titles).toEqual([...new Set(titles)]);
  const shared = alerts.filter(({ name }) => alerts.filter((other) => other.name === name).length > 1);
  for (const { labels, threshold } of shared) {
    expect(Object.keys(labels ?? {})).not.toEqual([]);
    expect(threshold).toBeUndefined();
  }
  expect(alertThresholdNames).toEqual([...new Set(alertThresholdNames)]);
});

test("no two rules give one series: the same labels, and conditions that could hold together", () => {
  const identity = (alert: Alert) => JSON.stringify([alert.name, alert.labels ?? {}]);
  const identities = alerts.map(identity);
  expect(identities).toEqual([...new Set(identities)]);
  const records = rules.map(({ record, labels }) => JSON.stringify([record, labels ?? {}]));
  expect(records).toEqual([...new Set(records)]);
});

test("a sum leaves out what is not a number", () => {
  const all = [
    ...alerts.map((alert) => expressionOf(alert, {})),
    ...rules.map(({ expression }) => expression),
  ];
  const blind = all.filter((expression) =>
    /(rate|increase)\([^()]*\[[^\]]+\]( offset \w+)?\)(?! >)/.test(expression.replaceAll(/\{[^}]*\}/g, "")),
  );
  // Each of these is of one series, or of one Alertmanager: nothing is summed over.
  const single = /prometheus_|alertmanager_/;
  expect(blind.filter((expression) => !single.test(expression))).toEqual([]);
});

test("there is exactly one heartbeat, and it always fires", () => {
  const none = alerts.filter(({ severity }) => severity === "none");
  expect(none.map((alert) => [alert.name, expressionOf(alert, {})])).toEqual([
    ["Watchdog", "group(up) or vector(1)"],
  ]);
});

describe.each(rows)("$title", ({ alert }: { alert: Alert }) => {
  test("has a name that a runbook can have", () => {
    expect(alert.name).toMatch(/^([A-Z]+[a-z0-9]+)+$/);
    expect(alert.name.length).toBeLessThanOrEqual(40);
  });

  test("says in one static sentence what happened, and then what users feel", () => {
    expect(alert.summary).toMatch(/^[A-Z][^{}]*\.$/);
    expect(alert.description).toMatch(/^[^a-z].*\.$/);
    expect(alert.description.length).toBeGreaterThan(alert.summary.length);
  });

  test("reads only what somebody exposes or records", () => {
    expect(problems(expressionOf(alert, {}))).toEqual([]);
  });

  test("stays well formed with any threshold, and has it in its expression", () => {
    const { threshold } = alert;
    if (!threshold) return;
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), (value) => {
        const expression = expressionOf(alert, { [alert.name]: value });
        expect(problems(expression)).toEqual([]);
        expect(expression).toContain(String(value));
      }),
      { numRuns: 10 },
    );
  });

  test("has a documented default that it can reach", () => {
    const { threshold } = alert;
    if (!threshold) return;
    expect(threshold.default).toBeGreaterThan(0);
    if (threshold.unit.startsWith("share")) expect(threshold.default).toBeLessThan(1);
    expect(threshold.unit).not.toBe("");
    expect(threshold.source).toMatch(/^(the guide|a starting point|[0-9A-Za-z].*)/);
  });

  test("compares quantiles with a bound of their histogram", () => {
    const { threshold } = alert;
    if (!threshold?.unit.includes("percentile")) return;
    const histograms = histogramsIn(expressionOf(alert, {}));
    expect(histograms).not.toEqual([]);
    for (const { buckets } of histograms) expect(buckets).toContain(threshold.default);
  });
});

test("the guide's alerts are all here, with its limits", () => {
  const limits = Object.fromEntries(
    alerts.map(({ name, threshold, holdFor }) => [name, [threshold?.default, holdFor]]),
  );
  expect(limits).toMatchObject({
    APIDown: [undefined, "2m"],
    HighErrorRate: [0.05, "5m"],
    ElevatedErrorRate: [0.01, "15m"],
    SlowAPIResponses: [2, "10m"],
    LLMRequestFailures: [10, "5m"],
    HighDailyCost: [100, expect.any(String)],
    DatabasePoolExhausted: [0.8, "5m"],
    PostgresSlowQueries: [1, expect.any(String)],
  });
});
