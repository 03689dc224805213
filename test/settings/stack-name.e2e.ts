/** The commands themselves, each given what an unset variable leaves: nothing runs. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { verbGroups } from "../../operations/verbs.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "stack-name-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What else each verb needs that takes a stack. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  adopt: [],
  deploy: [],
  replay: [],
  review: [],
  drift: [],
  "secrets scan": [],
  upgrade: [],
  verify: [],
  weekly: [],
  render: ["--out", join(folder, "out")],
  "rules sync": [],
  "github comment": ["--pull-request", "7", "--file", join(folder, "none")],
  "github drift-issue": ["--file", join(folder, "none")],
  "github weekly-issue": ["--file", join(folder, "none")],
};

test("these are all verbs that take a stack", async () => {
  const commands = await Promise.all(
    Object.values(verbGroups)
      .flat()
      .map(async ({ load }) => (await load()).command),
  );
  const leaves = commands.flatMap((command) =>
    command.commands.length === 0
      ? [{ name: command.name(), command }]
      : command.commands.map((each) => ({ name: `${command.name()} ${each.name()}`, command: each })),
  );
  const takes = leaves.filter(({ command }) => command.options.some(({ long }) => long === "--stack"));
  expect(takes.map(({ name }) => name).toSorted()).toEqual(Object.keys(verbs).toSorted());
});

const programs: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["npm run drill -- --live", ["local/drills/main.ts", "--live"]],
  ...Object.entries(verbs).map(
    ([name, args]) => [name, ["operations/cli.ts", ...name.split(" "), ...args]] as const,
  ),
];

test.each(programs)("%s refuses an empty name, and starts nothing", async (_name, args) => {
  const bin = mkdtempSync(join(folder, "bin-"));
  writeFileSync(join(bin, "pulumi"), `#!/bin/sh\necho "$@" >> ${bin}/called\n`, { mode: 0o700 });
  const failed = promisify(execFile)(process.execPath, [...args, "--stack", ""], {
    cwd: REPOSITORY,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
  });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no name: expected a stack of this project ("),
  });
  expect(() => readFileSync(join(bin, "called"))).toThrow("ENOENT");
});
