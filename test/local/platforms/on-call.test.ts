import { expect, test } from "vitest";
import { bodies } from "../../../local/platforms/pagerduty/api/bodies.ts";
import type { Schedule } from "../../../local/platforms/pagerduty/api/model.ts";
import { userOnCall } from "../../../local/platforms/pagerduty/api/on-call.ts";

const MONDAY = "2024-01-01T00:00:00Z";
const DAY = 24 * 3600;

function schedule(timeZone: string, layers: readonly object[]): Schedule {
  const body = bodies.schedule.parse({ name: "s", time_zone: timeZone, schedule_layers: layers });
  return { ...body, id: "P1", type: "schedule", summary: "s" };
}

function layer(users: readonly string[], restrictions: readonly object[] = [], turn = 7 * DAY): object {
  return {
    start: MONDAY,
    rotation_virtual_start: MONDAY,
    rotation_turn_length_seconds: turn,
    users: users.map((id) => ({ user: { id, type: "user" } })),
    restrictions,
  };
}

function weekly(firstDay: number, days: number): object {
  return {
    type: "weekly_restriction",
    start_day_of_week: firstDay,
    start_time_of_day: "00:00:00",
    duration_seconds: days * DAY,
  };
}

const at = (time: string) => Date.parse(time);

test("the guide's rota: A from Monday to Wednesday, B from Thursday to Sunday, someone at every quarter of an hour", () => {
  const rota = schedule("Etc/UTC", [layer(["A"], [weekly(1, 3)]), layer(["B"], [weekly(4, 4)])]);
  const perDay = 24 * 4;
  const quarters = Array.from(
    { length: 7 * perDay },
    (_, index) => at("2026-03-23T00:00:00Z") + index * 900_000,
  );
  const users = quarters.map((time) => userOnCall(rota, time));
  expect(new Set(users.slice(0, 3 * perDay))).toEqual(new Set(["A"]));
  expect(new Set(users.slice(3 * perDay))).toEqual(new Set(["B"]));
});

test("hand-over is at midnight of the schedule's time zone, in summer too", () => {
  const rota = schedule("Europe/Berlin", [layer(["A"], [weekly(1, 3)]), layer(["B"], [weekly(4, 4)])]);
  expect(userOnCall(rota, at("2026-07-01T21:59:59Z"))).toBe("A");
  expect(userOnCall(rota, at("2026-07-01T22:00:00Z"))).toBe("B");
  expect(userOnCall(rota, at("2026-07-05T22:00:00Z"))).toBe("A");
});

test("users of a layer take turns from its virtual start", () => {
  const weeks = schedule("Etc/UTC", [layer(["A", "B"])]);
  expect(userOnCall(weeks, at("2024-01-07T23:59:59Z"))).toBe("A");
  expect(userOnCall(weeks, at("2024-01-08T00:00:00Z"))).toBe("B");
  expect(userOnCall(weeks, at("2024-01-15T00:00:00Z"))).toBe("A");
});

test("a later layer covers an earlier one, nobody is on call before the start, and a night may span midnight", () => {
  const night = { type: "daily_restriction", start_time_of_day: "22:00:00", duration_seconds: 8 * 3600 };
  const rota = schedule("Etc/UTC", [layer(["day"]), layer(["night"], [night])]);
  expect(userOnCall(rota, at("2024-02-01T21:59:59Z"))).toBe("day");
  expect(userOnCall(rota, at("2024-02-01T23:00:00Z"))).toBe("night");
  expect(userOnCall(rota, at("2024-02-02T05:59:59Z"))).toBe("night");
  expect(userOnCall(rota, at("2024-02-02T06:00:00Z"))).toBe("day");
  expect(userOnCall(rota, at("2023-12-31T23:00:00Z"))).toBeUndefined();
});
