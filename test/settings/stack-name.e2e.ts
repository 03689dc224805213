/** The commands themselves, each given what an unset variable leaves: nothing runs. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../../toolkit/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "stack-name-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs of package.json that take a stack. */
const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(REPOSITORY, "package.json"), "utf8"),
).scripts;
const commands: Readonly<Record<string, readonly string[]>> = {
  deploy: [],
  review: [],
  drift: [],
  "secrets:scan": [],
  upgrade: [],
  verify: [],
  drill: ["--live"],
  render: ["--out", join(folder, "out")],
  ops: ["rules", "sync"],
  github: ["drift-issue", "--file", join(folder, "none")],
};

test("these are all commands that take a stack", () => {
  const takes = Object.entries(scripts).flatMap(([name, script]) => {
    const program = script.split(" ").at(-1) ?? "";
    if (!program.endsWith(".ts")) return [];
    return /stackOption\(|--stack <name>/.test(readFileSync(join(REPOSITORY, program), "utf8")) ? [name] : [];
  });
  expect(takes.toSorted()).toEqual(Object.keys(commands).toSorted());
});

test.each(Object.entries(commands))("%s refuses an empty name, and starts nothing", async (name, args) => {
  const bin = mkdtempSync(join(folder, "bin-"));
  writeFileSync(join(bin, "pulumi"), `#!/bin/sh\necho "$@" >> ${bin}/called\n`, { mode: 0o700 });
  const program = scripts[name]?.split(" ").at(-1) ?? "";
  const failed = promisify(execFile)(process.execPath, ["--import", "tsx", program, ...args, "--stack", ""], {
    cwd: REPOSITORY,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
  });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no name: expected a stack of this project ("),
  });
  expect(() => readFileSync(join(bin, "called"))).toThrow("ENOENT");
});
