import fc from "fast-check";
import { expect, test } from "vitest";
import { type Objective, objectives } from "../../../catalog/objectives.ts";
import { budgetsOf, type DayEvents } from "../../../operations/weekly/budgets.ts";

const LAST = "2026-03-29";
const objective = { ...objectives[0], target: 0.99 } as Objective;
const days = (bad: (day: number) => number, all = 1000): readonly DayEvents[] =>
  Array.from({ length: 30 }, (_, day) => ({ bad: bad(day), all }));
const reviewed = (of: readonly (DayEvents | undefined)[]) =>
  budgetsOf([{ objective, days: of }], LAST).objectives[0];

test("the week's share and what is left are of the 30 days' budget", () => {
  // 300 may fail; 7 days of 20, 23 of 2.
  expect(reviewed(days((day) => (day >= 23 ? 20 : 2)))).toMatchObject({ spent: 140 / 300, bad: 186 });
  expect(reviewed(days((day) => (day >= 23 ? 20 : 2)))?.left).toBeCloseTo(1 - 186 / 300, 12);
});

test("it runs out once what the week goes on spending is more than what falls out of the 30 days", () => {
  // 186 now, and 18 more each day: over 300 after 7 days.
  expect(reviewed(days((day) => (day >= 23 ? 20 : 2)))?.runsOut).toBe("2026-04-05");
  // Exactly at the pace that is allowed, it never does.
  expect(reviewed(days(() => 10))?.runsOut).toBeUndefined();
  // An outage three weeks ago: it falls out before the rest is spent.
  expect(reviewed(days((day) => (day === 4 ? 290 : 0)))?.runsOut).toBeUndefined();
});

test("overspent is today; a handful of bad events spends nothing", () => {
  expect(reviewed(days(() => 11))).toMatchObject({ runsOut: LAST });
  expect(reviewed(days((day) => (day === 29 ? 9 : 0), 1))?.runsOut).not.toBe(LAST);
  expect(reviewed(days((day) => (day === 29 ? 10 : 0), 1))?.runsOut).toBe(LAST);
});

test("days of which nothing is known are no days without events, and a week of them is unknown", () => {
  const holes = days((day) => (day >= 23 ? 20 : 2)).map((day, index) => (index % 2 ? day : undefined));
  // Four days of the week are known.
  expect(reviewed(holes)?.spent).toBeCloseTo((4 * 20) / (15 * 1000 * 0.01), 12);
  const unseen = days(() => 5).map((day, index) => (index >= 23 ? undefined : day));
  expect(budgetsOf([{ objective, days: unseen }], LAST)).toEqual({
    objectives: [],
    unknown: [objective.name],
  });
});

/** Day by day with a queue, the way a month of real events would go on. */
function byHand(history: readonly DayEvents[]): number | undefined {
  const queue = history.map(({ bad, all }) => [bad, all] as const);
  const week = queue.slice(-7);
  const mean = [0, 1].map((index) => week.reduce((sum, pair) => sum + (pair[index] ?? 0), 0) / 7);
  for (let day = 0; day <= 90; day += 1) {
    let [bad, all] = [0, 0];
    for (const [badThen, allThen] of queue) {
      bad += badThen;
      all += allThen;
    }
    if (bad >= 10 && bad / all > 0.01 + 1e-9) return day;
    queue.shift();
    queue.push([mean[0] ?? 0, mean[1] ?? 0]);
  }
  return undefined;
}

test("any month runs out on the day on which a queue of its days does", () => {
  const day = fc.record({ bad: fc.integer({ min: 0, max: 25 }), all: fc.integer({ min: 500, max: 1500 }) });
  fc.assert(
    fc.property(fc.array(day, { minLength: 30, maxLength: 30 }), (history) => {
      const found = reviewed(history)?.runsOut;
      const after = found && (Date.parse(found) - Date.parse(LAST)) / 86_400_000;
      expect(after).toBe(byHand(history));
    }),
    { numRuns: 100 },
  );
});
