import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../local/agentpay/random.ts";

const DRAWS = 20_000;

function draws(draw: () => number): number[] {
  return Array.from({ length: DRAWS }, draw);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test("the same seed gives the same numbers, another seed gives others", () => {
  const [first, again, other] = [1, 1, 2].map((seed) => draws(seededRandom(seed).uniform));
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
});

describe("has the shape it says", () => {
  const random = seededRandom(3);

  test("uniform", () => {
    const values = draws(random.uniform);
    expect(mean(values)).toBeCloseTo(0.5, 1);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  test.each([0.2, 5, 400])("poisson around %d", (expected) => {
    expect(mean(draws(() => random.poisson(expected))) / expected).toBeCloseTo(1, 1);
  });

  test("poisson of nothing", () => {
    expect(draws(() => random.poisson(0)).every((count) => count === 0)).toBe(true);
  });

  test("exponential", () => {
    expect(mean(draws(() => random.exponential(150))) / 150).toBeCloseTo(1, 1);
  });

  test("log-normal", () => {
    const sorted = draws(() => random.logNormal(2, 0.5)).toSorted((a, b) => a - b);
    expect(sorted[DRAWS / 2]).toBeCloseTo(2, 1);
    expect(sorted[DRAWS * 0.95]).toBeCloseTo(2 * Math.exp(0.5 * 1.645), 0);
  });
});
