import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { drills } from "../../../local/drills/drills/index.ts";
import { keep, proven } from "../../../local/drills/kept.ts";
import type { RoundResult } from "../../../local/drills/round.ts";

const folder = mkdtempSync(path.join(tmpdir(), "agentpay-kept-"));
const file = path.join(folder, "drills.json");
afterAll(() => rmSync(folder, { recursive: true }));

const [first, second, third] = drills;
if (!first || !second || !third) throw new Error("there are drills");
const ring = {
  id: "APIDown",
  channel: "PagerDuty",
  secondsToArrive: 2.5,
  secondsToResolve: undefined,
  outlasts: "a day has to pass",
  problems: [],
};
const round: RoundResult = {
  results: [
    { drill: first, rings: [ring] },
    { drill: second, rings: [{ ...ring, problems: ["it did not fire"] }] },
  ],
  falseAlarms: [],
  strain: 0.3,
  broken: { why: "Prometheus is gone", drills: [third] },
};

test("what was proven is known afterwards, and nothing else", async () => {
  expect(await proven(file)).toEqual([]);
  await keep([round], file);
  expect(await proven(file)).toEqual([
    { results: [{ drill: first, rings: [ring] }], falseAlarms: [], strain: 0.3 },
  ]);
  await keep([{ ...round, falseAlarms: ["TargetDown"] }], file);
  expect(await proven(file)).toEqual([]);
  const replayed = { alerts: ["APIDown"], firings: 1, pages: 1, differences: [] };
  await keep([{ ...round, replayed }], file);
  expect(await proven(file)).toHaveLength(1);
  await keep([{ ...round, replayed: { ...replayed, differences: ["APIDown fires twice"] } }], file);
  expect(await proven(file)).toEqual([]);
});

test("results of other rules, and files that are none, are refused", async () => {
  await keep([round], file);
  writeFileSync(file, readFileSync(file, "utf8").replace(/"sources": "\w+"/, '"sources": "older"'));
  await expect(proven(file)).rejects.toThrow("have changed since");
  writeFileSync(file, "{");
  await expect(proven(file)).rejects.toThrow("is no result of drills");
});
