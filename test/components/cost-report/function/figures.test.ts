import { describe, expect, it } from "vitest";
import { lastDayOf, parseDay, periodsOf } from "../../../../components/cost-report/function/calendar.ts";
import { emailOf, mimeOf } from "../../../../components/cost-report/function/email.ts";
import { neededDays, type Readings, reportOf } from "../../../../components/cost-report/function/figures.ts";

const haiku = (day: string, usd: number, unpricedCalls = 0) => ({
  day,
  model: "claude-haiku-4-5",
  usd,
  calls: 100,
  unpricedCalls,
});

/** November 2026 has 30 days; the 22nd is reported. */
const readings: Readings = {
  llm: {
    source: "the database",
    rows: [
      haiku("2026-11-01", 20),
      haiku("2026-11-15", 8),
      haiku("2026-11-22", 10),
      { ...haiku("2026-11-22", 2), model: "claude-sonnet-5-5" },
    ],
  },
  infrastructure: {
    source: "Cost Explorer",
    rows: [
      { day: "2026-11-15", service: "Amazon RDS", usd: 30 },
      { day: "2026-11-22", service: "Amazon RDS", usd: 33 },
      { day: "2026-11-01", service: "Amazon RDS", usd: 4 },
    ],
  },
  conversations: {
    source: "the database",
    rows: [{ day: "2026-11-22", conversations: 900, conversions: 108 }],
  },
};

const daily = (change: Partial<Readings> = {}, budget = 200) =>
  reportOf("daily", "2026-11-22", { ...readings, ...change }, budget);

describe("the figures of a day", () => {
  it("are the guide's, compared with the same day last week", () => {
    const report = daily();
    expect(report.llm).toEqual({ usd: 12, before: 8 });
    expect(report.infrastructure).toEqual({ usd: 33, before: 30 });
    expect(report.total).toEqual({ usd: 45, before: 38 });
    expect(report.costPerConversation).toBeCloseTo(0.05, 12);
    expect(report.models.map(({ name, usd, calls }) => [name, usd, calls])).toEqual([
      ["claude-haiku-4-5", 10, 100],
      ["claude-sonnet-5-5", 2, 100],
    ]);
    expect(report.remarks).toEqual([]);
  });

  it("project the month by the days elapsed", () => {
    const { month, budget } = daily();
    expect(month).toMatchObject({ elapsedDays: 22, days: 30, toDateUsd: 107 });
    expect(month.projectedUsd).toBeCloseTo((107 / 22) * 30, 9);
    expect(budget?.projectedShare).toBeCloseTo(((107 / 22) * 30) / 200, 9);
  });

  it("say that there were no conversations instead of dividing by them", () => {
    const report = daily({ conversations: { source: "the database", rows: [] } });
    expect(report.conversations).toEqual({ count: 0, conversions: 0 });
    expect(report.costPerConversation).toBeUndefined();
    expect(report.remarks.join()).toContain("no conversations");
  });

  it.each(["llm", "infrastructure"] as const)("never pass for whole without %s", (source) => {
    const report = daily({ [source]: { missing: "it is asleep" } });
    expect(report[source]).toBeUndefined();
    expect(report.costPerConversation).toBeUndefined();
    expect(report.month.projectedUsd).toBeUndefined();
    expect(report.budget?.projectedShare).toBeUndefined();
    expect(report.remarks.join()).toContain("it is asleep");
    expect(emailOf(report, "production").text).toContain("Total of what is known");
  });

  it("say so where conversations are not known, nothing was recorded, or no budget is set", () => {
    const report = daily(
      {
        llm: { source: "the database", rows: [] },
        infrastructure: { source: "Cost Explorer", rows: [], unknownDays: ["2026-11-22"] },
        conversations: { missing: "it is asleep" },
      },
      0,
    );
    expect(report.conversations).toBeUndefined();
    expect(report.budget).toBeUndefined();
    expect(report.total).toEqual({ usd: 0, before: undefined });
    expect(report.remarks.join("\n")).toMatch(
      /Cost Explorer has nothing of 2026-11-22; it is not known[\s\S]*Conversations is not known[\s\S]*No call of a language model[\s\S]*No budget/,
    );
    expect(emailOf(report, "staging").text).toContain("same day last week: nothing known");
  });

  it("don't take a day that a source knows nothing of for one without costs", () => {
    const unknownDays = ["2026-11-02", "2026-11-15", "2026-11-21"];
    const rows = [haiku("2026-11-01", 20), haiku("2026-11-22", 10)];
    const llm = { source: "Prometheus", rows, unknownDays };
    const report = daily({ llm });
    expect(report.llm).toEqual({ usd: 10, before: undefined });
    expect(report.total).toEqual({ usd: 43, before: undefined });
    // 19 of the 22 days are known.
    expect(report.month.projectedUsd).toBeCloseTo((30 / 19 + 67 / 22) * 30, 9);
    expect(report.remarks).toEqual([
      "LLM cost: Prometheus has nothing of 2026-11-02, 2026-11-15, 2026-11-21; the sums are without them.",
    ]);
    const weekly = reportOf("weekly", "2026-11-22", { ...readings, llm }, 200);
    expect(weekly.complete).toBe(false);
    expect(weekly.costPerConversation).toBeUndefined();
  });

  it("name the models whose calls have no price", () => {
    const rows = [haiku("2026-11-22", 1, 7)];
    expect(daily({ llm: { source: "the database", rows } }).remarks.join()).toContain(
      "7 calls of claude-haiku-4-5 have no known price",
    );
  });

  it("take the days of a ledger that began in the middle of the month for the month", () => {
    const rows = [haiku("2026-11-21", 6), haiku("2026-11-22", 4)];
    const report = daily({
      llm: { source: "the database", rows },
      infrastructure: { source: "AWS", rows: [] },
    });
    expect(report.month.projectedUsd).toBeCloseTo((10 / 2) * 30, 9);
    expect(report.remarks.join()).toContain("recorded since 2026-11-21");
  });
});

