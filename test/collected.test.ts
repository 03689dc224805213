import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import fast from "../vitest.config.ts";
import { BEGUN_FIRST, groups } from "../vitest.e2e.config.ts";

const REPOSITORY = join(import.meta.dirname, "..");

/** Folders that hold no code of ours. */
const FOREIGN = /^(node_modules|\.git|\.local|dist)(\/|$)/;

function collectedBy({ include = [], exclude = [] }: { include?: string[]; exclude?: string[] }): string[] {
  return globSync(include, { cwd: REPOSITORY, exclude });
}

function find(pattern: string): string[] {
  return globSync(pattern, { cwd: REPOSITORY, exclude: (path) => FOREIGN.test(path) }).toSorted();
}

test("every test file is run by the fast suite or by the slow one: one outside rots unseen", () => {
  expect(find("**/*.{test,spec}.{ts,tsx,js,mjs}").length).toBeGreaterThan(10);
  expect(collectedBy({ include: fast.test?.include ?? [] }).toSorted()).toEqual(
    find("**/*.{test,spec}.{ts,tsx,js,mjs}"),
  );
  expect(groups.flatMap(collectedBy).toSorted()).toEqual(find("**/*.e2e.{ts,tsx,js,mjs}"));
});

test("what is begun first is there", () => {
  expect(groups.flatMap(collectedBy)).toEqual(expect.arrayContaining([...BEGUN_FIRST]));
});
