/** The parts of a replay: a rule's state, expressions taken apart, gaps, pieces of a history, hours. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openAccess } from "../../../operations/replay/access.ts";
import { AlertState } from "../../../operations/replay/alert-state.ts";
import { gapsBetween } from "../../../operations/replay/coverage.ts";
import { History, piecesOf, timesOf } from "../../../operations/replay/history.ts";
import { clockIn } from "../../../operations/replay/hours.ts";
import { parseMoment, periodOf } from "../../../operations/replay/period.ts";
import { planOf, queriesOf, seriesLookedAt } from "../../../operations/replay/plan.ts";
import { NoAnswer, PrometheusApi } from "../../../operations/replay/prometheus-api.ts";
import { alertLabels, rulesFrom } from "../../../operations/replay/rules.ts";
import { combined, selector } from "../../../operations/replay/series.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function ruleOf(fields: object) {
  const [group] = rulesFrom(
    {
      "rules.yml": JSON.stringify({ groups: [{ name: "g", rules: [{ alert: "A", expr: "x", ...fields }] }] }),
    },
    MINUTE,
  ).groups;
  const [rule] = group?.rules ?? [];
  if (!rule) throw new Error("no rule");
  return rule;
}

/** One letter an evaluation: `x` holds, `.` does not, `!` fails, `-` is a restart. */
function played(pattern: string, fields: object, interval = MINUTE): AlertState {
  const state = new AlertState(ruleOf(fields));
  [...pattern].forEach((letter, index) => {
    if (letter === "-") state.restart();
    else
      state.evaluate(
        index * interval,
        letter === "!" ? undefined : letter === "x" ? [{ alertname: "A" }] : [],
      );
  });
  return state;
}

/** Evaluations at which firings began, and at which they were over. */
function firings(pattern: string, fields: object) {
  const state = played(pattern, fields);
  state.finish();
  return state.firings.map(({ start, resolvedAt }) => [
    start / MINUTE,
    resolvedAt === undefined ? undefined : resolvedAt / MINUTE,
  ]);
}

describe("an alert's state", () => {
  test.for([
    ["xx..", {}, [[0, 2]]],
    [".xxx.", { for: "2m" }, [[3, 4]]],
    [".xx.xx.", { for: "2m" }, []],
    ["xxx", {}, [[0, undefined]]],
    ["x..x.....", { keep_firing_for: "3m" }, [[0, 7]]],
    ["x!!x.", {}, [[0, 4]]],
    ["xx-xx.", { for: "2m" }, []],
    [
      "xxx-xxx.",
      { for: "2m" },
      [
        [2, undefined],
        [6, 7],
      ],
    ],
    // Fired for long: it goes on after a start, once the state of before was looked up.
    [
      `${"x".repeat(20)}-xxx.`,
      { for: "15m" },
      [
        [15, undefined],
        [23, 24],
      ],
    ],
    // Had waited for 5 of 40 minutes: the time that Prometheus was gone does not count.
    [`${"x".repeat(6)}-${"x".repeat(38)}.`, { for: "40m" }, [[43, 45]]],
    // Of 30 minutes, 5 were left: it waits for 10 more from the second evaluation on.
    [`${"x".repeat(26)}-${"x".repeat(16)}.`, { for: "30m" }, [[38, 43]]],
  ] as const)("%s with %o", ([pattern, fields, expected]) => {
    expect(firings(pattern, fields)).toEqual(expected);
  });

  test("is in ALERTS as a query of that time finds it", () => {
    const state = played(".xx.", { for: "1m" });
    const at = (minute: number, window = 0) =>
      state.series(minute * MINUTE, window).map(({ alertstate }) => alertstate);
    expect(at(0)).toEqual([]);
    expect(at(1)).toEqual(["pending"]);
    expect(at(2)).toEqual(["firing"]);
    expect(at(3)).toEqual([]);
    expect(at(3, 3 * MINUTE)).toEqual(["pending", "firing"]);
    expect(at(9, 3 * MINUTE)).toEqual([]);
  });

  test("is dropped with all others above the group's limit", () => {
    const state = new AlertState({ ...ruleOf({}), limit: 1 });
    state.evaluate(0, [{ a: "1" }, { a: "2" }]);
    expect(state.firings.map(({ last }) => last)).toEqual([0, 0]);
  });

  test("stays as it was where two results have the same labels", () => {
    const state = new AlertState(ruleOf({}));
    state.evaluate(0, [{ a: "1" }]);
    state.evaluate(MINUTE, [{ a: "2" }, { a: "2" }]);
    state.finish();
    expect(state.firings).toMatchObject([{ labels: { a: "1" }, last: 0 }]);
  });
});

