import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JsonStore } from "../../../../local/platforms/shared/json-store.ts";
import { temporaryFolder } from "../support.ts";

const folder = temporaryFolder();

test("remembers what was saved, in a file for its owner only, and leaves no half-written one", () => {
  const file = join(folder, "deep", "state.json");
  const store = new JsonStore(file, () => ({ names: [] as string[] }));
  store.state.names.push("saved");
  store.save();
  store.state.names.push("not saved");

  expect(new JsonStore(file, () => ({ names: [] })).state).toEqual({ names: ["saved"] });
  expect(readdirSync(join(folder, "deep"))).toEqual(["state.json"]);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test("says which file is broken and what to do, without overwriting it", () => {
  const file = join(folder, "broken.json");
  writeFileSync(file, "{");
  expect(() => new JsonStore(file, () => ({}))).toThrow(`${file} is not JSON any more. Remove it`);
});
