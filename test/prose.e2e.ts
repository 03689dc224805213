/** The prose lint finds what it is for: its rules are data, and data that matches nothing looks like prose without faults. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../toolkit/repository.ts";
import { proseOfSource } from "./support/prose.ts";

const folder = mkdtempSync(join(tmpdir(), "prose-"));
afterAll(() => rmSync(folder, { recursive: true }));

function textlint(...args: readonly string[]) {
  const command = ["--config", ".textlintrc.json", ...args];
  const { status, stdout } = spawnSync("node_modules/.bin/textlint", command, {
    cwd: REPOSITORY,
    encoding: "utf8",
  });
  return { status, stdout };
}

function lint(text: string) {
  const file = join(folder, "page.md");
  writeFileSync(file, `# Page\n\n${text}\n`);
  return textlint(file);
}

test.each([
  ["a word that says nothing", "You simply run it.", "leave it out"],
  ["a product spelled otherwise", "Cloudwatch rings.", "CloudWatch"],
  ["another word for one thing", "Restart the Docker daemon.", "Docker Engine"],
  [
    "a sentence of a paragraph's length",
    `It rings ${"and rings ".repeat(30)}again.`,
    "exceeds the maximum sentence length",
  ],
])("it refuses %s", (_, text, says) => {
  const { status, stdout } = lint(text);
  expect(stdout).toContain(says);
  expect(status).toBe(1);
});

test("it lets good prose pass, and what is code", () => {
  expect(lint("Alertmanager sends the page. Run `simply cloudwatch`.")).toMatchObject({ status: 0 });
});

test("comments, and what alerts say, are written like the docs", () => {
  const pages = Object.entries(proseOfSource());
  expect(pages.length).toBeGreaterThan(500);
  const source = join(folder, "source");
  for (const [path, text] of pages) {
    const page = join(source, `${path}.md`);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, `${text}\n`);
  }
  const { status, stdout } = textlint("--format", "unix", source);
  expect(stdout.replaceAll(`${source}/`, "")).toBe("");
  expect(status).toBe(0);
});
