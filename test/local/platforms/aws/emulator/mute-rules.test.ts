import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  MUTE_RULES,
  mutedAlarms,
  parseSchedule,
} from "../../../../../local/platforms/aws/emulator/mute-rules.ts";
import { Store } from "../../../../../local/platforms/aws/provider/store.ts";

const folder = mkdtempSync(join(tmpdir(), "mute-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a schedule", () => {
  test.each([
    ["cron(30 2 * * SUN)", "PT90M", ["2026-11-22T02:30:00Z", "2026-11-29T03:59:59Z"]],
    ["cron(0 22 * * SAT)", "PT4H", ["2026-11-22T01:59:00Z"]],
    ["at(2026-12-24T20:00)", "PT4H", ["2026-12-24T20:00:00Z", "2026-12-24T23:59:59Z"]],
  ])("%s for %s covers its window", (expression, duration, times) => {
    for (const time of times) expect(parseSchedule({ expression, duration })?.(Date.parse(time))).toBe(true);
  });

  test.each([
    ["cron(30 2 * * SUN)", "PT90M", ["2026-11-22T02:29:59Z", "2026-11-22T04:00:00Z", "2026-11-23T03:00:00Z"]],
    [
      "at(2026-12-24T20:00)",
      "PT4H",
      ["2026-12-24T19:59:59Z", "2026-12-25T00:00:00Z", "2027-12-24T21:00:00Z"],
    ],
  ])("%s for %s covers no more", (expression, duration, times) => {
    for (const time of times) expect(parseSchedule({ expression, duration })?.(Date.parse(time))).toBe(false);
  });

  test.each([
    ["cron(0 2 * * *)", "PT1H"],
    ["cron(60 2 * * SUN)", "PT1H"],
    ["rate(1 hour)", "PT1H"],
    ["at(2026-12-24)", "PT1H"],
    ["at(2026-12-24T20:00)", "PT"],
    ["at(2026-12-24T20:00)", "PT0M"],
    ["at(2026-12-24T20:00)", "P16D"],
  ])("%s for %s is not understood", (expression, duration) => {
    expect(parseSchedule({ expression, duration })).toBeUndefined();
  });
});

test("only the named alarms of the rule's region are muted, and only in its window", () => {
  const store = new Store(join(folder, "store.json"));
  store.set(MUTE_RULES, "x", {
    rule: { schedule: { expression: "at(2026-12-24T20:00)", duration: "PT1H" } },
    muteTargets: { alarmNames: ["api"] },
    region: "us-east-1",
  });
  const during = Date.parse("2026-12-24T20:30:00Z");
  expect([...mutedAlarms(store, "us-east-1", during)]).toEqual(["api"]);
  expect([...mutedAlarms(store, "eu-central-1", during)]).toEqual([]);
  expect([...mutedAlarms(store, "us-east-1", during + 3_600_000)]).toEqual([]);
});
