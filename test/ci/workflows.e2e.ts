/** The workflows, held to what GitHub understands (actionlint) and to what is safe there (zizmor). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../../local/state-folder.ts";
import { run } from "../../local/toolchain/command.ts";
import { ensureTool } from "../../local/toolchain/find.ts";
import { linters } from "../../local/toolchain/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "workflows-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Its title becomes a command. */
const bad = join(folder, "bad.yml");
writeFileSync(
  bad,
  `on: pull_request
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ github.event.pull_request.title }}"
`,
);

async function lint(tool: keyof typeof linters, args: readonly string[]): Promise<string> {
  const { binaries } = await ensureTool(linters[tool]);
  return run(binaries[tool] ?? tool, args, {
    environment: process.env,
    folder: REPOSITORY,
    timeoutSeconds: 60,
  });
}

test("actionlint understands every workflow, and refuses a bad one", async () => {
  const workflows = await readdir(join(REPOSITORY, ".github/workflows"));
  // Not shellcheck and pyflakes, which a machine may have or not: there is no script in a workflow.
  const alone = ["-shellcheck=", "-pyflakes="];
  await lint("actionlint", [...alone, ...workflows.map((name) => join(".github/workflows", name))]);
  await expect(lint("actionlint", [...alone, bad])).rejects.toThrow("ended with 1");
});

test("zizmor finds nothing unsafe in workflows and actions, and refuses a bad one", async () => {
  await lint("zizmor", ["--offline", "--no-progress", ".github"]);
  await expect(lint("zizmor", ["--offline", "--no-progress", bad])).rejects.toThrow("ended with 14");
});
