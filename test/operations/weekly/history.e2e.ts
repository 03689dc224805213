/** What a real Prometheus answers of two weeks, beside what was put into it: sums of the samples, by hand. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAccess } from "../../../operations/replay/access.ts";
import { PrometheusApi } from "../../../operations/replay/prometheus-api.ts";
import {
  certificatesAt,
  countedIn,
  firingsIn,
  objectiveDaysAt,
  unseenIn,
  untriedAt,
} from "../../../operations/weekly/history.ts";
import { weekBefore, weekWith } from "../../../operations/weekly/week.ts";
import { LivePrometheus } from "../replay/live-prometheus.ts";

/** Of 167 hours: Berlin's clocks go forward in it. */
const week = weekWith("2026-03-29", "Europe/Berlin");
const before = weekBefore(week);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP = 30 * SECOND;
/** Tuesday's, in which there was no Prometheus. */
const GAP = { from: week.from + DAY + 2 * HOUR, to: week.from + DAY + 8 * HOUR };

/** Each alert's firings: minutes after the week began, and for how many. */
const firings: Readonly<Record<string, { severity: string; at: readonly (readonly [number, number])[] }>> = {
  // Before and into the week, short ones, a long one, and one that is not over at its end.
  APIDown: {
    severity: "critical",
    at: [
      [-5, 10],
      [60, 4],
      [200, 9],
      [400, 45],
      [167 * 60 - 3, 20],
    ],
  },
  ElevatedErrorRate: { severity: "warning", at: [[700, 30]] },
  Old: { severity: "warning", at: [[-7 * 24 * 60, 30]] },
  Watchdog: { severity: "none", at: [[-60, 167 * 60]] },
};
/** Bad events a second, and all. */
const badAt = (time: number) => (time >= week.from && (time / HOUR) % 24 < 1 ? 0.5 : 0.01);
const ALL = 20;
const RECORDED_DAYS = 9;
const downAt = (time: number) => time >= week.from + 3 * DAY && time < week.from + 3 * DAY + HOUR;

type Sample = readonly [time: number, value: number];
const samples: Record<string, Sample[]> = {};
const put = (series: string, time: number, value: number) => {
  samples[series] ??= [];
  samples[series]?.push([time, value]);
};

/** Steady growth by the minute; the servers are new in the middle of the week. */
function counters(): void {
  const grown: Record<string, number> = {};
  const grow = (series: string, time: number, by: number) => {
    if (time === week.from + 4 * DAY) grown[series] = 0;
    grown[series] = (grown[series] ?? 0) + by;
    put(series, time, grown[series] ?? 0);
  };
  const latency = (kind: string, endpoint: string) =>
    `agentpay_request_latency_seconds_${kind}{job="agentpay-api",endpoint="${endpoint}"}`;
  for (let time = before.from - HOUR; time <= week.to; time += MINUTE) {
    const now = time >= week.from;
    grow("agentpay_checkout_revenue_usd_total", time, now ? 0.5 : 0.4);
    grow(latency("count", "/chat"), time, 60);
    grow(latency("sum", "/chat"), time, now ? 60 * 0.25 : 60 * 0.2);
    // No answer that anybody waits for.
    grow(latency("count", "/agent/ws"), time, 1);
    grow(latency("sum", "/agent/ws"), time, 600);
  }
}

function recorded(time: number): void {
  const slo = '{slo="api-availability",service="api"}';
  if (time > week.to - RECORDED_DAYS * DAY) {
    put(`slo:sli_errors:rate5m${slo}`, time, badAt(time));
    put(`slo:sli_events:rate5m${slo}`, time, ALL);
  }
  const isCompared = time >= before.from;
  if (isCompared) put("agentpay:api_availability:ratio", time, downAt(time) ? 0 : 1);
  if (time % (isCompared ? MINUTE : 5 * MINUTE) === 0) put('up{job="agentpay-api",instance="api"}', time, 1);
}

function alertsAt(time: number): void {
  const since = (time - week.from) / MINUTE;
  for (const [alertname, { severity, at }] of Object.entries(firings)) {
    if (!at.some(([start, minutes]) => since >= start && since < start + minutes)) continue;
    put(`ALERTS{alertname="${alertname}",alertstate="firing",severity="${severity}"}`, time, 1);
  }
}

function openMetrics(): string {
  for (let time = week.to - 15 * DAY; time <= week.to; time += STEP) {
    if (time >= GAP.from && time < GAP.to) continue;
    recorded(time);
    alertsAt(time);
  }
  const end = (week.to + 20 * DAY) / SECOND;
  put(
    'instance_endpoint:probe_certificate_expiry:timestamp{endpoint="api",instance="https://api"}',
    week.to,
    end,
  );
  put(
    'instance_endpoint:probe_certificate_expiry:timestamp{endpoint="widget",instance="https://cdn"}',
    week.to,
    end + 86_400,
  );
  counters();
  const lines = Object.entries(samples).flatMap(([series, all]) =>
    all.map(([time, value]) => `${series} ${value} ${time / SECOND}`),
  );
  return [...lines, "# EOF", ""].join("\n");
}

