/** Firings beside what really happened: each word of the judgement, and where its facts come from. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Maintenance, parseMaintenanceWindow } from "../../../catalog/maintenance.ts";
import type { Incident, IncidentAction } from "../../../components/shared/incident.ts";
import { happenedByRecord, workIn } from "../../../operations/replay/happened.ts";
import { incidentsFile } from "../../../operations/replay/incidents-file.ts";
import {
  type Happened,
  isReal,
  judged,
  judgedIncidents,
  verdictOn,
  worthOf,
} from "../../../operations/replay/judgement.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf } from "../../support/program.ts";

const MINUTE = 60_000;
/** A Monday. */
const NOON = Date.parse("2026-11-02T12:00:00Z");
const at = (minutes: number) => NOON + minutes * MINUTE;

function incident(id: string, from: number, to: number | undefined, more: Partial<Incident> = {}): Incident {
  const alerts = [{ name: "HighErrorRate", service: "api", summary: "", key: id, opened: at(from) }];
  return {
    ...{ id, number: 1, title: id, url: "", urgency: "high", alerts, actions: [] },
    ...{ opened: at(from), ended: to === undefined ? undefined : at(to) },
    ...more,
  };
}

const action = (kind: IncidentAction["kind"], who?: string): IncidentAction => ({ kind, at: NOON, who });
const called = action("notified", "Ana");

test.for([
  ["lasted until all had been called", incident("a", 0, 30), true],
  ["is still open", incident("a", 0, undefined), true],
  ["ended by itself within minutes", incident("a", 0, 29, { actions: [called, action("resolved")] }), false],
  [
    "was acknowledged, briefly as it was",
    incident("a", 0, 2, { actions: [action("acknowledged", "Ana")] }),
    true,
  ],
  ["was acknowledged by a program", incident("a", 0, 2, { actions: [action("acknowledged")] }), false],
  [
    "was escalated since nobody came",
    incident("a", 0, 29, { actions: [called, action("escalated")] }),
    false,
  ],
  ["was ended by a person", incident("a", 0, 2, { actions: [action("resolved", "Ana")] }), true],
  ["has a note", incident("a", 0, 2, { actions: [action("handled", "Ana")] }), true],
] as const)("an incident that %s", ([, given, real]) => {
  expect(isReal(given)).toBe(real);
});

const happened: Happened = {
  source: "PagerDuty",
  incidents: [incident("outage", 0, 30), incident("blip", 120, 123), incident("failover", 600, 640)],
  work: [{ from: at(240), to: at(300) }],
};

describe("a firing", () => {
  test.for([
    ["shortly before a real incident", -15, true, "caught"],
    ["long before it", -16, true, "noise"],
    ["in it", 30, false, "caught"],
    ["after it", 31, true, "noise"],
    ["in an incident that was over before anybody could have looked", 121, true, "noise"],
    ["while announced work goes on", 240, true, "announced"],
    ["as announced work is over", 300, true, "noise"],
    ["that calls nobody", 121, false, "unjudged"],
  ] as const)("%s", ([, minutes, calls, verdict]) => {
    expect(verdictOn(at(minutes), calls, happened)).toBe(verdict);
  });
});

test("an alert has what it caught, what it missed, its noise, and what it nearly caught", () => {
  const starts = [at(1), at(12), at(121), at(250)];
  const nearMisses = [
    { from: at(590), to: at(592) },
    { from: at(601), to: at(604) },
    { from: at(5), to: at(6) },
  ];
  expect(judged({ alert: "HighErrorRate", calls: true, starts, nearMisses }, happened)).toEqual({
    caught: ["outage"],
    missed: ["failover"],
    firings: { caught: 2, noise: 1, announced: 1, unjudged: 0 },
    nearMisses: [{ incident: "failover", seconds: 180 }],
  });
  // What it never opened, it need not find.
  const other = judged({ alert: "RedisDown", calls: true, starts: [], nearMisses: [] }, happened);
  expect(other.missed).toEqual([]);
});

test("an incident has who caught it, the first one first, and how late", () => {
  const doings = (alert: string, ...starts: number[]) => ({ alert, calls: true, starts, nearMisses: [] });
  const alerts = [doings("Symptom", at(3), at(1)), doings("Cause", at(-1)), doings("Elsewhere", at(200))];
  expect(
    judgedIncidents(alerts, happened).map(({ id, caughtBy, secondsUntilCaught }) => [
      id,
      caughtBy,
      secondsUntilCaught,
    ]),
  ).toEqual([
    ["outage", ["Cause", "Symptom"], -60],
    ["failover", [], undefined],
  ]);
});

