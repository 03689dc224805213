/** The workflows, held to what GitHub understands (actionlint) and to what is safe there (zizmor); and what they run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { linters } from "../../operations/tools/tools.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { fakeGitHub } from "../support/github.ts";
import { HUNG_SECONDS } from "../support/silence.ts";
import { full } from "./weekly/review.ts";

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
    timeoutSeconds: HUNG_SECONDS,
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

test("what the jobs that write on GitHub run, as they run it", async () => {
  const github = await fakeGitHub();
  const command = (...args: readonly string[]) =>
    run(process.execPath, ["operations/cli.ts", "github", ...args], {
      environment: { ...process.env, ...github.environment },
      folder: REPOSITORY,
      timeoutSeconds: HUNG_SECONDS,
    });
  try {
    const drift = join(folder, "drift.json");
    writeFileSync(drift, JSON.stringify({ stack: "staging", status: "drifted", resources: 1, drifted: [] }));
    const text = join(folder, "review.md");
    writeFileSync(text, "### Review of `staging`");
    const weekly = join(folder, "weekly.json");
    writeFileSync(weekly, JSON.stringify(full));
    const [issue] = await Promise.all([
      command("drift-issue", "--stack", "staging", "--file", drift),
      command("comment", "--stack", "staging", "--pull-request", "7", "--file", text),
      command("failed", "--what", "The deployment of staging"),
      command("weekly-issue", "--stack", "production", "--file", weekly),
    ]);
    expect(issue).toContain("opened #");
    expect(github.issues.map(({ title }) => title).toSorted()).toEqual([
      expect.stringMatching(/^production: the week of 23 November/),
      expect.stringContaining("staging has drifted"),
    ]);
    const comments = (github.comments.get(7) ?? []).map(({ body }) => body);
    expect(comments).toEqual([expect.stringContaining("### Review of `staging`")]);
    expect(github.slack.toSorted()).toEqual([
      expect.stringContaining("The deployment of staging"),
      expect.stringContaining("staging has drifted"),
    ]);
  } finally {
    await github.stop();
  }
});