describe("the other editions", () => {
  it("compare a week with the one before", () => {
    expect(periodsOf("weekly", "2026-11-22")).toEqual({
      period: { first: "2026-11-16", last: "2026-11-22" },
      before: { first: "2026-11-09", last: "2026-11-15" },
    });
    expect(reportOf("weekly", "2026-11-22", readings, 0).total).toEqual({ usd: 45, before: 38 });
  });

  it("compare a month with the one before, over the turn of the year", () => {
    expect(periodsOf("monthly", "2027-01-31")).toEqual({
      period: { first: "2027-01-01", last: "2027-01-31" },
      before: { first: "2026-12-01", last: "2026-12-31" },
    });
    expect(neededDays("monthly", "2027-01-31")).toEqual({ first: "2026-12-01", last: "2027-01-31" });
  });

  it.each([
    ["daily", "2026-11-23T07:00:00Z", "2026-11-22"],
    ["weekly", "2026-11-23T07:00:00Z", "2026-11-22"],
    // In Auckland it is the 2nd already.
    ["monthly", "2026-12-01T18:00:00Z", "2026-11-30"],
    ["monthly", "2027-01-02T07:00:00Z", "2026-12-31"],
  ] as const)("end, when %s is due at %s, with %s", (edition, due, day) => {
    expect(lastDayOf(edition, new Date(due))).toBe(day);
  });

  it.each(["2026-02-30", "yesterday", "2026-1-1", ""])("don't take %s for a day", (text) => {
    expect(() => parseDay(text)).toThrow("2026-11-22");
  });
});

describe("the email", () => {
  it("tells the figures as text and as HTML, with a chart of cells", async () => {
    const email = emailOf(daily(), "production");
    expect(email.subject).toBe("AgentPay Daily Cost Report - 2026-11-22");
    expect(email.text).toMatch(/LLM Costs +\$12\.00 +\+50\.0% against same day last week \(\$8\.00\)/);
    expect(email.text).toMatch(/Cost\/Conversation +\$0\.0500/);
    expect(email.text).toMatch(/Conversions +108 \(12\.0%\)/);
    expect(email.html).toContain("width:250px");
    expect(email.html).not.toMatch(/<(svg|img|script)/);
    const mime = Buffer.from(await mimeOf(email, "a@agentpay.example", ["b@agentpay.example"])).toString();
    expect(mime).toContain("multipart/alternative");
  });

  it("says when the budget will not do, and of which environment it is", () => {
    const email = emailOf(daily({}, 100), "staging");
    expect(email.text).toContain("OVER BUDGET");
    expect(email.subject).toContain("(staging)");
  });

  it("writes names of services as text", () => {
    const rows = [{ day: "2026-11-22", service: "<b>&", usd: 1 }];
    const { html } = emailOf(daily({ infrastructure: { source: "AWS", rows } }), "production");
    expect(html).toContain("&lt;b&gt;&amp;");
  });
});
