/** The command line itself: what `ops` says, completes and exits with. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { verbGroups } from "../../operations/verbs.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const verbs = Object.values(verbGroups).flat();
const loaded = await Promise.all(verbs.map(async (verb) => ({ verb, command: (await verb.load()).command })));

/** `operations/ops`, as a folder on PATH gives it. */
function ops(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(join(REPOSITORY, "operations/ops"), args, {
    cwd: REPOSITORY,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

test("--help lists each verb with its own verbs, in groups", () => {
  const { code, stdout } = ops("--help");
  expect(code).toBe(0);
  for (const group of Object.keys(verbGroups)) expect(stdout).toContain(`\n${group}\n`);
  for (const { name, summary, verbs: nested } of verbs) {
    const term = [name, ...(nested ? [nested.join("|")] : [])].join(" ");
    expect(stdout).toMatch(
      new RegExp(`^ {2}${term.replaceAll("|", "\\|")} +${summary.replaceAll("|", "\\|")}$`, "m"),
    );
  }
});

test.each(loaded)("$verb.name is called as the list says, and so are its own verbs", ({ verb, command }) => {
  expect(command.name()).toBe(verb.name);
  expect(command.commands.map((each) => each.name())).toEqual(verb.verbs ?? []);
  expect(command.description()).not.toBe("");
});

test("every folder that has a command is in the list", () => {
  const folders = readdirSync(join(REPOSITORY, "operations")).filter((name) =>
    existsSync(join(REPOSITORY, "operations", name, "command.ts")),
  );
  expect(folders.length).toBe(verbs.length);
});

/** Each verb that does something itself. */
const leaves: readonly Command[] = loaded.flatMap(({ command }) =>
  command.commands.length > 0 ? command.commands : [command],
);

test("options that verbs share are called and described alike", () => {
  const shared = { "--stack": "-s, --stack <name>", "--json": "--json" } as const;
  for (const { options } of leaves) {
    for (const { long, flags } of options) {
      if (long === "--stack" || long === "--json") expect(flags).toBe(shared[long]);
      if (long === "--out") expect(flags).toBe("-o, --out <file>");
    }
    // What can be printed for programs can be written for them.
    const has = (name: string) => options.some(({ long }) => long === name);
    if (has("--json")) expect(has("--out")).toBe(true);
  }
});

test.each([
  ["no verb", [], 1, "A stack:"],
  ["an unknown verb", ["dpeloy"], 1, "unknown command 'dpeloy'"],
  ["a missing option", ["deploy"], 1, "required option '-s, --stack <name>' not specified"],
  [
    "a second stack",
    ["deploy", "--stack", "production", "--stack", "staging"],
    1,
    "production is named as well",
  ],
  ["an unset variable", ["drift", "--stack", "production", "--out", ""], 1, "It must name a file or folder."],
])("%s is an error for people", (_name, args, code, says) => {
  const ended = ops(...args);
  expect(ended).toMatchObject({ code, stdout: "" });
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).not.toContain("    at ");
});

test("what the verb throws for people ends it without a stack trace", () => {
  const ended = ops("render", "--stack", "production", "--out", "/dev/null/below");
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toMatch(/^\/dev\/null\/below\/.*can't be written: [^\n]+\n$/);
});

/** Lines whose last word is being written, and a word that a shell offers for it. */
const lines = [
  ["ops dr", "drift"],
  ["ops rules ", "sync"],
  ["ops deploy --st", "--stack"],
  ["ops deploy --stack p", "production"],
  ["ops generate con", "contract"],
] as const;

/** The line's words are bash's own; what it calls is the function that the script registers. */
const COMPLETE_LINES = `
PATH="$PWD/operations:$PATH"
source <(ops completion bash)
compopt() { :; }
complete_line=$(complete -p ops | sed -E 's/.*-F ([^ ]+).*/\\1/')
for line in "$@"; do
  read -ra COMP_WORDS <<< "$line"
  [[ $line != *" " ]] || COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  "$complete_line"
  (IFS=,; echo "\${COMPREPLY[*]}")
done`;

test("bash completes verbs, their own verbs, options and what they can be", () => {
  const { stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", COMPLETE_LINES, "bash", ...lines.map(([line]) => line)],
    { cwd: REPOSITORY, encoding: "utf8" },
  );
  expect(stderr).toBe("");
  const offered = stdout
    .trim()
    .split("\n")
    .map((words) => words.split(","));
  expect(offered.map((words, index) => words.includes(lines[index]?.[1] ?? ""))).toEqual(
    lines.map(() => true),
  );
  // And nothing that does not go on as the word has begun.
  expect(offered[0]).toEqual(["drift"]);
});

test.each(["zsh", "fish"])("there is a script for %s, which asks ops", (shell) => {
  expect(ops("completion", shell)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("ops complete --"),
  });
});

test("the short names start the verb of their name", () => {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const name of ["deploy", "review", "drift", "verify", "render", "database"]) {
    expect(scripts[name]).toBe(`exec node operations/cli.ts ${name}`);
  }
});
