import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Incident } from "../../../components/shared/incident.ts";
import { pagesOf } from "../../../operations/weekly/pages.ts";
import { reviewedWeek, weekBefore, weekWith } from "../../../operations/weekly/week.ts";
import { startOfDay } from "../../../settings/time.ts";
import { incidentOf, MONDAY, type Told } from "./story.ts";

const week = weekWith("2026-03-25", "Europe/Berlin");
const before = weekBefore(week);
const panelOf = (alert: string) =>
  alert.startsWith("API") ? `https://grafana.example/d/${alert}` : undefined;
const reviewed = (told: readonly Told[]) => pagesOf(told.map(incidentOf), { week, before, panelOf });

describe("the week", () => {
  const hours = ({ from, to }: { from: number; to: number }) => (to - from) / 3_600_000;

  test("is Monday to Sunday on the stack's clocks, an hour shorter or longer where they change", () => {
    expect(week).toMatchObject({ first: "2026-03-23", last: "2026-03-29", from: MONDAY });
    expect(new Date(week.to).toISOString()).toBe("2026-03-29T22:00:00.000Z");
    expect(hours(week)).toBe(167);
    expect(hours(weekWith("2026-10-25", "Europe/Berlin"))).toBe(169);
    expect(hours(weekWith("2026-10-25", "Etc/UTC"))).toBe(168);
    // By half an hour.
    expect(hours(weekWith("2026-04-05", "Australia/Lord_Howe"))).toBe(168.5);
    expect(before.to).toBe(week.from);
    expect(before.first).toBe("2026-03-16");
  });

  test("has days that begin where the clocks skip midnight, or have it twice", () => {
    const start = (zone: string, day: string) => new Date(startOfDay(zone, day)).toISOString();
    expect(start("America/Asuncion", "2024-10-06")).toBe("2024-10-06T04:00:00.000Z");
    expect(start("America/Asuncion", "2024-10-07")).toBe("2024-10-07T03:00:00.000Z");
    expect(start("America/Havana", "2026-11-01")).toBe("2026-11-01T04:00:00.000Z");
    expect(start("America/Havana", "2026-11-02")).toBe("2026-11-02T05:00:00.000Z");
    // By two hours, at one o'clock in UTC.
    expect(start("Antarctica/Troll", "2026-03-30")).toBe("2026-03-29T22:00:00.000Z");
  });

  test("is the last whole one: of people who are already at Monday", () => {
    const now = Date.parse("2026-03-29T23:30:00Z");
    expect(reviewedWeek(undefined, "Europe/Berlin", now).first).toBe("2026-03-23");
    expect(reviewedWeek(undefined, "America/New_York", now).first).toBe("2026-03-16");
    expect(reviewedWeek("2026-03-18", "Europe/Berlin", now).first).toBe("2026-03-16");
    expect(() => reviewedWeek("2026-03-30", "Europe/Berlin", now)).toThrow(
      "The week of 2026-03-30 is not over. The last whole one began on 2026-03-23.",
    );
  });
});

