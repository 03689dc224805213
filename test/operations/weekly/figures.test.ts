/** The executive figures and the costs, beside sums by hand; and where the books are read. */
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { Readings } from "../../../components/cost-report/function/figures.ts";
import { openAccess } from "../../../operations/replay/access.ts";
import { readingsOf } from "../../../operations/weekly/books.ts";
import { costReportsOf, costsOf, figuresOf, remarksOf } from "../../../operations/weekly/figures.ts";
import { weekWith } from "../../../operations/weekly/week.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { configurationOf } from "../../support/program.ts";

const week = weekWith("2026-11-25", "Europe/Berlin");
/** November's days up to the week's Sunday: on the nth, n conversations of which a third sold, n cents, and a dollar. */
const november = Array.from({ length: 29 }, (_, index) => index + 1);
const day = (number: number) => `2026-11-${String(number).padStart(2, "0")}`;
const readings: Readings = {
  llm: {
    source: "the database",
    rows: november.map((n) => ({ day: day(n), model: "m", usd: n / 100, calls: n, unpricedCalls: 0 })),
  },
  infrastructure: {
    source: "AWS",
    rows: november.map((n) => ({ day: day(n), service: "Amazon RDS", usd: 1 })),
  },
  conversations: {
    source: "the database",
    rows: november.map((n) => ({ day: day(n), conversations: 3 * n, conversions: n })),
  },
};
const counted = {
  now: { revenue: 300, responseSeconds: 0.2, uptime: 0.999 },
  before: { revenue: 200, responseSeconds: 0.1, uptime: 1 },
};
const HOUR = 3_600_000;
/** 23 + ... + 29, and the seven before. */
const [SUM, BEFORE] = [182, 133];

test("both weeks' conversations and costs are sums of their days", () => {
  const reports = costReportsOf(readings, week, 100);
  const figures = figuresOf(reports, counted, { now: 0, before: 0 }, "https://grafana.example/d/x");
  expect(figures.map(({ name, value, before }) => [name, value, before])).toEqual([
    ["Conversations", 3 * SUM, 3 * BEFORE],
    ["Conversion rate", 1 / 3, 1 / 3],
    ["Revenue", 300, 200],
    ["Average response time", 0.2, 0.1],
    ["Uptime", 0.999, 1],
    [
      "Cost per conversation",
      expect.closeTo((SUM / 100 + 7) / (3 * SUM), 12),
      expect.closeTo((BEFORE / 100 + 7) / (3 * BEFORE), 12),
    ],
  ]);
  const costs = costsOf(reports.now);
  // The month so far is 29 days of a dollar and 435 cents, and has one day more.
  expect(costs).toMatchObject({ complete: true, budget: 100, remarks: [] });
  expect(costs).toMatchObject({
    llm: expect.closeTo(SUM / 100, 12),
    total: expect.closeTo(SUM / 100 + 7, 12),
    before: expect.closeTo(BEFORE / 100 + 7, 12),
    projected: expect.closeTo(((435 / 100 + 29) / 29) * 30, 9),
  });
});

test("weeks of which a part is missing are not compared, and that is said", () => {
  const { conversations } = readings;
  const gaps = { ...readings, conversations: { ...conversations, unknownDays: [day(18)] } } as Readings;
  const reports = costReportsOf(gaps, week, 0);
  const unseen = { now: 2 * HOUR, before: 0 };
  const comparable = figuresOf(reports, counted, unseen, undefined).filter((each) => !each.incomparable);
  expect(comparable.map(({ name }) => name)).toEqual([
    ...["Conversion rate", "Average response time", "Uptime", "Cost per conversation"],
  ]);
  expect(remarksOf(reports, counted, unseen)).toEqual(["Prometheus has no samples of 2 hours of the week."]);
  const nothing = { missing: "no entry" };
  expect(remarksOf(undefined, nothing, nothing)).toEqual([
    "Revenue, response time and uptime are not known: no entry",
  ]);
  expect(figuresOf(undefined, nothing, nothing, undefined).flatMap(({ value }) => value ?? [])).toEqual([]);
});

test("the database is asked first, and Prometheus where it can't be reached", async () => {
  const asked: string[] = [];
  const engine = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end('{"data":{"result":[{"metric":{},"values":[[1764460800,"5"]]}]}}');
  });
  onTestFinished(() => void engine.close());
  const url = `http://127.0.0.1:${await listenOnLoopback(engine)}`;
  const settings = parseSettings(
    "local",
    configurationOf("local", { "metrics.databaseAddress": "127.0.0.1:1" }),
  );
  const stack = {
    settings: { ...settings, aws: { enabled: false } as const },
    secrets: { "metrics.databasePassword": "secret" },
    outputs: {},
  };
  const found = await readingsOf(stack, week, () => openAccess(url));
  expect(found.conversations).toMatchObject({ source: "Prometheus" });
  expect(asked.length).toBeGreaterThan(0);
  expect(found.infrastructure).toEqual({ missing: "aws.enabled is false" });
  const neither = await readingsOf(stack, week, () => {
    throw new Error("it is not known where Prometheus is");
  });
  expect(neither.llm).toMatchObject({
    missing: expect.stringMatching(/^the database: .*ECONNREFUSED.*; it is not known where Prometheus is$/),
  });
});
