/** The plugins that the program asks for are those of docs/providers.md: an older one refuses what it is given. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { expect, test } from "vitest";
import { REPOSITORY, runProgram } from "./support/program.ts";

/** Rows of the table of versions: plugin, asked for (with a note where the SDK is of another version), least. */
const rows = [
  ...readFileSync(join(REPOSITORY, "docs/providers.md"), "utf8").matchAll(
    /^\| (\w+) \| (\d+\.\d+\.\d+)[^|]* \| (\d+\.\d+\.\d+) \|/gm,
  ),
].map(([, plugin = "", asked = "", least = ""]) => ({ plugin, asked, least }));

test("the table has every plugin that was run", () => {
  expect(rows.map(({ plugin }) => plugin).toSorted()).toEqual(["docker", "grafana", "pagerduty", "sentry"]);
});

test.each(rows)("$plugin: the program asks for $asked, which is no older than $least", async (row) => {
  const { resources } = await runProgram("production");
  const asked = resources.flatMap(({ type, version }) =>
    type === `pulumi:providers:${row.plugin}` ? [version] : [],
  );
  expect(new Set(asked)).toEqual(new Set([row.asked]));
  expect(semver.gte(row.asked, row.least)).toBe(true);
});
