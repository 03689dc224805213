import fc from "fast-check";
import { expect, test } from "vitest";
import { axisOf } from "../../../local/dashboards/axis.ts";

const GIBIBYTE = 2 ** 30;

test.each([
  { title: "begins at 0", values: [40, 55], unit: "s", axis: { min: 0, max: 60, interval: 20 } },
  {
    title: "counts bytes in powers of two",
    values: [3 * GIBIBYTE],
    unit: "bytes",
    axis: { min: 0, max: 3 * GIBIBYTE, interval: GIBIBYTE },
  },
  {
    title: "ends shares at 100%",
    values: [0.97],
    unit: "percentunit",
    axis: { min: 0, max: 1, interval: 0.25 },
  },
  {
    title: "lets a share above 100% be seen",
    values: [1.2],
    unit: "percentunit",
    axis: { min: 0, max: 1.5, interval: 0.5 },
  },
  {
    title: "has a height where all is 0",
    values: [0, 0],
    unit: "reqps",
    axis: { min: 0, max: 1, interval: 0.25 },
  },
  {
    title: "has a height where nothing is a number",
    values: [Number.NaN],
    unit: "s",
    axis: { min: 0, max: 1, interval: 0.25 },
  },
  { title: "reaches below 0", values: [-3, 5], unit: "short", axis: { min: -4, max: 6, interval: 2 } },
])("$title", ({ values, unit, axis }) => {
  expect(axisOf(values, unit)).toEqual(axis);
});

test("shows a threshold above all values", () => {
  expect(axisOf([0], "percentunit", 0.01)).toEqual({ min: 0, max: 0.01, interval: 0.0025 });
});

test("holds every value, in a few steps", () => {
  const value = fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000);
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.constantFrom("s", "bytes", "percentunit"),
      (values, unit) => {
        const { min, max, interval } = axisOf(values, unit);
        expect(min).toBeLessThanOrEqual(Math.min(...values));
        expect(max).toBeGreaterThanOrEqual(Math.max(...values));
        expect((max - min) / interval).toBeLessThan(7);
      },
    ),
  );
});
