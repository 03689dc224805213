/** Texts of the source that people read: comments, and what alerts say. Each as a page that the prose lint can read. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alerts } from "../../catalog/alerts/index.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

/** What is for tools, not for people. */
const FOR_TOOLS = /^(biome-ignore|knip|@ts-|@public)/;

/** The comments of a source file, each a paragraph; what is said of a parameter is one too. */
function commentsIn(source: string): readonly string[] {
  return [...source.matchAll(/\/\*\*([\s\S]*?)\*\/|(?:^|\s)\/\/ (.*)/g)]
    .map(([, block, line]) => (block ?? line ?? "").replaceAll(/^\s*\* ?/gm, "").trim())
    .filter((comment) => comment !== "" && !FOR_TOOLS.test(comment))
    .map((comment) => comment.replaceAll(/\s*@\w+( \{[^}]*\})?/g, "\n\n"));
}

/** Pages by the path of what they are from. */
export function proseOfSource(): Readonly<Record<string, string>> {
  const files = execFileSync("git", ["ls-files", "*.ts"], { cwd: REPOSITORY, encoding: "utf8" });
  const comments = files
    .trim()
    .split("\n")
    .map((file) => [file, commentsIn(readFileSync(join(REPOSITORY, file), "utf8")).join("\n\n")] as const);
  const told = alerts.map(({ summary, description }) => `${summary}\n\n${description}`).join("\n\n");
  return Object.fromEntries([...comments, ["alerts", told] as const].filter(([, text]) => text !== ""));
}
