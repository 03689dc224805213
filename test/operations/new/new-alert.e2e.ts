/** `npm run ops -- new alert` in a copy of this folder: what it writes is formatted, has its types, and lacks what it says. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const SUBJECTS = [
  "test/catalog",
  "test/rules/cases.test.ts",
  "test/local/drills/drills.test.ts",
  "test/operations/generate",
];
const LEFT_OUT = new Set([".git", ".local", "node_modules", "dist"]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "new-alert-"));
  await cp(REPOSITORY, folder, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(path.slice(REPOSITORY.length + 1).split("/")[0] ?? ""),
  });
  await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"), "dir");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]) =>
  promisify(execFile)(program, args, {
    cwd: folder,
    env: { ...process.env, CI: "true" },
    maxBuffer: 64 * 1024 * 1024,
  });
const node = (...args: readonly string[]) => run(process.execPath, ...args);

test("all is there but what people write, which a test lists", async () => {
  const { stdout } = await node(
    "operations/cli.ts",
    "new",
    "alert",
    "QueueOdd",
    "--group",
    "worker",
    "--fault",
    "worker-down",
  );
  expect(stdout).toContain("wrote runbooks/QueueOdd.md");
  await node("node_modules/typescript-native/bin/tsc", "--noEmit");
  await run(
    "node_modules/.bin/biome",
    "check",
    "--vcs-enabled=false",
    "catalog",
    "test/rules",
    "local/drills",
  );
  const ended = await node("node_modules/vitest/vitest.mjs", "run", ...SUBJECTS).catch((error) => error);
  const said = `${ended.stdout}${ended.stderr}`;
  const failed = [...said.matchAll(/❯ (test\/\S+) \(/g)].map(([, file]) => file);
  expect([...new Set(failed)], said).toEqual(["test/catalog/to-do.test.ts"]);
  expect(said).toMatch(/catalog\/alerts\/worker\.ts:\d+ TODO: What is wrong/);
  expect(said).toMatch(/runbooks\/QueueOdd\.md:\d+ TODO: What stops the harm/);
});
