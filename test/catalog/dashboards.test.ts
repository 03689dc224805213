import { describe, expect, test } from "vitest";
import { alerts } from "../../catalog/alerts/index.ts";
import {
  type Dashboard,
  dashboardVariables,
  type Panel,
  queriesOf,
} from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { type Duration, inSeconds } from "../../catalog/duration.ts";
import { hostAlarms } from "../../catalog/host-alarms.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import { targetLabels } from "../../catalog/metrics/labels.ts";
import type { Metric } from "../../catalog/metrics/metric.ts";
import { checkExpression, describeProblem } from "../../catalog/promql/check.ts";
import { replaceVariables } from "../../catalog/promql/variables.ts";
import { recordingRuleGroups } from "../../catalog/recording-rules/index.ts";

const all: readonly Dashboard[] = dashboards;
const recorded = new Set(recordingRuleGroups.flatMap(({ rules }) => rules.map(({ record }) => record)));
const panels = all.flatMap(({ uid, range, panels: own }) =>
  Object.entries(own).map(([key, panel]) => ({ title: `${uid} ${key}`, panel, range })),
);
const KNOWN = new Set(["__rate_interval", "__interval", "__range", ...Object.keys(dashboardVariables)]);

test("uids and titles are their own", () => {
  for (const values of [all.map(({ uid }) => uid), all.map(({ title }) => title)]) {
    expect(values).toEqual([...new Set(values)]);
  }
  // Grafana takes up to 40 characters.
  for (const { uid } of all) expect(uid).toMatch(/^[a-z][a-z0-9-]{1,39}$/);
});

test.each(all)("$uid names each of its panels once", ({ panels: own, description }) => {
  const titles = Object.values(own).map(({ title }) => title);
  expect(titles).toEqual([...new Set(titles)]);
  expect(description).toMatch(/[.?]$/);
});

test("the guide's dashboard has its five panels", () => {
  const guide = all.find(({ uid }) => uid === "agentpay-metrics");
  expect(guide?.title).toBe("AgentPay Metrics");
  expect(Object.values(guide?.panels ?? {}).map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      "Request Rate",
      "p95 Latency",
      "Error Rate",
      "Active Conversations",
      "LLM Cost (Last Hour)",
    ]),
  );
});

test("alerts whose thresholds a panel draws have one", () => {
  const withThreshold = new Set<string>(
    [...alerts, ...hostAlarms].flatMap(({ name, threshold }) => (threshold ? [name] : [])),
  );
  const named = panels.flatMap(({ panel }: { panel: Panel }) => panel.thresholdsOf ?? []);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !withThreshold.has(name))).toEqual([]);
});

/** Mimir's and Amazon's limit for one query. */
const MOST_DAYS = 32;

/** Seconds between now and the first sample that an expression asks for by itself. */
function lookBack(expression: string): number {
  const ranges = expression.matchAll(/\[(\d+[smhd])[^\]]*\](?: offset (\d+[smhd]))?/g);
  const seconds = [...ranges].map(
    ([, range = "0s", offset = "0s"]) => inSeconds(range as Duration) + inSeconds(offset as Duration),
  );
  return Math.max(0, ...seconds);
}

describe.each(panels)("$title", ({ panel, range }: { panel: Panel; range: Dashboard["range"] }) => {
  test("asks for no more days than engines elsewhere answer for", () => {
    // Others ask for each moment that the dashboard shows.
    const shown = ["table", "bargauge"].includes(panel.visualization) ? 0 : inSeconds(range);
    for (const { expression } of queriesOf(panel)) {
      const asked = expression.replaceAll("$__range", range);
      expect((shown + lookBack(replaceVariables(asked))) / 86_400).toBeLessThanOrEqual(MOST_DAYS);
    }
  });

  test("says what it shows and what good looks like", () => {
    expect(panel.description).toMatch(/^[^a-z].*\.$/);
    expect(!("queries" in panel) || panel.queries.length > 0).toBe(true);
  });

  test.each(queriesOf(panel))("$expression shows something", ({ expression, legend }) => {
    const variables = [...expression.matchAll(/\$\{?([a-zA-Z_]\w*)/g)].map(([, name = ""]) => name);
    expect(variables.filter((name) => !KNOWN.has(name))).toEqual([]);
    const replaced = replaceVariables(expression);
    const problems = checkExpression(replaced, { recorded });
    expect(problems.map((problem) => describeProblem(replaced, problem))).toEqual([]);
    const labels = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = ""]) => label);
    // A label in the expression, or one of its series, which the expression may aggregate away.
    const series = Object.values<Metric>(metrics).filter((metric) => expression.includes(metric.name));
    const own = series.flatMap((metric) => Object.keys(metric.labels));
    const words = [...expression.split(/[^a-zA-Z0-9]+/), ...expression.split(/\W+/)];
    const present = new Set([...targetLabels, ...own, ...words]);
    expect(labels.filter((label) => !present.has(label))).toEqual([]);
    expect(legend).not.toBe("");
  });
});
