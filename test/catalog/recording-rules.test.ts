import { describe, expect, test } from "vitest";
import { alerts, expressionOf } from "../../catalog/alerts/index.ts";
import { type Dashboard, queriesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { checkExpression, describeProblem } from "../../catalog/promql/check.ts";
import { recordingRuleGroups } from "../../catalog/recording-rules/index.ts";
import type { RecordingRule } from "../../catalog/recording-rules/recording-rule.ts";

const rules: readonly RecordingRule[] = recordingRuleGroups.flatMap((group) => group.rules);
const recorded = new Set(rules.map(({ record }) => record));
const rows = rules.map((rule) => ({
  title: [rule.record, ...Object.values(rule.labels ?? {})].join(" "),
  rule,
}));

test("no series is recorded twice", () => {
  const titles = rows.map(({ title }) => title);
  expect(titles).toEqual([...new Set(titles)]);
});

describe.each(rows)("$title", ({ rule }) => {
  const { record, expression } = rule;
  const [level = "", metric = "", operations = ""] = record.split(":");

  test("is named level:metric:operations", () => {
    expect(record).toMatch(/^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/);
    expect(metric).not.toMatch(/_total/);
    expect(operations).not.toMatch(/_total/);
  });

  test("has the labels of its level", () => {
    const groupings = [...expression.matchAll(/by \(([^)]+)\)/g)].map(([, labels = ""]) =>
      labels.split(", "),
    );
    const isQuantile = expression.startsWith("histogram_quantile");
    for (const labels of groupings) {
      expect(labels.filter((label) => label !== "le" || !isQuantile).join("_")).toBe(level);
    }
  });

  test("reads only what somebody exposes or records", () => {
    const problems = checkExpression(expression, { recorded });
    expect(problems.map((problem) => describeProblem(expression, problem))).toEqual([]);
  });

  test("is read by an alert, a panel or another rule", () => {
    const all: readonly Dashboard[] = dashboards;
    const readers = [
      ...alerts.map((alert) => expressionOf(alert, {})),
      ...all.flatMap(({ panels }) =>
        Object.values(panels).flatMap((panel) => queriesOf(panel).map((query) => query.expression)),
      ),
      ...rules.filter((other) => other !== rule).map((other) => other.expression),
    ];
    expect(readers.some((text) => text.includes(record))).toBe(true);
  });
});

test.each(recordingRuleGroups)(
  "$name evaluates what it reads of itself before it is read",
  ({ rules: members }) => {
    for (const [index, { expression }] of members.entries()) {
      // What a rule remembers, of itself or of one that comes after it, is of earlier evaluations.
      const now = expression.replaceAll(/(last|max)_over_time\([^)]*\)/g, "");
      const later = members.slice(index).filter((other) => new RegExp(`${other.record}(?![\\w:])`).test(now));
      expect(later.map(({ record }) => record)).toEqual([]);
    }
  },
);
