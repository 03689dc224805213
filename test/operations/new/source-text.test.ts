import { describe, expect, test } from "vitest";
import { appended, before, withImport } from "../../../operations/new/source-text.ts";

describe("withImport", () => {
  test.each([
    ["no import", "", "rate", 'import { rate } from "./a.ts";\n'],
    ["another name", 'import { b } from "./a.ts";', "rate", 'import { b, rate } from "./a.ts";'],
    ["the name", 'import { b, rate } from "./a.ts";', "rate", 'import { b, rate } from "./a.ts";'],
    [
      "several lines",
      'import {\n  b,\n  c,\n} from "./a.ts";',
      "rate",
      'import { b, c, rate } from "./a.ts";',
    ],
    ["types only", 'import type { B } from "./a.ts";', "rate", 'import { type B, rate } from "./a.ts";'],
    [
      "the type among types",
      'import type { B } from "./a.ts";',
      "type B",
      'import type { B } from "./a.ts";',
    ],
    [
      "another module",
      'import { b } from "./aXts";',
      "rate",
      'import { rate } from "./a.ts";\nimport { b } from "./aXts";',
    ],
  ])("where there is %s", (_, text, name, expected) => {
    expect(withImport(text, name, "./a.ts")).toBe(expected);
  });
});

describe("appended", () => {
  test.each([
    ["an empty list", "x: [],", "x: [", "x: [\n  1,\n],"],
    ["a list on a line", "x: [a, b],", "x: [", "x: [a, b,\n  1,\n],"],
    [
      "a list with lists",
      "x: [\n  [a],\n  { b: [c] },\n],\ny: [],",
      "x: [",
      "x: [\n  [a],\n  { b: [c] },\n  1,\n],\ny: [],",
    ],
  ])("to %s", (_, text, mark, expected) => {
    expect(appended(text, mark, "  1")).toBe(expected);
  });

  test.each(["", "x: [a, b"])("refuses what it does not find: %j", (text) => {
    expect(() => appended(text, "x: [", "1")).toThrow("no list begins with: x: [");
  });
});

test("before puts lines in front of the one that begins so, and refuses where there is none", () => {
  expect(before("a\nb(1)\nb(2)", "b(", "new\n")).toBe("a\nnew\nb(1)\nb(2)");
  expect(() => before("a", "b", "new\n")).toThrow("no line begins with: b");
});
