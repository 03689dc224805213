import { describe, expect, test } from "vitest";
import { faults } from "../../../local/agentpay/faults.ts";
import { alertsById } from "../../../local/drills/alert-id.ts";
import { alertsOf } from "../../../local/drills/drills/drill.ts";
import { drills } from "../../../local/drills/drills/index.ts";
import { notDrilled } from "../../../local/drills/drills/not-drilled.ts";
import { goTogether, inRounds } from "../../../local/drills/rounds.ts";

const drilled = new Set(
  drills.flatMap(({ rings, mutes = [], ringsAfter = [] }) => [...rings, ...mutes, ...ringsAfter]),
);

test("every alert of the catalogue is drilled, or listed with the reason", () => {
  const wanting = [...alertsById.keys()].filter((id) => !drilled.has(id) && !(id in notDrilled));
  const lines = wanting.map((id) => `  "${id}": "why that can't be done",`).join("\n");
  expect(
    wanting,
    `break them in a drill of local/drills/drills/ (rings: ${JSON.stringify(wanting)}), or add to its not-drilled.ts:\n${lines}`,
  ).toEqual([]);
});

test("no alert is both drilled and listed, and none is listed that doesn't exist", () => {
  expect(Object.keys(notDrilled).filter((id) => drilled.has(id) || !alertsById.has(id))).toEqual([]);
});

test("titles are unique", () => {
  expect(new Set(drills.map(({ title }) => title)).size).toBe(drills.length);
});

describe.each(drills)("$title", (drill) => {
  test("names alerts that there are, each once", () => {
    expect(alertsOf(drill).filter((id) => !alertsById.has(id))).toEqual([]);
    const { rings, mutes = [], ringsAfter = [] } = drill;
    const expected = [...rings, ...mutes, ...ringsAfter];
    expect(new Set(expected).size).toBe(expected.length);
  });

  test("breaks something, with parameters that the fault takes", () => {
    const { faults: broken = {}, prometheus, alertmanager, statusPage } = drill;
    for (const [name, parameters] of Object.entries(broken)) {
      expect(() => faults[name as keyof typeof faults].effect(parameters)).not.toThrow();
    }
    const parts = [...Object.keys(broken), prometheus, alertmanager, statusPage];
    expect(parts.some((part) => part !== undefined)).toBe(true);
  });

  test("waits for the end of what rings, but for what it says", () => {
    const ringing = [...drill.rings, ...(drill.ringsAfter ?? [])];
    expect(Object.keys(drill.outlast ?? {}).filter((id) => !ringing.includes(id))).toEqual([]);
  });
});

describe("rounds", () => {
  const rounds = inRounds(drills);

  test("hold every drill once", () => {
    expect(rounds.flat().toSorted(byTitle)).toEqual(drills.toSorted(byTitle));
  });

  test("never hold two drills that could be taken for each other", () => {
    for (const round of rounds) {
      for (const [index, drill] of round.entries()) {
        expect(round.slice(index + 1).every((other) => goTogether(drill, other))).toBe(true);
      }
    }
  });

  test("a drill of everything runs by itself", () => {
    const [alone] = drills.filter(({ areas }) => areas === undefined);
    expect(rounds.find((round) => round.some(({ title }) => title === alone?.title))).toEqual([alone]);
  });
});

function byTitle(one: { title: string }, other: { title: string }): number {
  return one.title.localeCompare(other.title);
}