describe("pages", () => {
  const story: readonly Told[] = [
    // Ends by itself, at night, before anybody could do something.
    { at: "Tue 03:12", alerts: ["APIDown"], called: [["Ana", 0]], ended: [undefined, 4] },
    {
      at: "Wed 23:00",
      alerts: ["APIDown"],
      called: [["Ana", 0]],
      acknowledged: [["Ana", 2]],
      ended: [undefined, 10],
    },
    // A person ended it: that is no false alarm, however short.
    {
      at: "Thu 06:59",
      alerts: ["APIDown"],
      called: [["Ben", 1]],
      acknowledged: [["Ben", 3]],
      ended: ["Ben", 5],
    },
    // Not a night: people work from 9, and are awake from 7.
    {
      at: "Thu 07:00",
      alerts: ["RedisDown"],
      called: [["Ben", 0]],
      acknowledged: [["Ben", 8]],
      ended: ["Ben", 40],
    },
    // Nobody answers; the next level does, after being called.
    {
      at: "Sat 12:00",
      alerts: ["RedisDown", "APIDown", "TestPage"],
      called: [
        ["Ana", 0],
        ["Ana", 5],
        ["Ben", 15],
      ],
      escalated: [[undefined, 15]],
      acknowledged: [
        ["Ben", 19],
        ["Ana", 30],
      ],
      ended: [undefined, 90],
    },
    // A program acknowledges first; a person hands it on.
    {
      at: "Fri 10:00",
      alerts: ["LLMDown"],
      called: [["Ana", 0]],
      acknowledged: [
        [undefined, 0],
        ["Maya", 6],
      ],
      escalated: [["Ana", 5]],
    },
    // Sunday's night ends an hour earlier in UTC.
    {
      at: "Sun 06:30",
      alerts: ["LLMDown"],
      called: [["Maya", 0]],
      acknowledged: [["Maya", 1]],
      ended: ["Maya", 9],
    },
    { at: "Sun 23:59", alerts: ["LLMDown"], called: [["Maya", 0]], ended: [undefined, 11] },
    { at: "Mon 00:00", alerts: ["APIDown"], low: true, ended: [undefined, 1] },
    // Proves that a page arrives; the one at noon would have been one without it, too.
    { at: "Tue 10:00", alerts: ["TestPage"], called: [["Ana", 0]], ended: [undefined, 5] },
    { at: "Sun 23:59", before: true, alerts: ["APIDown"], called: [["Ana", 0]] },
    { at: "Mon 00:00", before: true, alerts: ["APIDown"], called: [["Ana", 0]], ended: ["Ana", 5] },
  ];
  const pages = reviewed(story);

  test("are those of high urgency that were opened in the week, by the clock of the stack", () => {
    expect(pages).toMatchObject({ count: 8, before: 2, quiet: 1, tests: 1, asleep: 5, endedByThemselves: 2 });
    expect(pages.escalated).toBe(1);
    expect(pages.neverAcknowledged).toBe(2);
  });

  test("wait for a person's first answer; until they end, whoever ends them", () => {
    // 2, 3, 8, 19, 6, 1
    expect(pages.acknowledge).toEqual({ median: 4.5 * 60, longest: 19 * 60 });
    // 4, 10, 5, 40, 90, 9, 11
    expect(pages.resolve).toEqual({ median: 10 * 60, longest: 90 * 60 });
  });

  test("count for each alert that they are about, with its panel", () => {
    const rows = pages.byAlert.map(
      ({ alert, pages: count, before: earlier, asleep, endedByThemselves, url }) => [
        ...[alert, count, earlier, asleep, endedByThemselves, url],
      ],
    );
    expect(rows).toEqual([
      ["APIDown", 4, 2, 3, 2, "https://grafana.example/d/APIDown"],
      ["LLMDown", 3, 0, 2, 0, undefined],
      ["RedisDown", 2, 0, 0, 0, undefined],
    ]);
    expect(pages.byAlert[2]?.incidents.map(({ number }) => number)).toEqual([103, 104]);
  });

  test("are of whoever was called, and answered by whoever was first, from their own first call", () => {
    expect(pages.byPerson).toEqual([
      { name: "Ana", pages: 4, asleep: 2, acknowledged: 1, wait: { median: 120, longest: 120 } },
      // Was called at seven for what began a minute before.
      { name: "Ben", pages: 3, asleep: 0, acknowledged: 3, wait: { median: 240, longest: 480 } },
      // Was never called for the one that Ana handed on.
      { name: "Maya", pages: 2, asleep: 2, acknowledged: 2, wait: { median: 210, longest: 360 } },
    ]);
  });

  test("that nobody has ended are named, also those from before", () => {
    expect(pages.open.map(({ number }) => number)).toEqual([105, 110]);
  });

  test("of other sources than Prometheus have their own words", () => {
    const [told] = [incidentOf({ at: "Mon 10:00", alerts: ["x"] }, 0)];
    const alarm = {
      name: undefined,
      service: undefined,
      summary: 'ALARM: "disk" in Ireland',
      key: "k",
      opened: told.opened,
    };
    const of = (incident: Incident) => pagesOf([incident], { week, before, panelOf }).byAlert[0]?.alert;
    expect(of({ ...told, alerts: [alarm] })).toBe('ALARM: "disk" in Ireland');
    expect(of({ ...told, alerts: [] })).toBe("x: something is wrong");
  });

  test("that nobody had are none, and not unknown", () => {
    const none = { count: 0, before: 0, asleep: 0, endedByThemselves: 0, escalated: 0, neverAcknowledged: 0 };
    expect(reviewed([])).toEqual({
      ...{ ...none, acknowledge: {}, resolve: {}, open: [], quiet: 0, tests: 0, byAlert: [], byPerson: [] },
    });
  });
});

