import { expect, test } from "vitest";
import { type Candidate, problemsOfRelease } from "../../../local/releases/problems.ts";

const ready: Candidate = {
  version: "1.2.0",
  isKept: false,
  changelog: "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-30\n",
  pyproject: '[project]\nname = "x"\nversion = "1.2.0"\n',
};

test("a version that is set everywhere and not kept yet can be released", () => {
  expect(problemsOfRelease(ready)).toEqual([]);
});

test("every problem is told at once", () => {
  const problems = problemsOfRelease({ version: "1.2", isKept: true, changelog: "", pyproject: "" });
  expect(problems.map((problem) => problem.split(":")[0])).toEqual([
    "test/releases/1.2 exists",
    "package.json",
    "CHANGELOG.md",
    "instrumentation/pyproject.toml",
  ]);
});

test.each<[string, Partial<Candidate>, string]>([
  ["a heading without its date", { changelog: "## [1.2.0]\n" }, "CHANGELOG.md"],
  ["the heading of a longer version", { changelog: "## [1.2.0-rc.1] - 2026-11-30\n" }, "CHANGELOG.md"],
  ["a Python package left behind", { pyproject: '\nversion = "1.1.0"\n' }, "pyproject.toml"],
])("%s is a problem", (_, part, told) => {
  expect(problemsOfRelease({ ...ready, ...part })).toEqual([expect.stringContaining(told)]);
});
