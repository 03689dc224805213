import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import fast from "../vitest.config.ts";
import slow from "../vitest.e2e.config.ts";

const REPOSITORY = join(import.meta.dirname, "..");

/** Folders that hold no code of ours. */
const FOREIGN = /^(node_modules|\.git|\.local|dist)(\/|$)/;

function collectedBy(config: { test?: { include?: string[] | undefined } | undefined }): string[] {
  return globSync(config.test?.include ?? [], { cwd: REPOSITORY }).toSorted();
}

function find(pattern: string): string[] {
  return globSync(pattern, { cwd: REPOSITORY, exclude: (path) => FOREIGN.test(path) }).toSorted();
}

test("every test file is run by the fast suite or by the slow one: one outside rots unseen", () => {
  expect(find("**/*.{test,spec}.{ts,tsx,js,mjs}").length).toBeGreaterThan(10);
  expect(collectedBy(fast)).toEqual(find("**/*.{test,spec}.{ts,tsx,js,mjs}"));
  expect(collectedBy(slow)).toEqual(find("**/*.e2e.{ts,tsx,js,mjs}"));
});
