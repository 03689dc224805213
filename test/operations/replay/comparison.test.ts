/** Two versions of the rules on one history, for people. */
import { expect, test } from "vitest";
import { comparisonOf } from "../../../operations/replay/comparison.ts";
import { reportOf } from "../../../operations/replay/report.ts";
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
    ...(pages !== undefined && { pages: { count: pages, perWeek: pages / 2, during, messages: {} } }),
    recorded: { fired: 0, seconds: 0, alike: 0 },
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
      "- **HighErrorRate** (threshold 0.05 to 0.04 share of requests): 1 page, fires once, 10m → 3 pages, fires 3 times, 30m",
      "- **New**: not there → 0 pages, never fires",
    ].join("\n"),
  );
  expect(text).not.toContain("**Same**");
});
