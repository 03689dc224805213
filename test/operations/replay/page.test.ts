/** The page of a replay: its pictures, and that what comes from outside is only ever text. */
import { describe, expect, test } from "vitest";
import type { ComparedSummary } from "../../../operations/replay/comparison.ts";
import { pageOf } from "../../../operations/replay/page.ts";
import { comparisonIn } from "../../../operations/replay/readings.ts";
import type { AlertSummary } from "../../../operations/replay/summary.ts";

const HOSTILE = '<img src=x onerror="alert(1)">&';
const day = (date: number, time = "00:00") => `2026-06-${String(date).padStart(2, "0")}T${time}:00.000Z`;
const seconds = (time: string) => Date.parse(time) / 1000;
const during = { work: 1, "off hours": 0, asleep: 0 };

function alert(more: Partial<AlertSummary> = {}): AlertSummary {
  const firing = { start: day(3, "10:00"), last: day(3, "11:00") };
  return {
    ...{ alert: "HighErrorRate", severity: "critical", fired: 1, seconds: 3600, during },
    firings: [
      {
        ...{
          ...firing,
          labels: { job: HOSTILE },
          seconds: 3600,
          openEnd: false,
          at: "work",
          asRecorded: true,
        },
        ...{ verdict: "noise", graph: "https://grafana.example/d/api?from=1&to=2" },
      },
    ],
    pages: { count: 1, at: [day(3, "10:01")], perWeek: 1, during, messages: {} },
    recorded: { fired: 1, seconds: 3600, alike: 1, times: [firing] },
    readings: {
      ...{ limit: 0.05, every: 3600 },
      points: [
        [seconds(day(2)), 0.01],
        [seconds(day(3, "10:00")), 0.2],
      ],
    },
    nearMisses: { count: 0, longestSeconds: 0 },
    failedEvaluations: { count: 0 },
    ...{ unseen: [], blind: 0, remarks: [], ...more },
  };
}

function summary(more: Partial<ComparedSummary> = {}): ComparedSummary {
  const { pages } = alert();
  return {
    ...{ from: day(1), to: day(8), timeZone: "Europe/Berlin", gaps: [{ from: day(5), to: day(6) }] },
    ...{
      alerts: [alert(), alert({ alert: "Quiet", fired: 0, recorded: { ...alert().recorded, fired: 0 } })],
    },
    ...(pages && { pages }),
    judgement: {
      source: "PagerDuty",
      incidents: [
        {
          ...{ id: "P1", title: HOSTILE, url: "javascript:alert(1)" },
          opened: day(4, "02:00"),
          caughtBy: [],
        },
      ],
    },
    ...{ computed: [], problems: [HOSTILE], questions: 1, ...more },
  };
}

describe("the page", () => {
  const page = pageOf(summary(), "production");

  test("loads nothing, runs nothing, and shows what comes from outside as text", () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<img|<script|javascript:|href="(?!https:)/);
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;");
  });

  test("has a picture of each alert that fires, with its limit, and one of all", () => {
    const pictures = page.split("<svg").slice(1);
    expect(pictures).toHaveLength(2);
    const [all = "", one = ""] = pictures;
    expect(all).toMatch(/>Real incidents<.*>HighErrorRate</s);
    for (const lane of ["Measured", "limit 0.05", "Fires", "Really fired", "Pages", "Real incidents"])
      expect(one).toContain(`>${lane}</text>`);
    // On the clocks of the people who are called.
    expect(one).toContain("<title>2026-06-03 12:00: fires for 1h 0m, noise</title>");
    expect(one).toContain("<title>no data</title>");
    expect(one.match(/<polyline/g)).toHaveLength(2);
    expect(page).toContain("<li>Quiet</li>");
  });

  test("has other thresholds below, and of what was not asked for nothing", () => {
    const row = { value: 0.063, isCurrent: false, fired: 0, times: [], pages: 0, perWeek: 0 };
    const { readings: _, pages: _pages, ...bare } = alert();
    const { judgement: _judgement, pages: _all, ...rest } = summary({ alerts: [bare as AlertSummary] });
    const table = {
      ...{ alert: "HighErrorRate", unit: "share of requests", source: "the guide", counts: "pages" as const },
      ...{ rows: [row], atMost: { perWeek: 1, value: 0.063 } },
    };
    const text = pageOf({ ...rest, thresholds: [table] }, "production");
    expect(text).toContain(">Fires at 0.063</text>");
    expect(text).toContain("Threshold, in share of requests");
    for (const absent of ["Measured", ">Pages</text>", "Real incidents"]) expect(text).not.toContain(absent);
    expect(pageOf({ ...rest, alerts: [] }, "production")).not.toContain("<svg");
  });
});

test.for([
  ["sum(rate(a[5m])) / sum(rate(b[5m])) > 0.05", "sum(rate(a[5m])) / sum(rate(b[5m]))", 0.05, true],
  ["(a > 3 and on () b > 1) unless on () c", "a", 3, true],
  ["a <= 0.5", "a", 0.5, false],
  ["a > b", undefined],
  ["absent(a)", undefined],
] as const)("of %s the picture shows %s", ([expression, measured, limit, isUpper]) => {
  expect(comparisonIn(expression)).toEqual(measured && { measured, limit, isUpper });
});