describe("an expression", () => {
  test("without ALERTS is one question", () => {
    const expression = "sum(rate(a[5m])) > 1 unless on () b";
    expect(planOf(expression)).toEqual({ kind: "query", expression, readsAlerts: false });
  });

  test("is taken apart where the replay knows better", () => {
    const plan = planOf(
      '(a > 0)\nunless on (job) (max_over_time(ALERTS{alertname="B"}[1h30m]) unless on () ALERTS{x="y"})',
    );
    expect(queriesOf(plan).map(({ expression }) => expression)).toEqual(["(a > 0)"]);
    expect(plan).toMatchObject({
      operator: "unless",
      matching: { keyword: "on", labels: ["job"] },
      right: { left: { kind: "alerts", window: 90 * MINUTE }, right: { kind: "alerts", window: 0 } },
    });
  });

  test("that computes with ALERTS reads what was recorded", () => {
    expect(queriesOf(planOf("count(ALERTS) > 3"))).toMatchObject([{ readsAlerts: true }]);
    expect(queriesOf(planOf("a and ALERTS offset 5m"))).toMatchObject([{ readsAlerts: true }]);
  });

  test("looks at what can make it hold, not at what keeps it back", () => {
    const plan = planOf("a / b > 1 unless on () (ALERTS or c)");
    expect(seriesLookedAt(plan)).toEqual(["a", "b"]);
  });

  test("that does not parse is told", () => {
    expect(() => planOf("a >")).toThrow("does not parse");
  });
});

test("set operations compare what PromQL compares", () => {
  const [a, b] = [
    { __name__: "a", x: "1", y: "1" },
    { __name__: "b", x: "1", y: "2" },
  ];
  const every = { keyword: "ignoring", labels: [] } as const;
  const onX = { keyword: "on", labels: ["x"] } as const;
  expect(combined("unless", [a], [b], every)).toEqual([a]);
  expect(combined("unless", [a], [b], onX)).toEqual([]);
  expect(combined("and", [a], [b], { keyword: "ignoring", labels: ["y"] })).toEqual([a]);
  expect(combined("or", [a], [b], onX)).toEqual([a]);
  expect(combined("or", [a], [b], every)).toEqual([a, b]);
  expect(combined("unless", [a], [b], { keyword: "on", labels: [] })).toEqual([]);
});

test("conditions of selectors are anchored, and an absent label is empty", () => {
  const matches = selector([
    { label: "job", operator: "=~", value: "api|web" },
    { label: "x", operator: "!=", value: "1" },
  ]);
  expect(matches({ job: "api" })).toBe(true);
  expect(matches({ job: "api2" })).toBe(false);
  expect(matches({ job: "web", x: "1" })).toBe(false);
  expect(selector([{ label: "x", operator: "!=", value: "" }])({})).toBe(false);
});

test("an alert has the labels of its rule over those of the result, and no name", () => {
  const rule = ruleOf({ labels: { severity: "critical", where: "{{ $labels.instance }}:{{$labels.none}}" } });
  expect(alertLabels(rule, { __name__: "x", severity: "low", instance: "i" })).toEqual({
    alertname: "A",
    severity: "critical",
    where: "i:",
    instance: "i",
  });
});

test("a rule file that is none is told by name", () => {
  expect(() =>
    rulesFrom({ "x.yml": "groups: [{name: g, rules: [{alert: A, expr: x, for: 5 minutes}]}]" }, 1),
  ).toThrow(/x\.yml is no rule file[\s\S]*a duration such as 5m/);
  expect(() => rulesFrom({ "x.yml": "a: [" }, 1)).toThrow("x.yml is no YAML");
});

describe("gaps", () => {
  const every = (from: number, to: number) => timesOf({ step: 15, phase: 0 }, { from, to });

  test("are longer than what comes between two samples", () => {
    const seen = [...every(0, 300), ...every(600, 900)];
    expect(gapsBetween(seen, { from: 0, to: 900 }, 15)).toEqual([{ from: 285, to: 600 }]);
  });

  test("are also before the first sample and after the last; without any sample, all is one", () => {
    expect(gapsBetween(every(300, 600), { from: 0, to: 900 }, 15)).toEqual([
      { from: 0, to: 300 },
      { from: 585, to: 900 },
    ]);
    expect(gapsBetween([], { from: 0, to: 900 }, 15)).toEqual([{ from: 0, to: 900 }]);
  });
});

test("pieces begin at the same times whenever they are asked for", () => {
  expect(piecesOf({ from: 7, to: 25 }, 10)).toEqual([
    { from: 7, to: 10 },
    { from: 10, to: 20 },
    { from: 20, to: 25 },
  ]);
  expect(timesOf({ step: 10, phase: 3 }, { from: 13, to: 33 })).toEqual([13, 23]);
});