/** The same by hand, from the words of the story. */
function byHand(story: readonly Told[]) {
  const own = story.filter(({ before: earlier, low }) => !earlier && !low);
  const hours = own.map(({ at }) => Number(at.slice(4, 6)));
  const called = own.flatMap(({ called: calls = [] }) => [...new Set(calls.map(([who]) => who))]);
  const answers = own.map(({ acknowledged = [] }) => acknowledged.filter(([who]) => who !== undefined));
  return {
    pages: own.length,
    asleep: hours.filter((hour) => [23, 0, 1, 2, 3, 4, 5, 6].includes(hour)).length,
    alone: own.filter(({ ended }) => ended && ended[0] === undefined && ended[1] <= 10).length,
    waits: answers
      .filter((each) => each.length > 0)
      .map((each) => Math.min(...each.map(([, minutes]) => minutes))),
    called: Object.fromEntries(called.map((who) => [who, called.filter((each) => each === who).length])),
  };
}

test("any story's figures are those that a count by hand gives", () => {
  const who = fc.constantFrom("Ana", "Ben", "Maya");
  const minutes = fc.integer({ min: 0, max: 60 });
  const some = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 3 });
  const day = fc.constantFrom("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  // Two o'clock is no time of that Sunday.
  const hour = fc.constantFrom(0, 1, 3, 6, 7, 8, 12, 17, 22, 23);
  const told: fc.Arbitrary<Told> = fc.record(
    {
      at: fc.tuple(day, hour).map(([name, at]) => `${name} ${String(at).padStart(2, "0")}:30`),
      before: fc.constant(true as const),
      low: fc.constant(true as const),
      alerts: fc.uniqueArray(fc.constantFrom("A", "B", "C"), { minLength: 1, maxLength: 3 }),
      called: some(fc.tuple(who, minutes)),
      acknowledged: some(fc.tuple(fc.option(who, { nil: undefined }), minutes)),
      ended: fc.tuple(fc.option(who, { nil: undefined }), fc.integer({ min: 0, max: 30 })),
    },
    { requiredKeys: ["at", "alerts"] },
  );
  fc.assert(
    fc.property(fc.array(told, { maxLength: 40 }), (story) => {
      const { pages, asleep, alone, waits, called } = byHand(story);
      const found = reviewed(story);
      expect(found).toMatchObject({ count: pages, asleep, endedByThemselves: alone });
      const sorted = waits.toSorted((one, other) => one - other);
      const half = sorted.length / 2;
      const median =
        sorted.length % 2 ? sorted[half - 0.5] : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
      expect(found.acknowledge).toEqual(
        waits.length ? { median: (median ?? 0) * 60, longest: Math.max(...waits) * 60 } : {},
      );
      const people = found.byPerson.filter((person) => person.pages > 0);
      expect(Object.fromEntries(people.map((person) => [person.name, person.pages]))).toEqual(called);
    }),
    { numRuns: 60 },
  );
});
