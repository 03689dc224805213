import { describe, expect, test } from "vitest";
import { alertOf } from "../../../local/drills/alert-id.ts";
import type { Drill } from "../../../local/drills/drills/drill.ts";
import { type Arrival, newObservation, type Observation } from "../../../local/drills/observation.ts";
import { allArrived, allResolved, falseAlarms, judge, tells } from "../../../local/drills/verdict.ts";

const expectations = {
  pagerDutyService: "AgentPay",
  runbookBaseUrl: "https://runbooks.example",
  grafanaUrl: "https://grafana.example",
};
const drill: Drill = {
  title: "The API is down",
  rings: ["APIDown"],
  mayRing: ["WebSocketConnectionsDropped"],
};
const broken = { brokenAt: 10_000, mendedAt: undefined };
const mended = { brokenAt: 10_000, mendedAt: 20_000 };

const page: Arrival = {
  channel: "PagerDuty",
  key: "abc",
  state: "firing",
  at: 12_500,
  text: JSON.stringify({ summary: "APIDown: No API server answers." }),
  severity: "critical",
  service: "AgentPay",
  links: ["https://runbooks.example/APIDown.md", "https://grafana.example/d/agentpay-technical?viewPanel=1"],
};
const end: Arrival = { ...page, state: "resolved", at: 24_000 };

function seen(...arrivals: Arrival[]): Observation {
  return { ...newObservation(), arrivals };
}

describe("a page", () => {
  test("with all that it should have, that ends, has no problem", () => {
    expect(judge(drill, seen(page, end), mended, expectations)).toEqual([
      {
        id: "APIDown",
        channel: "PagerDuty",
        secondsToArrive: 2.5,
        secondsToResolve: 4,
        outlasts: undefined,
        problems: [],
      },
    ]);
  });

  test.each([
    ["another severity", { severity: "warning" }, "severity warning"],
    ["another service", { service: "Other" }, "service Other"],
    ["no dedup key", { key: "" }, "no dedup key"],
    ["no runbook", { links: ["https://grafana.example/d/x"] }, "no link to a runbook"],
    ["no dashboard", { links: ["https://runbooks.example/APIDown.md"] }, "no link to a dashboard"],
  ])("with %s is told", (_, change, problem) => {
    const arrivals = [page, end].map((arrival) => ({ ...arrival, ...change }));
    expect(judge(drill, seen(...arrivals), mended, expectations)[0]?.problems).toEqual([problem]);
  });

  test("from before the fault does not count", () => {
    const early = { ...page, at: 9_000 };
    expect(allArrived(drill, seen(early), broken)).toBe(false);
    expect(judge(drill, seen(early), broken, expectations)[0]?.problems).toEqual(["it did not fire"]);
  });

  test("that never came is told apart from an alert that never fired", () => {
    const observation = { ...seen(), fired: new Map([["APIDown", 11_000]]) };
    expect(judge(drill, observation, mended, expectations)[0]?.problems).toEqual([
      "it fired, but nothing arrived",
    ]);
  });

  test("on the wrong channel does not count", () => {
    expect(allArrived(drill, seen({ ...page, channel: "Slack" }), broken)).toBe(false);
  });
});

describe("where AWS takes part", () => {
  const withAws: Drill = { ...drill, aws: true };
  const sms: Arrival = {
    channel: "SMS",
    key: "+15550100123",
    state: "firing",
    at: 14_000,
    text: "sms> APIDown: No API server answers. https://runbooks.example/APIDown.md",
  };

  test("a critical has to reach phones as well", () => {
    expect(allArrived(withAws, seen(page), broken)).toBe(false);
    expect(allArrived(withAws, seen(page, sms), broken)).toBe(true);
    const arrivals = seen(page, sms, end, { ...sms, state: "resolved", at: 25_000 });
    expect(judge(withAws, arrivals, mended, expectations)[0]).toMatchObject({
      channel: "PagerDuty, SMS",
      secondsToArrive: 4,
      problems: [],
    });
  });

  test("the heartbeat rings by staying away: CloudWatch's page leads to its runbook", () => {
    const silence: Drill = { title: "s", rings: ["Watchdog"], aws: true };
    const alarm: Arrival = {
      ...page,
      links: [],
      text: '{"AlarmDescription":"https://runbooks.example/Watchdog.md"}',
    };
    const phone = { ...sms, text: "critical> https://runbooks.example/Watchdog.md" };
    const ends = [alarm, phone].map((arrival): Arrival => ({ ...arrival, state: "resolved", at: 30_000 }));
    expect(judge(silence, seen(alarm, phone, ...ends), mended, expectations)[0]?.problems).toEqual([]);
  });
});

describe("an end", () => {
  test("of another incident does not count", () => {
    const observation = seen(page, { ...end, key: "other" });
    expect(allResolved(drill, observation, mended)).toBe(false);
    expect(judge(drill, observation, mended, expectations)[0]?.problems).toEqual(["its end did not arrive"]);
  });

  test("that is followed by another start does not count", () => {
    expect(allResolved(drill, seen(page, end, { ...page, at: 25_000 }), mended)).toBe(false);
  });

  test("is not waited for where the alert outlasts the drill", () => {
    const outlasting = { ...drill, outlast: { APIDown: "a day has to pass" } };
    expect(allResolved(outlasting, seen(page), mended)).toBe(true);
    expect(judge(outlasting, seen(page), mended, expectations)[0]).toMatchObject({
      secondsToResolve: undefined,
      outlasts: "a day has to pass",
      problems: [],
    });
  });
});

