import { expect, test } from "vitest";
import { chosenFaults } from "../../../../local/drills/platform/choice.ts";
import { platformFaults } from "../../../../local/drills/platform/faults/index.ts";
import { platformTable } from "../../../../local/drills/report.ts";

const names = platformFaults.map(({ name }) => name);

test("faults have names of their own, and say what must hold", () => {
  expect(new Set(names).size).toBe(names.length);
  for (const { title, mustHold } of platformFaults) {
    expect(title).not.toBe("");
    expect(mustHold).not.toBe("");
  }
});

test("all are chosen where none is named, else those that are, and what there is not is refused", () => {
  expect(chosenFaults([])).toBe(platformFaults);
  expect(chosenFaults(["host-gone", "disk-full"]).map(({ name }) => name)).toEqual([
    "disk-full",
    "host-gone",
  ]);
  expect(() => chosenFaults(["disk-empty", "host-gone"])).toThrow(
    /^no fault is called disk-empty\. There are: .*host-gone/,
  );
});

test("the table says of each fault what must hold, whether it did, and what happened", () => {
  const [fault] = platformFaults;
  if (!fault) throw new Error("there is no fault");
  const table = platformTable([
    { fault, outcome: "held", happened: "one page" },
    { fault, outcome: "did not hold", happened: "two pages" },
    { fault, outcome: "not tried", happened: "no such machine" },
  ]);
  for (const text of ["one page", "did not hold", "two pages", "not tried", "no such machine"]) {
    expect(table).toContain(text);
  }
});
