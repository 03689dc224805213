import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "../../../../../local/platforms/aws/provider/store.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentpay-store-"));
  file = join(folder, "data", "store.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("keeps records over a restart, by kind and key", () => {
  new Store(file).set("budget", "a", { tags: { owner: "platform" } });
  new Store(file).set("topic", "a", { tracing: true });
  expect(new Store(file).get("budget", "a")).toEqual({ tags: { owner: "platform" } });
  expect(new Store(file).get("budget", "b")).toBeUndefined();
});

test("forgets what was deleted, and leaves the rest", () => {
  const store = new Store(file);
  store.set("budget", "a", {});
  store.set("budget", "b", { kept: true });
  store.delete("budget", "a");
  store.delete("budget", "never there");
  expect(store.get("budget", "a")).toBeUndefined();
  expect(store.get("budget", "b")).toEqual({ kept: true });
  store.delete("budget", "b");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({});
});

test("sees what somebody wrote into the file, and says so when it can't be read", () => {
  const store = new Store(file);
  store.set("budget", "a", {});
  writeFileSync(file, '{"budget":{"a":{"edited":true}}}');
  expect(store.get("budget", "a")).toEqual({ edited: true });
  writeFileSync(file, "{");
  expect(() => store.get("budget", "a")).toThrow(/store\.json is not valid JSON: repair it, or delete it/);
});