describe("what is held back", () => {
  const muting: Drill = { ...drill, mutes: ["SLOMetricMissing api-latency"] };

  test("has to be seen held back", () => {
    expect(allArrived(muting, seen(page), broken)).toBe(false);
    expect(judge(muting, seen(page, end), mended, expectations)[1]?.problems).toEqual([
      "it did not hold, or was not held back",
    ]);
    const observation = { ...seen(page, end), heldBack: new Set(["SLOMetricMissing api-latency"]) };
    expect(allArrived(muting, observation, broken)).toBe(true);
    expect(judge(muting, observation, mended, expectations)[1]?.problems).toEqual([]);
  });
});

test("what rings after the fault is waited for then", () => {
  const after: Drill = { ...drill, ringsAfter: ["HighDailyCost"], outlast: { HighDailyCost: "a day" } };
  expect(allArrived(after, seen(page), broken)).toBe(true);
  expect(allResolved(after, seen(page, end), mended)).toBe(false);
  const message: Arrival = {
    channel: "Slack",
    key: "x",
    state: "firing",
    at: 26_000,
    text: "HighDailyCost https://runbooks.example/HighDailyCost.md",
  };
  expect(allResolved(after, seen(page, end, message), mended)).toBe(false);
  expect(allResolved(after, seen(page, end, message, { ...message, channel: "Email" }), mended)).toBe(true);
});

describe("a message", () => {
  test("tells of the alert that it names, not of one whose name begins alike", () => {
    const message: Arrival = { channel: "Slack", key: "", state: "firing", at: 0, text: "WorkerDown: gone" };
    expect(tells(message, "WorkerDown")).toBe(true);
    expect(tells({ ...message, text: "WorkerDownstream: gone" }, "WorkerDown")).toBe(false);
  });

  test("tells of one of several alerts of a name by its description", () => {
    const fixed = alertOf("APIAvailabilityBudgetBurn 6h").description.split(/\{\{.*?\}\}/)[1] ?? "";
    const text = `APIAvailabilityBudgetBurn 12% ${fixed}`;
    const message: Arrival = { channel: "PagerDuty", key: "", state: "firing", at: 0, text };
    expect(tells(message, "APIAvailabilityBudgetBurn 6h")).toBe(true);
    expect(tells(message, "APIAvailabilityBudgetBurn 1h")).toBe(false);
  });

  test("a warning without the link to its own runbook is told", () => {
    const warning: Drill = { title: "w", rings: ["WorkerJobFailures"] };
    const message: Arrival = {
      channel: "Slack",
      key: "k",
      state: "firing",
      at: 11_000,
      text: "WorkerJobFailures",
    };
    const resolved: Arrival = { ...message, state: "resolved", at: 21_000 };
    const runbook = "https://runbooks.example/WorkerJobFailures.md";
    const email = { channel: "Email", text: `WorkerJobFailures ${runbook}` } as const;
    const arrivals = [message, resolved, { ...message, ...email }, { ...resolved, ...email }];
    const [ring] = judge(warning, seen(...arrivals), mended, expectations);
    expect(ring).toMatchObject({ channel: "Slack, Email", problems: [`no link to ${runbook} by Slack`] });
  });

  test("a warning has to come by each of its channels, and to end on each", () => {
    const warning: Drill = { title: "w", rings: ["WorkerJobFailures"] };
    const text = "WorkerJobFailures https://runbooks.example/WorkerJobFailures.md";
    const slack: Arrival = { channel: "Slack", key: "k", state: "firing", at: 11_000, text };
    const email: Arrival = { ...slack, channel: "Email", at: 13_000 };
    const ends: Arrival[] = [{ ...slack, state: "resolved", at: 21_000 }];
    expect(allArrived(warning, seen(slack), broken)).toBe(false);
    expect(judge(warning, seen(slack, ...ends), mended, expectations)[0]?.problems).toEqual([
      "nothing came by Email",
    ]);
    const [half] = judge(warning, seen(slack, email, ...ends), mended, expectations);
    expect(half).toMatchObject({ secondsToArrive: 3, problems: ["its end did not arrive"] });
    ends.push({ ...email, state: "resolved", at: 22_000 });
    const [whole] = judge(warning, seen(slack, email, ...ends), mended, expectations);
    expect(whole).toMatchObject({ secondsToResolve: 2, problems: [] });
  });
});

test("false alarms are what fired and no drill of the round expects", () => {
  const fired = new Map(
    ["APIDown", "Watchdog", "WebSocketConnectionsDropped", "RedisDown"].map((id) => [id, 0]),
  );
  expect(falseAlarms([drill], { fired })).toEqual(["RedisDown"]);
  expect(falseAlarms([], { fired })).toEqual(["APIDown", "RedisDown", "WebSocketConnectionsDropped"]);
});
