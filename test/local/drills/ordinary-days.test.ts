/** The days of a healthy run: what an hour of real time at the usual pace has in it. */
import { expect, test } from "vitest";
import { ORDINARY_DAYS_BEGIN, ordinaryEvents } from "../../../local/drills/ordinary-days.ts";

/** An hour, 60 times as fast. */
const events = ordinaryEvents(60 * 3600);
const dayOf = (at: number) => new Date((ORDINARY_DAYS_BEGIN + at) * 1000).getUTCDay();

test("they have nights and a weekend, and each of what is done to servers happens on a working day and at a weekend", () => {
  const visitors = events.flatMap(({ fault }) => (fault.name === "visitors-gone" ? [fault["factor"]] : []));
  expect(Math.min(...visitors.map(Number))).toBeLessThan(0.05);
  expect(visitors).toContain(1);
  for (const name of ["api-down", "worker-down", "postgres-down", "redis-down"]) {
    const days = events.filter(({ fault }) => fault.name === name).map(({ at }) => dayOf(at));
    expect(days, name).toEqual(expect.arrayContaining([5, 6]));
  }
});

test("they come in order, and a shorter run has the first of them", () => {
  expect(events).toEqual(events.toSorted((a, b) => a.at - b.at));
  const first = ordinaryEvents(300);
  expect(first).toEqual(events.slice(0, first.length));
  expect(first.length).toBeGreaterThan(0);
});

test("whatever is broken ends by itself", () => {
  const broken = events.filter(({ fault }) => fault.name !== "visitors-gone");
  for (const { title, fault } of broken) expect(fault["durationSeconds"], title).toBeGreaterThan(0);
});
