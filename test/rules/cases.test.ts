/** Every alert has cases that show both of its sides. What the cases say is proven by rules.e2e.ts. */
import { describe, expect, test } from "vitest";
import { alertGroups } from "../../catalog/alerts/index.ts";
import { ruleCases } from "./cases/index.ts";
import type { RuleCase } from "./rule-case.ts";

/** How many alerts fire, over the time of a case. */
function course({ firing }: RuleCase): number[] {
  return Object.entries(firing)
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([, alerts]) => alerts.length);
}

const fires = (each: RuleCase) => course(each).some((count) => count > 0);
const resolves = (each: RuleCase) => fires(each) && course(each).at(-1) === 0;
/** Silent before: it is the fault that rings. */
const begins = (each: RuleCase) => fires(each) && course(each)[0] === 0;

/** The one alert that is to fire always. */
const ALWAYS = "Watchdog";

test("every group of alerts has cases, and every case an alert", () => {
  const groups = alertGroups.map(({ name }) => name);
  const strange = Object.keys(ruleCases).filter((name) => !groups.includes(name));
  expect(strange, "no group of alerts is called so: remove it from test/rules/cases/index.ts").toEqual([]);
  for (const { name: group, alerts } of alertGroups) {
    const names = new Set(alerts.map(({ name }) => name));
    const tested = Object.keys(ruleCases[group] ?? {});
    const wanting = [...names].filter((name) => !tested.includes(name));
    const file = `the cases of ${group}, in a file of test/rules/cases/ (index.ts says which)`;
    expect(wanting, `add to ${file}: ${wanting.map((name) => `${name}: [...]`).join(", ")}`).toEqual([]);
    const idle = tested.filter((name) => !names.has(name));
    expect(idle, `no alert is called so: remove it from ${file}`).toEqual([]);
  }
});

const rows = alertGroups.flatMap((group) =>
  [...new Set(group.alerts.map(({ name }) => name))].map((name) => ({
    name,
    title: `${group.name} ${name}`,
    rules: group.alerts.filter((alert) => alert.name === name),
    cases: ruleCases[group.name]?.[name] ?? [],
  })),
);

describe.each(rows.filter(({ name }) => name !== ALWAYS))("$title", ({ cases, rules }) => {
  test("fires on its fault, and resolves", () => {
    expect(cases.some(begins)).toBe(true);
    expect(cases.some(resolves)).toBe(true);
  });

  test("stays silent on something close to its fault", () => {
    expect(cases.some((each) => !fires(each))).toBe(true);
  });

  test("is rung by each of its rules", () => {
    const rung = cases.flatMap((each) => Object.values(each.firing).flat());
    for (const { labels = {} } of rules) {
      const own = rung.some((alert) =>
        Object.entries(alert).every(([label, value]) => (labels[label] ?? value) === value),
      );
      expect(own).toBe(true);
    }
  });

  test("has the labels that its description shows", () => {
    const rung = cases.flatMap((each) => Object.values(each.firing).flat());
    for (const { description, labels = {} } of rules) {
      const shown = [...description.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
      for (const alert of rung)
        expect(Object.keys({ ...labels, ...alert })).toEqual(expect.arrayContaining(shown));
    }
  });
});
