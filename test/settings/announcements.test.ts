import { describe, expect, test } from "vitest";
import { parseAnnouncements, readAnnouncements } from "../../settings/announcements.ts";
import { parseSettings } from "../../settings/settings.ts";
import { configurationOf, REPOSITORY, stacks } from "../support/program.ts";

const good = `
production:
  maintenance:
    - when: Sunday 02:00-04:00
      announced: 2026-11-20
      affects: [api, websocket]
      text: We update the database.
  incidents:
    - at: 2026-11-24T09:12:00Z
      state: degraded
      affects: [websocket]
      text: Some visitors can't open a chat.
      over: true
`;

test("a stack announces its own maintenance and incidents, and no other's", () => {
  const { announcements, problems } = parseAnnouncements(good, "production");
  expect(problems).toEqual([]);
  expect(announcements.maintenance).toMatchObject([
    {
      window: { day: { weekday: "sunday" }, from: "02:00", to: "04:00" },
      affects: ["api", "websocket"],
      over: false,
    },
  ]);
  expect(announcements.incidents).toMatchObject([{ state: "degraded", over: true }]);
  expect(parseAnnouncements(good, "staging")).toEqual({
    announcements: { maintenance: [], incidents: [] },
    problems: [],
  });
});

test("an empty file, and one of comments, announces nothing", () => {
  for (const text of ["", "# nothing\n"]) {
    expect(parseAnnouncements(text, "production").announcements.maintenance).toEqual([]);
  }
});

test.each(stacks)("the committed file is good for %s", (stack) => {
  expect(readAnnouncements(REPOSITORY, stack, stacks).problems).toEqual([]);
});

describe("mistakes", () => {
  test.each([
    ["production: 5", "production", "a map of lists: maintenance, incidents"],
    ["production: []", "production", "a map of lists: maintenance, incidents"],
    ["production: { maintenence: [] }", "production", /^a map of lists: .*; there is no maintenence$/],
    ["production: { maintenance: [5] }", "production.maintenance[0]", /^a map of what is announced: when, /],
    ["production: { maintenance: x }", "production.maintenance", "a list"],
    [
      good.replace("Sunday 02:00-04:00", "Sunday"),
      "production.maintenance[0].when",
      /a part of one day in UTC/,
    ],
    [good.replace("2026-11-20", "last week"), "production.maintenance[0].announced", /a date such as/],
    [
      good.replace("[api, websocket]", "[database]"),
      "production.maintenance[0].affects[0]",
      "one of api, websocket, widget",
    ],
    [
      good.replace("[api, websocket]", "[]"),
      "production.maintenance[0].affects",
      "at least one of api, websocket, widget",
    ],
    [good.replace("degraded", "bad"), "production.incidents[0].state", /one of outage/],
    [good.replace("2026-11-24T09:12:00Z", "today"), "production.incidents[0].at", /a time in UTC/],
    [good.replace("over: true", "over: yes please"), "production.incidents[0].over", "true or false"],
  ])("%j", (text, path, expected) => {
    const { problems } = parseAnnouncements(text, "production");
    expect(problems).toHaveLength(1);
    expect(problems[0]?.key).toBe(`maintenance.yaml: ${path}`);
    expect(problems[0]?.expected).toMatch(expected);
  });

  test.each([
    ["[1]", /^a map of stack to what it announces$/],
    ["5", /^a map of stack to what it announces$/],
    ["production: {", /this is no YAML/],
    ["production:\n  maintenance: []\n  maintenance: []", /this is no YAML/],
  ])("a file that is something else is said to be so: %j", (text, says) => {
    expect(parseAnnouncements(text, "production").problems).toEqual([
      { key: "maintenance.yaml", expected: expect.stringMatching(says) },
    ]);
  });

  test("an entry of a stack that does not exist would announce nothing, and mute nothing", () => {
    const misspelt = good.replace("production:", "prodution:");
    for (const stack of ["production", "staging"]) {
      expect(parseAnnouncements(misspelt, stack, stacks).problems).toEqual([
        { key: "maintenance.yaml: prodution", expected: "the name of a stack: production, staging, local" },
      ]);
    }
    expect(parseAnnouncements(good, "staging", stacks).problems).toEqual([]);
  });

  test("work on the same service twice in an entry", () => {
    const { problems } = parseAnnouncements(good.replace("[api, websocket]", "[api, api]"), "production");
    expect(problems).toMatchObject([{ key: "maintenance.yaml: production.maintenance[0].affects[1]" }]);
  });

  test("are reported with those of the configuration, by their place in the file", () => {
    const announced = parseAnnouncements(good.replace("[api, websocket]", "[database]"), "production");
    const configuration = configurationOf("production", { "logs.retentionDays": 31 });
    const parse = () => parseSettings("production", configuration, { announced });
    expect(parse).toThrow("has 2 problems");
    expect(parse).toThrow(
      "maintenance.yaml: production.maintenance[0].affects[0]\n      expected: one of api",
    );
  });
});
