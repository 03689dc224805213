import { describe, expect, test } from "vitest";
import { chargesOf, isDue } from "../../../../../local/platforms/aws/emulator/costs.ts";

const at = (text: string) => Date.parse(text);

describe("charges", () => {
  const series = [
    { at: at("2026-10-31T23:00:00Z"), usd: 900 },
    { at: at("2026-11-09T20:00:00Z"), usd: 90 },
    { at: at("2026-11-10T06:00:00Z"), usd: 100 },
    { at: at("2026-11-10T18:00:00Z"), usd: 120 },
  ];

  test("are of the month, of today, and of the month at its pace", () => {
    expect(chargesOf(series, at("2026-11-11T00:00:00Z") - 1)).toMatchObject({ month: 120, today: 30 });
    // A third of November is over.
    expect(chargesOf(series, at("2026-11-11T00:00:00Z"))?.forecast).toBeCloseTo(360, 6);
  });

  test("of today are nothing before the first of the day", () => {
    expect(chargesOf(series, at("2026-11-11T05:00:00Z"))?.today).toBe(0);
  });

  test("begin anew with the month", () => {
    expect(chargesOf(series, at("2026-11-09T19:00:00Z"))).toBeUndefined();
    expect(chargesOf(series, at("2026-11-09T20:00:00Z"))).toMatchObject({ month: 90, today: 90 });
    expect(chargesOf([], at("2026-11-09T20:00:00Z"))).toBeUndefined();
  });

  test("of a month's first minute have a pace that is a number", () => {
    const first = at("2026-11-01T00:00:00Z");
    expect(chargesOf([{ at: first, usd: 1 }], first)?.forecast).toBe(720);
  });
});

describe("a notification is due", () => {
  const charges = { month: 500, today: 40, forecast: 1200 };
  const notification = (
    notificationType: "ACTUAL" | "FORECASTED",
    threshold: number,
    thresholdType: "PERCENTAGE" | "ABSOLUTE_VALUE" = "PERCENTAGE",
  ) => ({
    notificationType,
    threshold,
    thresholdType,
    subscriberSnsTopicArns: [],
  });

  test.each([
    [notification("ACTUAL", 40), "MONTHLY", true],
    [notification("ACTUAL", 50), "MONTHLY", false],
    [notification("FORECASTED", 100), "MONTHLY", true],
    [notification("ACTUAL", 499, "ABSOLUTE_VALUE"), "MONTHLY", true],
    [notification("ACTUAL", 4), "DAILY", false],
    [notification("ACTUAL", 3), "DAILY", true],
  ])("%j of a %s budget of 1000: %s", (given, unit, due) => {
    expect(isDue(given, unit, 1000, charges)).toBe(due);
  });
});
