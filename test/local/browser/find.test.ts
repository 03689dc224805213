import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BROWSER_VARIABLE, findBrowser } from "../../../local/browser/find.ts";
import { isLocal } from "../../../local/browser/local-browser.ts";

let folder: string;
const program = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "browser-"));
  for (const name of ["chromium-browser", "google-chrome", "my-chrome"]) {
    writeFileSync(program(name), "");
    chmodSync(program(name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the one that the environment names, else a known name on PATH", async () => {
  const PATH = folder;
  expect(await findBrowser({ PATH, [BROWSER_VARIABLE]: program("my-chrome") })).toBe(program("my-chrome"));
  expect(await findBrowser({ PATH, [BROWSER_VARIABLE]: "" })).toBe(program("chromium-browser"));
});

test("a named browser that is not there is a mistake, not a reason to look elsewhere", async () => {
  const missing = findBrowser({ PATH: folder, [BROWSER_VARIABLE]: program("none") });
  await expect(missing).rejects.toThrow(/AGENTPAY_BROWSER must be the path of Chromium or Chrome/);
});

test.each([
  ["http://127.0.0.1:3001/d/x", true],
  ["http://localhost/", true],
  ["http://[::1]:80/", true],
  ["data:text/html,x", true],
  ["https://example.com/", false],
  ["http://127.0.0.1.example.com/", false],
  ["http://192.168.0.1/", false],
  ["wss://example.com/", false],
])("%s stays on this machine: %s", (url, local) => {
  expect(isLocal(url)).toBe(local);
});
