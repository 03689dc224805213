/** What a release made is still there, or CHANGELOG.md says why not. The engine's own word on it is releases.e2e.ts. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keptReleases, keptUrns } from "../local/releases/kept.ts";
import { versionThatExplains } from "../operations/upgrades/changelog.ts";
import { changelog } from "../operations/upgrades/check.ts";

const releases = await keptReleases();
const versions = await changelog();

test("every release that is kept is in CHANGELOG.md", () => {
  expect(releases.length).toBeGreaterThan(0);
  expect(versions.map(({ version }) => version)).toEqual(expect.arrayContaining([...releases]));
});

test.each(
  releases.flatMap((version) => (["production", "staging"] as const).map((stack) => ({ version, stack }))),
)(
  "$stack of $version loses nothing that CHANGELOG.md does not name under Removed or Renamed",
  async ({ version, stack }) => {
    const now = new Set(readFileSync(`test/golden/${stack}.txt`, "utf8").trimEnd().split("\n"));
    const lost = (await keptUrns(version, stack)).filter((urn) => !now.has(urn));
    expect(lost.filter((urn) => versionThatExplains(urn, versions, version) === undefined)).toEqual([]);
  },
);
