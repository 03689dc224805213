import { describe, expect, test } from "vitest";
import { Strain, Tempo } from "../../../local/drills/strain.ts";

describe("strain", () => {
  test("is the time that nothing ran, as the pace bears it: half a second at 60", () => {
    const strain = new Strain(60);
    strain.look(0.2, 10_000);
    expect(strain.most).toBe(0);
    strain.look(0.2, 10_700);
    expect(strain.most).toBeCloseTo(1);
    strain.look(0.2, 10_900);
    expect(strain.most).toBeCloseTo(1);
  });

  test("is less for the same pause at a slower pace", () => {
    const strain = new Strain(15);
    strain.look(0.2, 0);
    strain.look(0.2, 700);
    expect(strain.most).toBeCloseTo(0.25);
  });
});

describe("tempo", () => {
  test("is as asked for while the machine bears it", () => {
    const tempo = new Tempo(60);
    tempo.measured(60, 0.3);
    expect(tempo.factor).toBe(60);
    tempo.measured(60, 0);
    expect(tempo.factor).toBe(60);
  });

  test("falls as far as was measured, and rises again with the machine", () => {
    const tempo = new Tempo(60);
    tempo.measured(60, 1.4);
    expect(tempo.factor).toBe(30);
    tempo.measured(30, 0.3);
    expect(tempo.factor).toBe(60);
  });

  test("is never so slow that a round takes an hour", () => {
    const tempo = new Tempo(60);
    tempo.measured(60, 60);
    expect(tempo.factor).toBe(15);
    expect(tempo.slowerThan(15)).toBe(15);
  });

  test("is half at most for what is repeated, and less where that was measured", () => {
    const tempo = new Tempo(60);
    expect(tempo.slowerThan(60)).toBe(30);
    tempo.measured(60, 2.1);
    expect(tempo.slowerThan(60)).toBe(20);
  });
});