test("times of the command line", () => {
  const now = Date.parse("2026-11-30T12:00:30Z");
  const iso = (since: string, until?: string) => {
    const { from, to } = periodOf(
      parseMoment(since),
      until === undefined ? undefined : parseMoment(until),
      now,
    );
    return [from, to].map((time) => new Date(time).toISOString().slice(0, 16));
  };
  expect(iso("1d")).toEqual(["2026-11-29T12:00", "2026-11-30T12:00"]);
  expect(iso("2h", "2026-11-01")).toEqual(["2026-10-31T22:00", "2026-11-01T00:00"]);
  expect(iso("2026-11-01T09:30Z")).toEqual(["2026-11-01T09:30", "2026-11-30T12:00"]);
  expect(() => parseMoment("yesterday")).toThrow("30d");
  expect(() => iso("2026-12-24")).toThrow("before --until");
});

test("hours are those of the time zone", () => {
  const [utc, tokyo] = [clockIn("Etc/UTC"), clockIn("Asia/Tokyo")];
  const monday = Date.parse("2026-11-30T10:00:00Z");
  expect([utc(monday), tokyo(monday)]).toEqual(["work", "off hours"]);
  expect(utc(Date.parse("2026-11-29T10:00:00Z"))).toBe("off hours");
  expect(utc(Date.parse("2026-11-30T23:00:00Z"))).toBe("asleep");
});

describe("a history", () => {
  const folder = mkdtempSync(join(tmpdir(), "agentpay-replay-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Has one series at each time but those that fail. */
  class Scripted extends PrometheusApi {
    readonly failing: ReadonlySet<number>;
    constructor(failing: readonly number[]) {
      super(openAccess("http://127.0.0.1:9"));
      this.failing = new Set(failing);
    }
    override async range({ start, end, step }: { start: number; end: number; step: number }) {
      this.asked += 1;
      const times = timesOf({ step, phase: start % step }, { from: start, to: end + 1 });
      if (times.some((time) => this.failing.has(time))) throw new NoAnswer("too many samples");
      return [{ labels: { a: "1" }, times, values: times.map(() => 1) }];
    }
  }
  const grid = { step: 1000, phase: 0 };
  const piece = { from: 0, to: 16_000 };

  test("finds the evaluations that fail, and has all others", async () => {
    const { at, failed, reason } = await new History(new Scripted([5000]), join(folder, "a")).answer(
      "x",
      grid,
      piece,
    );
    expect([...failed]).toEqual([5000]);
    expect(at.size).toBe(15);
    expect(reason).toBe("too many samples");
  });

  test("is asked once, also by another run", async () => {
    const api = new Scripted([]);
    await new History(api, join(folder, "b")).answer("x", grid, piece);
    const again = await new History(api, join(folder, "b")).answer("x", grid, piece);
    expect(api.asked).toBe(1);
    expect(again.at.get(15_000)).toEqual([{ a: "1" }]);
    expect(readdirSync(join(folder, "b"))).toHaveLength(1);
  });

  test("is asked for no more at a time than Prometheus answers", async () => {
    const api = new Scripted([]);
    const long = { from: 0, to: 25_000 * 1000 };
    const { at } = await new History(api, join(folder, "d")).answer("x", grid, long);
    expect([api.asked, at.size]).toEqual([3, 25_000]);
  });

  test("that is young is asked again", async () => {
    const api = new Scripted([]);
    const young = { from: Date.now() - 10_000, to: Date.now() };
    for (const _ of [1, 2]) await new History(api, join(folder, "c")).answer("x", grid, young);
    expect(api.asked).toBe(2);
  });
});

describe("an engine", () => {
  test("that was busy is asked again; what it refuses is told without the stack's secrets", async () => {
    const answers = [
      { status: 503, body: "busy" },
      { status: 401, body: "no user agentpay with SENTINEL" },
    ];
    const server = createServer((_request, response) => {
      const { status, body } = answers.shift() ?? { status: 500, body: "" };
      response.writeHead(status).end(body);
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    const api = new PrometheusApi({ ...openAccess(url), secrets: ["SENTINEL"] });
    const asked = api.range({ expression: "x", start: 0, end: 0, step: 1 });
    await expect(asked).rejects.toThrow(/answered 401: no user agentpay with \[secret\]\nMay the user/);
    expect(answers).toEqual([]);
    server.close();
  });

  test("with a password in its address is refused", () => {
    expect(() => openAccess("http://user:secret@127.0.0.1")).toThrow(/a password in an address shows/);
    expect(() => openAccess("127.0.0.1:9090")).toThrow("no address");
  });
});
