/** Two weeks with an outage at night, two days of noise and a gap, as production's rules and Alertmanager would have told them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LivePrometheus } from "./live-prometheus.ts";

const run = promisify(execFile);

const SECONDS = { step: 30, hour: 3600, day: 86_400 };
/** A Monday. */
const FROM = Date.parse("2026-06-01T00:00:00Z") / 1000;
const TO = FROM + 14 * SECONDS.day;
const REQUESTS_PER_STEP = 300;
const USUAL_SHARE = 0.01;

interface Trouble {
  readonly from: number;
  readonly to: number;
  /** Of requests that fail. */
  readonly share: number;
}

function trouble(day: number, hour: number, minutes: number, share: number): Trouble {
  const from = FROM + day * SECONDS.day + hour * SECONDS.hour;
  return { from, to: from + minutes * 60, share };
}

const troubles = [
  trouble(2, 3, 20, 0.3), // Wednesday night: the outage.
  trouble(4, 12, 12, 0.065), // Friday noon.
  trouble(5, 18, 15, 0.08), // Saturday evening.
];
const GAP = { from: FROM + 8 * SECONDS.day, to: FROM + 8 * SECONDS.day + 6 * SECONDS.hour };

function history(): string {
  const target = 'job="agentpay-api",instance="api:8000"';
  const up: string[] = [];
  const ok: string[] = [];
  const failed: string[] = [];
  let [good, bad] = [0, 0];
  for (let time = FROM - SECONDS.day; time < TO; time += SECONDS.step) {
    const share = troubles.find(({ from, to }) => from <= time && time < to)?.share ?? USUAL_SHARE;
    good += REQUESTS_PER_STEP * (1 - share);
    bad += REQUESTS_PER_STEP * share;
    if (GAP.from <= time && time < GAP.to) continue;
    up.push(`up{${target}} 1 ${time}`);
    ok.push(`agentpay_requests_total{${target},endpoint="/chat",status="200"} ${good} ${time}`);
    failed.push(`agentpay_requests_total{${target},endpoint="/chat",status="500"} ${bad} ${time}`);
  }
  return [
    ...["# TYPE up gauge", ...up],
    ...["# TYPE agentpay_requests counter", ...ok, ...failed, "# EOF", ""],
  ].join("\n");
}

interface Result {
  readonly gaps: readonly { from: string; to: string }[];
  readonly pages: { count: number; during: Record<string, number>; messages: Record<string, number> };
  readonly computed: readonly string[];
  readonly alerts: readonly {
    alert: string;
    fired: number;
    firings: { start: string; asRecorded: boolean }[];
  }[];
  readonly thresholds: readonly {
    alert: string;
    counts: string;
    atMost: { value: number };
    rows: { value: number; isCurrent: boolean; fired: number; pages: number }[];
  }[];
}

describe("two weeks of production", () => {
  let prometheus: LivePrometheus;
  let result: Result;

  beforeAll(async () => {
    prometheus = await LivePrometheus.prepare("groups: []");
    await prometheus.fill(history());
    await prometheus.start();
    result = JSON.parse(await replay("--thresholds", "--most-pages", "0.5", "--json"));
  }, 600_000);

  afterAll(() => prometheus.remove());

  async function replay(...more: readonly string[]): Promise<string> {
    const period = ["--since", "2026-06-01", "--until", "2026-06-15"];
    const what = ["--stack", "production", "--prometheus", prometheus.url, "--alert", "HighErrorRate"];
    const args = ["operations/cli.ts", "replay", ...what, ...period, ...more];
    return (await run(process.execPath, args, { maxBuffer: 2 ** 26 })).stdout;
  }

  test("the alert fires for each trouble; nothing was recorded of it", () => {
    expect(result.alerts.map(({ alert, fired }) => [alert, fired])).toEqual([["HighErrorRate", 3]]);
    const starts = result.alerts[0]?.firings.map(({ start }) => Date.parse(start) / 1000) ?? [];
    for (const [index, { from, to }] of troubles.entries()) {
      expect(starts[index]).toBeGreaterThan(from);
      expect(starts[index]).toBeLessThan(to);
    }
    expect(result.alerts[0]?.firings.map(({ asRecorded }) => asRecorded)).toEqual([false, false, false]);
    expect(result.computed).toEqual(["job:agentpay_requests_errors_per_requests:ratio_rate5m"]);
  });

  test("pages once for each, and says when", () => {
    expect(result.pages.count).toBe(3);
    expect(result.pages.during).toEqual({ work: 1, "off hours": 1, asleep: 1 });
    expect(result.pages.messages).toMatchObject({ "critical: PagerDuty": 3, "critical: SMS": 3 });
  });

  test("the gap is told, and no alert fires in it", () => {
    const [gap, ...others] = result.gaps;
    expect(others).toEqual([]);
    expect(Date.parse(gap?.from ?? "") / 1000).toBeCloseTo(GAP.from - SECONDS.step);
    expect(Date.parse(gap?.to ?? "") / 1000).toBeCloseTo(GAP.to);
  });

  test("each threshold has its pages, and one of them leaves the outage alone", () => {
    const [table, ...others] = result.thresholds;
    expect(others).toEqual([]);
    expect(table).toMatchObject({ alert: "HighErrorRate", counts: "pages" });
    expect(table?.rows.map(({ value, pages }) => [value, pages])).toEqual([
      [0.026, 3],
      [0.032, 3],
      [0.04, 3],
      [0.05, 3],
      [0.063, 3],
      [0.078, 2],
      [0.098, 1],
    ]);
    expect(table?.rows.map(({ fired, pages }) => fired - pages)).toEqual(Array(7).fill(0));
    expect(table?.rows.filter(({ isCurrent }) => isCurrent).map(({ value }) => value)).toEqual([0.05]);
    expect(table?.atMost.value).toBe(0.098);
  });

  test("the same rules do the same", async () => {
    expect(await replay("--base", "HEAD")).toMatch(
      /## Compared with `HEAD`, in 14 days\n\nEvery alert does the same\./,
    );
    await expect(replay("--base", "no-such-branch")).rejects.toThrow(
      /--base no-such-branch can't be compared with/,
    );
  });

  test("the Markdown says the same", async () => {
    const text = await replay("--thresholds", "--most-pages", "0.5");
    expect(text).toContain("**3 pages**, 1.5 a week (work 1, off hours 1, asleep 1)");
    expect(text).toContain("| **0.05** | 3 | 3 | 1.5 |");
    expect(text).toContain("At most 0.5 a week: 0.098. One step: 0.04: +0.0 a week, 0.063: +0.0 a week.");
    expect(text).toMatch(
      /## Times without a Prometheus\n[\s\S]*- 2026-06-08 23:59 UTC to 2026-06-09 06:00 UTC \(6h 0m\)/,
    );
  });
});