let prometheus: LivePrometheus;
let api: PrometheusApi;
beforeAll(async () => {
  prometheus = await LivePrometheus.prepare("groups: []");
  await prometheus.fill(openMetrics());
  await prometheus.start();
  api = new PrometheusApi(openAccess(prometheus.url));
}, 600_000);
afterAll(() => prometheus?.remove());

test("what fired is counted from its beginning, by the minute; the heartbeat is no alert", async () => {
  const { alerts, unseenHours } = await firingsIn(api, week, (alert) => `https://grafana.example/d/${alert}`);
  expect(alerts.map(({ alert, severity, fired, short }) => [alert, severity, fired, short])).toEqual([
    ["APIDown", "critical", 4, 2],
    ["ElevatedErrorRate", "warning", 1, 0],
  ]);
  // The one from before goes on for five minutes, the last one has three: each to a minute or so.
  const [down] = alerts;
  expect(Math.abs((down?.minutes ?? 0) - (5 + 4 + 9 + 45 + 3))).toBeLessThanOrEqual(5);
  expect(unseenHours).toBeCloseTo(6, 1);
  expect((await unseenIn(api, before)) / HOUR).toBe(0);
});

test("an objective's days are the sums of what was recorded, and one without samples is unknown", async () => {
  const found = await objectiveDaysAt(api, week.to);
  const byHand = Array.from({ length: 30 }, (_, index) => {
    const [from, to] = [week.to - (30 - index) * DAY, week.to - (29 - index) * DAY];
    const of = (name: string) =>
      (samples[`${name}{slo="api-availability",service="api"}`] ?? [])
        .filter(([time]) => time > from && time <= to)
        .reduce((sum, [, value]) => sum + value * 30, 0);
    return { bad: of("slo:sli_errors:rate5m"), all: of("slo:sli_events:rate5m") };
  });
  const days = found.find(({ objective }) => objective.name === "api-availability")?.days ?? [];
  expect(days).toHaveLength(30);
  expect(days.slice(0, -RECORDED_DAYS)).toEqual(Array(30 - RECORDED_DAYS).fill(undefined));
  for (const [index, { bad, all }] of byHand.entries()) {
    if (index < 30 - RECORDED_DAYS) continue;
    expect(days[index]?.bad).toBeCloseTo(bad, 4);
    expect(days[index]?.all).toBeCloseTo(all, 4);
  }
  const unmeasured = found.find(({ objective }) => objective.name === "checkout-success");
  expect(unmeasured?.days).toEqual(Array(30).fill(undefined));
});

test("counters tell both weeks, an hour shorter and with servers that are new", async () => {
  const [now, then] = [await countedIn(api, week), await countedIn(api, before)];
  expect(now.revenue).toBeCloseTo(0.5 * 167 * 60, 0);
  expect(then.revenue).toBeCloseTo(0.4 * 168 * 60, 0);
  expect(now.responseSeconds).toBeCloseTo(0.25, 3);
  expect(then.responseSeconds).toBeCloseTo(0.2, 3);
  // Of the 161 hours that were seen, one was down.
  expect(now.uptime).toBeCloseTo(1 - 1 / 161, 4);
  expect(then.uptime).toBe(1);
});

test("a week without any sample is unknown, and not one in which nothing happened", async () => {
  const empty = weekWith("2025-03-01", "Etc/UTC");
  expect(await countedIn(api, empty)).toEqual({
    revenue: undefined,
    responseSeconds: undefined,
    uptime: undefined,
  });
  await expect(firingsIn(api, empty, () => undefined)).rejects.toThrow("no sample of the week");
  await expect(untriedAt(api, empty.to, [], { missing: "" })).rejects.toThrow("no sample of the 90 days");
  await expect(certificatesAt(api, empty.to)).rejects.toThrow("no sample of any in the last day");
});

test("an alert that neither rang nor was drilled of late is named, with how far back that is known", async () => {
  const alerts = ["APIDown", "ElevatedErrorRate", "Old", "Drilled", "Quiet"];
  const ask = (at: number) => untriedAt(api, week.to, alerts, { at, alerts: ["Drilled", "APIDown"] });
  expect(await ask(week.to - 10 * DAY)).toMatchObject({ alerts: ["Quiet"], drills: { alerts: 2 } });
  // Drills of last year prove nothing any more.
  expect(await ask(week.to - 91 * DAY)).toMatchObject({
    alerts: ["Drilled", "Quiet"],
    drills: { alerts: 0 },
  });
  const unknown = await untriedAt(api, week.to, alerts, { missing: "none are kept" });
  expect(unknown).toMatchObject({ alerts: ["Drilled", "Quiet"], drills: { missing: "none are kept" } });
  expect(unknown.days).toBe(16);
});

test("certificates are told by their end, the next one first", async () => {
  const { endpoints } = await certificatesAt(api, week.to);
  expect(endpoints.map(({ endpoint, days }) => [endpoint, days])).toEqual([
    ["api", 20],
    ["widget", 21],
  ]);
});
