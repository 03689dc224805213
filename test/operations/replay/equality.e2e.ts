/** What a real Prometheus recorded of alerts that it evaluated live is what a replay of its history finds. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { openAccess } from "../../../operations/replay/access.ts";
import { type AlertRecord, type Played, play } from "../../../operations/replay/play.ts";
import { PrometheusApi } from "../../../operations/replay/prometheus-api.ts";
import { rulesFrom } from "../../../operations/replay/rules.ts";
import { keyOf, type Labels } from "../../../operations/replay/series.ts";
import { LivePrometheus } from "./live-prometheus.ts";

const run = promisify(execFile);

const firing = (alert: string) => `ALERTS{alertname="${alert}",alertstate="firing"}`;

const rules = stringify({
  groups: [
    {
      name: "recorded",
      interval: "1s",
      rules: [{ record: "m:recorded", expr: "sum by (who) (m_recorded) * 2" }],
    },
    {
      name: "symptoms",
      interval: "1s",
      rules: [
        {
          alert: "Symptom",
          expr: `(m_symptom > 0) unless on () (${firing("Cause")} unless on () ${firing("Symptom")})`,
          for: "2s",
        },
        {
          alert: "LateSymptom",
          expr: `m_symptom > 0 unless on () (max_over_time(${firing("Cause")}[4s]) unless on () ${firing("LateSymptom")})`,
        },
        { alert: "Counted", expr: `count(${firing("Cause")}) > 0` },
      ],
    },
    {
      name: "shapes",
      interval: "1s",
      rules: [
        { alert: "Always", expr: "vector(1)" },
        { alert: "Never", expr: "m_for > 1e9" },
        { alert: "Cause", expr: "m_cause > 0" },
        {
          alert: "Held",
          expr: "m_for > 0",
          for: "5s",
          labels: { severity: "critical", whose: "{{ $labels.who }}" },
        },
        { alert: "TooShort", expr: "m_near > 0", for: "9s" },
        { alert: "Flapping", expr: "m_flap > 0" },
        { alert: "KeptFiring", expr: "m_flap > 0", for: "2s", keep_firing_for: "6s" },
        { alert: "Vanishing", expr: "m_vanish > 0", for: "2s" },
        { alert: "Absent", expr: "absent(m_absent)", for: "3s" },
        { alert: "Down", expr: "up == 0", for: "1s" },
        { alert: "FromRecorded", expr: "m:recorded > 3", for: "1s" },
        { alert: "FailsAtTimes", expr: "m_for / on (who) m_many > 0", for: "2s" },
      ],
    },
    { name: "slow", interval: "5s", rules: [{ alert: "Slow", expr: "m_for > 0", for: "5s" }] },
  ],
});

/** What is exposed from which second on; undefined takes it away. */
const script: readonly (readonly [number, Readonly<Record<string, number | undefined>>])[] = [
  [0, { 'm_for{who="a"}': 0, 'm_for{who="b"}': 0, m_flap: 0, m_near: 0, m_symptom: 0, m_cause: 0 }],
  [0, { m_vanish: 0, m_absent: 1, 'm_recorded{who="a"}': 1, 'm_many{who="a",x="1"}': 1 }],
  [4, { 'm_for{who="a"}': 1, m_flap: 1, m_near: 1, m_vanish: 1, m_cause: 1 }],
  [6, { m_symptom: 1, 'm_recorded{who="a"}': 2 }],
  [8, { m_flap: 0, 'm_for{who="b"}': 1 }],
  [10, { m_near: 0, m_flap: 1, m_absent: undefined }],
  [12, { m_cause: 0, m_vanish: undefined }],
  [13, { m_flap: 0 }],
  [16, { 'm_many{who="a",x="2"}': 1, m_flap: 1, m_cause: 1 }],
  [19, { 'm_for{who="b"}': 0, 'm_recorded{who="a"}': 1, m_flap: 0 }],
  [21, { 'm_many{who="a",x="2"}': undefined, m_symptom: 0, m_absent: 1 }],
  [25, { 'm_for{who="a"}': 0, m_cause: 0 }],
  [31, { 'm_for{who="a"}': 1, m_symptom: 1 }],
];
/** After the evaluations of FailsAtTimes that fail. */
const FAILURES_OVER_SECONDS = 22;
const BEFORE_GAP_SECONDS = 40;
const GAP_SECONDS = 8;
const AFTER_GAP_SECONDS = 14;

