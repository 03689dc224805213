import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { emulatorGaps, resourceTypes } from "../../../../../local/platforms/aws/provider/index.ts";

test("the table in the emulator's README is the list of gaps", () => {
  const readme = readFileSync(
    new URL("../../../../../local/platforms/aws/emulator/README.md", import.meta.url),
    "utf8",
  );
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  expect(cells).toEqual(
    emulatorGaps.map(({ subject, missing, standIn }) => ["", `\`${subject}\``, missing, standIn, ""]),
  );
});

test("gaps are of resources that the stand-in has", () => {
  const unknown = emulatorGaps.filter(({ subject }) => resourceTypes[`aws:${subject}`] === undefined);
  expect(unknown).toEqual([]);
});
