import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inSeconds } from "../../catalog/duration.ts";
import {
  burnRateFactor,
  burnRateThreshold,
  burnRateWindows,
  errorBudget,
  OBJECTIVE_PERIOD,
  objectives,
} from "../../catalog/objectives.ts";

test("names and alert prefixes are their own", () => {
  for (const values of [
    objectives.map(({ name }) => name),
    objectives.map(({ alertPrefix }) => alertPrefix),
  ]) {
    expect(values).toEqual([...new Set(values)]);
  }
});

test("windows burn at the factors of the multiwindow table", () => {
  const table = burnRateWindows.map((window) => [
    window.long,
    window.short,
    burnRateFactor(window),
    window.severity,
  ]);
  expect(table).toEqual([
    ["1h", "5m", 14.4, "critical"],
    ["6h", "30m", 6, "critical"],
    ["1d", "2h", 3, "warning"],
    ["3d", "6h", 1, "warning"],
  ]);
});

test.each(burnRateWindows)("$long: the short window is a twelfth of the long one", ({ long, short }) => {
  expect(inSeconds(long) / inSeconds(short)).toBe(12);
});

describe.each(objectives)("$name", (objective) => {
  test("leaves an error budget, and all of its alerts can ring", () => {
    expect(errorBudget(objective)).toBeCloseTo(1 - objective.target, 10);
    for (const window of burnRateWindows) {
      const threshold = burnRateThreshold(objective, window);
      expect(threshold).toBeGreaterThan(0);
      expect(threshold).toBeLessThan(1);
    }
  });
});

test("an objective whose alert could never ring is refused, with what to do", () => {
  const [fast] = burnRateWindows;
  if (!fast) throw new Error("no window");
  expect(() => burnRateThreshold({ name: "lax", target: 0.93 }, fast)).toThrow(
    /objective lax of 93% has a burn-rate alert that can never ring: over 1h it asks for 100.8%.*above 93.06%/,
  );
});

test("a threshold, held for the long window, spends the window's share of the period's budget", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.94, max: 0.9999, noNaN: true }),
      fc.constantFrom(...burnRateWindows),
      (target, window) => {
        const threshold = burnRateThreshold({ name: "any", target }, window);
        const spent =
          (threshold * inSeconds(window.long)) / (errorBudget({ target }) * inSeconds(OBJECTIVE_PERIOD));
        expect(spent).toBeCloseTo(window.budgetShare, 6);
      },
    ),
  );
});

const isTimed = ({ events }: (typeof objectives)[number]) => events.includes("_seconds_count");

test.each(objectives.filter((objective) => !isTimed(objective)))(
  "$name counts no bad event where none has a series yet",
  ({ badEvents, events }) => {
    expect(badEvents).toContain("or vector(0)");
    expect(events).not.toContain("vector");
  },
);

test.each(objectives.filter(isTimed))(
  "$name takes a missing bucket for a missing measurement, not for nothing slow",
  ({ badEvents }) => {
    expect(badEvents).not.toContain("vector");
    expect(badEvents).toMatch(/_count\{.*_bucket\{.*le="2\.[05]"/);
  },
);

test("how long people talk is no latency", () => {
  const latency = objectives.find(({ name }) => name === "api-latency");
  const [, pattern = ""] = /endpoint!~"([^"]+)"/.exec(latency?.events ?? "") ?? [];
  const excluded = new RegExp(`^(?:${pattern})$`);
  for (const route of ["/healthz", "/metrics", "/api/v1/agent/conversations/{conversation_id}/ws"]) {
    expect(route).toMatch(excluded);
  }
  expect("/api/v1/agent/conversations/{conversation_id}/messages").not.toMatch(excluded);
});