describe("a Prometheus that evaluated the rules live, and was gone for a while", () => {
  let prometheus: LivePrometheus;
  let played: Played;
  let begin = 0;
  let failuresOver = 0;

  beforeAll(async () => {
    prometheus = await LivePrometheus.prepare(rules);
    begin = Date.now();
    for (const [second, values] of script) if (second === 0) expose(values);
    await prometheus.start();
    const started = Date.now();
    failuresOver = started + FAILURES_OVER_SECONDS * 1000;
    for (const [second, values] of script) {
      await delay(Math.max(0, started + second * 1000 - Date.now()));
      expose(values);
    }
    await delay(Math.max(0, started + BEFORE_GAP_SECONDS * 1000 - Date.now()));
    await prometheus.stop();
    await delay(GAP_SECONDS * 1000);
    await prometheus.start();
    await delay(AFTER_GAP_SECONDS * 1000);
    played = await replayed();
  }, 300_000);

  afterAll(() => prometheus.remove());

  function expose(values: (typeof script)[number][1]): void {
    for (const [series, value] of Object.entries(values)) {
      if (value === undefined) prometheus.exposed.delete(series);
      else prometheus.exposed.set(series, value);
    }
  }

  function replayed(alerts?: readonly string[]): Promise<Played> {
    return play({
      api: new PrometheusApi(openAccess(prometheus.url)),
      rules: rulesFrom({ "rules.yml": rules }, 60_000),
      period: { from: begin, to: Date.now() },
      cache: join(prometheus.folder, "cache"),
      ...(alerts && { alerts }),
    });
  }

  function alert(name: string): AlertRecord {
    const found = played.alerts.find((each) => each.alert === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  }

  /** Replayed and recorded, in order, without their times. */
  const whom = (spans: readonly { labels: Readonly<Record<string, string>> }[]) =>
    spans.map(({ labels }) => keyOf(labels));

  test.for([
    ["Always", 2],
    ["Never", 0],
    ["Cause", 2],
    ["Held", 4],
    ["TooShort", 0],
    ["Flapping", 3],
    ["KeptFiring", 1],
    ["Vanishing", 1],
    ["Absent", 1],
    ["FromRecorded", 1],
    ["FailsAtTimes", 3],
    // When in its 5 seconds it is evaluated depends on the folder's name: a short fault may lie between two evaluations.
    ["Slow", undefined],
    ["Symptom", 3],
    ["LateSymptom", 3],
    ["Counted", 2],
  ] as const)("%s: fires when it did, within one evaluation", ([name, times]) => {
    const { interval, ...found } = alert(name);
    // Two that begin at one evaluation have no order.
    const inOrder = <Each extends { labels: Labels; from: number }>(spans: readonly Each[]) =>
      spans.toSorted(
        (left, right) => keyOf(left.labels).localeCompare(keyOf(right.labels)) || left.from - right.from,
      );
    const [firings, recorded] = [inOrder(found.firings), inOrder(found.recorded)];
    if (times === undefined) expect(recorded.length).toBeGreaterThan(1);
    else expect(recorded).toHaveLength(times);
    expect(whom(firings)).toEqual(whom(recorded));
    for (const [index, { from, last }] of recorded.entries()) {
      // What fires as soon as there is a Prometheus begins with its first evaluation, which a busy machine has late.
      if (name !== "Always") {
        expect(Math.abs((firings[index]?.from ?? 0) - from)).toBeLessThanOrEqual(interval);
      }
      expect(Math.abs((firings[index]?.last ?? 0) - last)).toBeLessThanOrEqual(interval);
    }
  });

  test("what held too briefly is a near miss", () => {
    const { count, longest } = alert("TooShort").nearMisses;
    expect(count).toBe(1);
    expect(longest).toBeGreaterThanOrEqual(3000);
    expect(longest).toBeLessThanOrEqual(8000);
  });

  test("the time without a Prometheus is told", () => {
    const [early, gap, ...others] = played.gaps;
    expect(others).toEqual([]);
    expect((early?.to ?? 0) - (early?.from ?? 0)).toBeLessThan(6000);
    expect((gap?.to ?? 0) - (gap?.from ?? 0)).toBeGreaterThan(GAP_SECONDS * 1000);
  });

  test("evaluations that failed are told, and change nothing", () => {
    const { failures } = alert("FailsAtTimes");
    expect(failures.count).toBeGreaterThan(2);
    expect(failures.reason).toContain("duplicate series");
  });

  /** Alerts on `m:recorded > 3`, by rules that the Prometheus never had. */
  async function playedWith(record: object, alerting: object): Promise<Played> {
    const text = stringify({
      groups: [
        { name: "new", interval: "1s", rules: [record] },
        { name: "shapes", interval: "1s", rules: [{ alert: "FromRecorded", for: "1s", ...alerting }] },
      ],
    });
    return play({
      api: new PrometheusApi(openAccess(prometheus.url)),
      rules: rulesFrom({ "new.yml": text }, 60_000),
      period: played.period,
      cache: join(prometheus.folder, "cache"),
    });
  }

  test.for([
    ["a new record", "m:new > 3"],
    ["a new record in a range", "max_over_time(m:new[2s]) > 3"],
    ["a new record by its label", 'm:new{who="a",kind="sum"} > 3'],
    ["another one's label", 'm:new{who="b"} > 3 or m:new{kind!="sum"} > 3'],
  ] as const)("%s is computed", async ([what, expr]) => {
    const record = { record: "m:new", expr: "sum by (who) (m_recorded)*2", labels: { kind: "sum" } };
    const { alerts, computed } = await playedWith(record, { expr });
    expect(computed).toEqual(["m:new"]);
    const [found] = alerts;
    const recorded = alert("FromRecorded").recorded[0];
    if (what.startsWith("another")) return expect(found?.firings).toEqual([]);
    expect(found?.firings).toHaveLength(1);
    expect(Math.abs((found?.firings[0]?.start ?? 0) - (recorded?.from ?? 0))).toBeLessThanOrEqual(2000);
  });

  test("the samples of a record stand for it while its rule means the same, and no longer", async () => {
    const expr = "m:recorded > 3";
    const same = await playedWith({ record: "m:recorded", expr: "2*sum by(who)(m_recorded)" }, { expr });
    expect(same.computed).toEqual(["m:recorded"]);
    const alike = await playedWith({ record: "m:recorded", expr: "sum  by(who)(m_recorded)*2" }, { expr });
    expect(alike.computed).toEqual([]);
    const other = await playedWith({ record: "m:recorded", expr: "sum by (who) (m_recorded)" }, { expr });
    expect(other.alerts[0]?.firings).toEqual([]);
  });

  test("a record that is computed from itself can't be played where it is new, and it is told", async () => {
    const record = { record: "m:self", expr: "m_recorded or last_over_time(m:self[1m])" };
    await expect(playedWith(record, { expr: "m:self > 3" })).rejects.toThrow(
      "FromRecorded is not played: m:self is computed from itself",
    );
  });

  test("the command tells it in Markdown and in JSON", async () => {
    // It plays whole minutes: the one in which evaluations failed has to be over.
    await delay(Math.max(0, Math.ceil(failuresOver / 60_000) * 60_000 - Date.now()));
    const file = join(prometheus.folder, "replay.json");
    const since = new Date(begin).toISOString();
    const args = ["--stack", "production", "--prometheus", prometheus.url, "--since", since, "--out", file];
    const { stdout, stderr } = await run(process.execPath, [
      ...["operations/cli.ts", "replay", ...args],
      ...["--rules", join(prometheus.folder, "rules.yml")],
    ]);
    expect(stderr).toMatch(/played (\d) of \1 pieces/);
    expect(stdout).toContain("# Replay of `production`");
    expect(stdout).toMatch(/\| KeptFiring \| {2}\| 1 \|/);
    expect(stdout).toContain("FailsAtTimes: ");
    expect(stdout).toMatch(/## Times without a Prometheus\n/);
    const result = JSON.parse(await readFile(file, "utf8"));
    const held = result.alerts.find(({ alert: name }: { alert: string }) => name === "Held");
    expect(held.firings[0].labels).toMatchObject({ severity: "critical", whose: "a" });
    expect(held.recorded.fired).toBeGreaterThan(0);
    expect(held.recorded.alike).toBe(held.recorded.fired);
    expect(held.firings[0].graph).toContain(`${prometheus.url}/query?g0.expr=m_for`);
  });

  test("this branch's rules can be played as a whole", async () => {
    const args = ["--stack", "production", "--prometheus", prometheus.url, "--since", "10m", "--json"];
    const { stdout } = await run(process.execPath, ["operations/cli.ts", "replay", ...args]);
    const { alerts, computed, problems } = JSON.parse(stdout);
    expect(alerts.length).toBeGreaterThan(50);
    expect(computed).toContain("job:agentpay_requests_errors_per_requests:ratio_rate5m");
    expect(problems.join("\n")).toMatch(/ is computed from itself/);
    const broken = alerts.filter(
      (each: { failedEvaluations: { count: number } }) => each.failedEvaluations.count > 0,
    );
    expect(broken).toEqual([]);
  });

  test("one alert is played with those that it looks at", async () => {
    const { alerts } = await replayed(["Symptom"]);
    expect(alerts.map(({ firings }) => whom(firings))).toEqual([whom(alert("Symptom").recorded)]);
  });
});
