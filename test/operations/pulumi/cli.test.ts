import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { output, pulumiOf, StackError } from "../../../operations/pulumi/cli.ts";
import { sentinel } from "../../support/secrets.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "pulumi-cli-"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Puts a `pulumi` on PATH that does this. */
async function cli(script: string): Promise<void> {
  await writeFile(path.join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

test("a command runs on the stack, never asks, and its lines are seen as they come", async () => {
  await cli('echo "$@"; echo more >&2; exit 7');
  const lines: string[] = [];
  const pulumi = await pulumiOf("production");
  const ended = await pulumi(["preview"], { onLine: (line) => lines.push(line) });
  expect(ended).toEqual({
    code: 7,
    stdout: "preview --stack production --non-interactive\n",
    stderr: "more\n",
  });
  expect(lines.toSorted()).toEqual(["more", "preview --stack production --non-interactive"]);
});

test("a CLI that fails is quoted by what it complains of, never by what it printed", async () => {
  await cli(`echo '${sentinel("printed")}'; echo 'error: no such stack' >&2; exit 255`);
  const reason = await output(await pulumiOf("production"), "config", "--json").catch(
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(StackError);
  expect(String(reason)).toBe("StackError: pulumi config failed: error: no such stack");
});

test("a command that hangs is ended, and says so where its lines are shown and where its complaints are", async () => {
  await cli("exec sleep 60");
  const pulumi = await pulumiOf("production");
  const lines: string[] = [];
  const ended = await pulumi(["preview"], { timeoutMilliseconds: 50, onLine: (line) => lines.push(line) });
  const late = "It was ended after 0.05 s: the state's backend or a platform does not answer.";
  expect(ended).toEqual({ code: 1, stdout: "", stderr: `${late}\n` });
  expect(lines).toEqual([late]);
});

test("without a CLI, where to get one is said", async () => {
  vi.stubEnv("PATH", path.join(folder, "empty"));
  await expect((await pulumiOf("production"))(["preview"])).rejects.toThrow("there is no pulumi on PATH");
});
