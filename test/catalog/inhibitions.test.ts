import { describe, expect, test } from "vitest";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alerts, expressionOf } from "../../catalog/alerts/index.ts";
import { inhibitions, selectedAlerts } from "../../catalog/inhibitions.ts";
import { severities } from "../../catalog/severity.ts";

const known = new Set(alerts.map(({ name }) => name));

/** Labels that an alert has for sure, besides what its expression leaves. */
const ALWAYS = ["environment", "service", "severity", "team", "alertname"];

/** Whether an alert has the label: its own, or one that its expression, or what that reads, keeps. */
function carries(alert: Alert, label: string): boolean {
  const expression = expressionOf(alert, {});
  const named = new RegExp(`by \\([^)]*\\b${label}\\b`).test(expression);
  const perTarget = ["instance", "job"].includes(label) && !/\b(sum|max|min|count) by/.test(expression);
  return ALWAYS.includes(label) || alert.labels?.[label] !== undefined || named || perTarget;
}

const rank = ({ severity }: Alert) => severities.indexOf(severity);

test("each rule has a name of its own", () => {
  const names = inhibitions.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

describe.each(inhibitions.map((inhibition) => [inhibition.name, inhibition] as const))(
  "%s",
  (_name, { source, targets, equal }) => {
    const [sources, muted] = [selectedAlerts(source), selectedAlerts(targets)];

    test("names alerts that exist, with labels that they have", () => {
      expect([...source.names, ...targets.names].filter((name) => !known.has(name))).toEqual([]);
      for (const { names, labels = {} } of [source, targets]) {
        for (const name of names) {
          const ofName = alerts.filter((alert) => alert.name === name);
          for (const [label, values] of Object.entries(labels)) {
            const existing = ofName.map((alert) => alert.labels?.[label]);
            expect(values.filter((value) => !existing.includes(value))).toEqual([]);
          }
        }
      }
      expect(sources.length * muted.length).toBeGreaterThan(0);
    });

    test("never lets an alert mute itself", () => {
      expect(sources.filter((alert) => muted.includes(alert))).toEqual([]);
    });

    test("mutes nothing that matters more, and nothing that tells nobody anyway", () => {
      const most = Math.min(...muted.map(rank));
      expect(sources.filter((alert) => rank(alert) > most)).toEqual([]);
      expect(muted.filter(({ severity }) => severity === "info" || severity === "none")).toEqual([]);
    });

    test("stays within an environment, and compares labels that both sides have", () => {
      expect(equal).toContain("environment");
      for (const label of equal) {
        const without = [...sources, ...muted].filter((alert) => !carries(alert, label));
        expect(without.map(({ name }) => [name, label])).toEqual([]);
      }
    });
  },
);

test("a rule never mutes its own cause through another: no two alerts mute each other", () => {
  const pairs = inhibitions.flatMap(({ source, targets }) =>
    selectedAlerts(source).flatMap((from) => selectedAlerts(targets).map((to) => [from, to] as const)),
  );
  const mutual = pairs.filter(([from, to]) => pairs.some(([other, back]) => other === to && back === from));
  expect(mutual.map(([from, to]) => [from.name, to.name])).toEqual([]);
});

test("Watchdog is never muted", () => {
  const muted = inhibitions.flatMap(({ targets }) => selectedAlerts(targets));
  expect(muted.map(({ name }) => name)).not.toContain("Watchdog");
});

test("of one objective's burns, the fastest mutes all slower ones", () => {
  const rule = inhibitions.find(({ name }) => name === "BudgetBurn-1h");
  expect(rule?.targets.labels).toEqual({ long: ["6h", "1d", "3d"] });
  expect(rule?.equal).toEqual(["slo", "environment"]);
});
