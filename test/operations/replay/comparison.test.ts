/** Two versions of the rules on one history, for people. */
import { describe, expect, test } from "vitest";
import { changedAlerts } from "../../../operations/replay/changed-alerts.ts";
import { comparisonOf } from "../../../operations/replay/comparison.ts";
import { reportOf } from "../../../operations/replay/report.ts";
import { rulesFrom } from "../../../operations/replay/rules.ts";
import type { AlertSummary, Summary } from "../../../operations/replay/summary.ts";

function alert(name: string, fired: number, pages: number | undefined): AlertSummary {
  const during = { work: fired, "off hours": 0, asleep: 0 };
  return {
    alert: name,
    severity: "critical",
    fired,
    seconds: fired * 600,
    during,
    firings: [],
    ...(pages !== undefined && { pages: { count: pages, at: [], perWeek: pages / 2, during, messages: {} } }),
    recorded: { fired: 0, seconds: 0, alike: 0, times: [] },
    nearMisses: { count: 0, longestSeconds: 0 },
    failedEvaluations: { count: 0 },
    unseen: [],
    blind: 0,
    remarks: [],
  };
}

function summary(...alerts: AlertSummary[]): Summary {
  return {
    from: "2026-06-01T00:00:00.000Z",
    to: "2026-06-15T00:00:00.000Z",
    timeZone: "Etc/UTC",
    gaps: [],
    alerts,
    computed: [],
    problems: [],
    questions: 1,
  };
}

test("tells what changes, with the threshold that changed", () => {
  const before = summary(alert("HighErrorRate", 1, 1), alert("Gone", 2, 0), alert("Same", 3, 3));
  const after = summary(alert("HighErrorRate", 3, 3), alert("Same", 3, 3), alert("New", 0, 0));
  const unit = "share of requests";
  const comparison = comparisonOf(
    "main",
    { before, after },
    { HighErrorRate: { value: 0.05, unit } },
    { HighErrorRate: 0.04 },
  );
  const text = reportOf({ ...after, comparison }, "production");
  expect(text).toContain(
    [
      "## Compared with `main`, in 14 days",
      "",
      "- **Gone**: 0 pages, fires 2 times, 20m → not there",
      "- **HighErrorRate** (threshold 5% to 4%): 1 page, fires once, 10m → 3 pages, fires 3 times, 30m",
      "- **New**: not there → 0 pages, never fires",
    ].join("\n"),
  );
  expect(text).not.toContain("**Same**");
});

describe("what a change may change", () => {
  const rules = `
groups:
  - name: records
    rules:
      - {record: "m:first", expr: sum(m)}
      - {record: "m:second", expr: "m:first * 2"}
  - name: alerts
    rules:
      - {alert: Cause, expr: up == 0}
      - {alert: Symptom, expr: 'm > 9 unless on () ALERTS{alertname="Cause",alertstate="firing"}'}
      - {alert: OfRecord, expr: "m:second > 5", annotations: {summary: It is high}}
      - {alert: Alone, expr: m > 1}
`;
  const version = (text: string, alertmanager = "route: {}") => ({
    ...{ rules: rulesFrom({ "rules.yml": text }, 60_000), alertmanager, thresholds: {} },
  });
  const changed = (from: string, to: string) =>
    changedAlerts(version(rules), version(rules.replace(from, to)));

  test.for([
    ["nothing", "m > 1", "m > 1", []],
    ["an alert", "m > 1}", "m > 2}", ["Alone"]],
    ["what an alert says", "It is high", "It is very high", []],
    ["what holds others back", "up == 0", "up < 1", ["Cause", "Symptom"]],
    ["a record that a record reads", "sum(m)", "max(m)", ["OfRecord"]],
    ["an alert that is gone", "      - {alert: Alone, expr: m > 1}\n", "", ["Alone"]],
  ] as const)("%s", ([, from, to, names]) => {
    expect(changed(from, to)).toEqual(names);
  });

  test("other routes", () => {
    expect(changedAlerts(version(rules), version(rules, "route: {receiver: other}"))).toHaveLength(4);
  });
});
