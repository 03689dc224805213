import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  escalationDelayMinutes,
  primaryShifts,
  SECONDS_PER_WEEK,
  type Shift,
  secondaryShifts,
  shiftSeconds,
} from "../../catalog/rota.ts";
import { scheduleLayer } from "../../components/pagerduty/on-call.ts";

const levels = { primary: primaryShifts, secondary: secondaryShifts };

/** Who is on call on a day of the week, Monday being 1. */
function onCall(shifts: readonly Shift[], day: number): string[] {
  return shifts
    .filter(({ firstDay, lastDay }) => firstDay <= day && day <= lastDay)
    .map(({ engineer }) => engineer);
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function weekdayIn(timeZone: string, instant: Date): number {
  return DAYS.indexOf(new Intl.DateTimeFormat("en", { timeZone, weekday: "short" }).format(instant)) + 1;
}

/** Whether one of a layer's restrictions, which PagerDuty counts in seconds of the week, holds an instant. */
function covers({ restrictions }: ReturnType<typeof scheduleLayer>, secondOfWeek: number): boolean {
  return restrictions.some(({ startDayOfWeek, durationSeconds }) => {
    const start = (startDayOfWeek - 1) * 86_400;
    return (secondOfWeek - start + SECONDS_PER_WEEK) % SECONDS_PER_WEEK < durationSeconds;
  });
}

test.each(Object.entries(levels))("%s shifts are exactly a week", (_level, shifts) => {
  expect(shifts.map(shiftSeconds).reduce((sum, seconds) => sum + seconds)).toBe(604_800);
});

test("Monday to Wednesday is A's, Thursday to Sunday B's; the other one is second", () => {
  const week = [1, 2, 3, 4, 5, 6, 7];
  const [a, b] = ["engineerA", "engineerB"];
  expect(week.map((day) => onCall(primaryShifts, day))).toEqual([[a], [a], [a], [b], [b], [b], [b]]);
  expect(week.map((day) => onCall(secondaryShifts, day))).toEqual([[b], [b], [b], [a], [a], [a], [a]]);
});

describe("exactly one person is on each level, never the same on both,", () => {
  const layers = Object.values(levels).map((shifts) =>
    shifts.map((shift) => ({
      user: shift.engineer,
      layer: scheduleLayer(shift, shift.engineer, "2024-01-01T00:00:00Z"),
    })),
  );

  test("in every minute of a year, as PagerDuty counts it", () => {
    const monday = Date.UTC(2024, 0, 1) / 1000;
    const faults: number[] = [];
    for (let second = monday; second < monday + 366 * 86_400; second += 60) {
      const people = layers.map((level) =>
        level
          .filter(({ layer }) => covers(layer, (second - monday) % SECONDS_PER_WEEK))
          .map(({ user }) => user),
      );
      const [primary, secondary] = people;
      const isFine = people.every(({ length }) => length === 1) && primary?.[0] !== secondary?.[0];
      if (!isFine) faults.push(second);
    }
    expect(faults).toEqual([]);
  });

  test("at any time, in any time zone", () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "Asia/Kolkata", "Etc/UTC");
    const instant = fc.date({
      min: new Date("2024-01-01"),
      max: new Date("2034-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zone, instant, (timeZone, now) => {
        const day = weekdayIn(timeZone, now);
        const [primary, secondary] = [onCall(primaryShifts, day), onCall(secondaryShifts, day)];
        expect([primary.length, secondary.length]).toEqual([1, 1]);
        expect(primary).not.toEqual(secondary);
      }),
      { numRuns: 500 },
    );
  });
});

test("the secondary is called at minute 15, the backup at minute 30", () => {
  const { primary, secondary } = escalationDelayMinutes;
  expect([primary, primary + secondary]).toEqual([15, 30]);
});