test("calls are worth the incidents that they tell of, each once", () => {
  expect(worthOf([at(1), at(2), at(121), at(250), at(605)], happened)).toEqual({ caught: 2, noise: 1 });
});

test("announced work is of each week since it was announced, or of its date, also once it is over", () => {
  const work = (when: string, announced = "2026-11-03"): Maintenance => {
    const window = parseMaintenanceWindow(when);
    if (!window) throw new Error(when);
    return { window, when, announced, affects: ["api"], text: "", over: true };
  };
  const range = { from: Date.parse("2026-11-01T00:00:00Z"), to: Date.parse("2026-11-17T00:00:00Z") };
  const times = workIn([work("Sunday 02:00-04:00"), work("2026-11-05 20:00-24:00")], range);
  expect(times.map(({ from, to }) => [new Date(from).toISOString(), (to - from) / MINUTE])).toEqual([
    ["2026-11-08T02:00:00.000Z", 120],
    ["2026-11-15T02:00:00.000Z", 120],
    ["2026-11-05T20:00:00.000Z", 240],
  ]);
});

test("the real incidents are written as lapilli reads them", () => {
  const about = (...services: readonly string[]) => ({
    alerts: services.map((service) => ({ name: "A", service, summary: "", key: service, opened: NOON })),
  });
  const incidents = [
    incident("one", 0, 30, about("api")),
    incident("blip", 40, 41, about("api")),
    incident("open: two", 50, undefined, about("api", "postgres", "api")),
  ];
  const text = incidentsFile({ source: "PagerDuty", incidents, work: [] });
  expect(parse(text)).toEqual({
    incidents: [
      {
        ...{ id: "one", title: "one", start: "2026-11-02T12:00:00.000Z", end: "2026-11-02T12:30:00.000Z" },
        labels: { service: "api" },
      },
      {
        ...{ id: "open: two", title: "open: two", start: "2026-11-02T12:50:00.000Z" },
        labels: { service: ["api", "postgres"] },
      },
    ],
  });
  expect(incidentsFile({ source: "", incidents: [], work: [] })).toBe("incidents: []\n");
});

describe("Alertmanager's record", () => {
  const folder = mkdtempSync(join(tmpdir(), "agentpay-deliveries-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const settings = parseSettings("production", configurationOf("production"));
  const range = { from: at(0), to: at(600) };

  test("has an incident of each group that the pager was told of, and nothing that people did", async () => {
    const event = (minutes: number, name: string, firing: boolean, group = "ad4b39d3af6c5f08") => ({
      "@timestamp": new Date(at(minutes)).toISOString(),
      data: {
        notification: {
          alerts: [{ fingerprint: "1", details: { labels: { alertname: "APIDown", service: "api" } } }],
          [firing ? "firingAlerts" : "resolvedAlerts"]: [{ fingerprint: "1" }],
          groupInfo: { groupId: group, receiverName: "critical" },
          integration: { name },
        },
      },
    });
    const events = [
      ...[event(-60, "pagerduty", true, "before"), event(-30, "pagerduty", false, "before")],
      ...[event(5, "pagerduty", true), event(5, "slack", true), event(35, "pagerduty", false)],
    ];
    const file = join(folder, "events.jsonl");
    writeFileSync(file, events.map((each) => JSON.stringify(each)).join("\n"));
    const { incidents } = await happenedByRecord([file], settings, range);
    expect(incidents).toMatchObject([
      {
        title: "APIDown",
        opened: at(5),
        ended: at(35),
        alerts: [{ name: "APIDown", service: "api", key: "ad4b39d3af6c5f08" }],
        actions: [],
      },
    ]);
  });

  test("that is none is refused", async () => {
    const file = join(folder, "other.log");
    writeFileSync(file, "level=info\n");
    await expect(happenedByRecord([file], settings, range)).rejects.toThrow(/no delivery is in .*other\.log/);
    await expect(happenedByRecord([join(folder, "none")], settings, range)).rejects.toThrow(
      /--deliveries: ENOENT/,
    );
  });
});
