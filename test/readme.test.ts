/** The README and the documents say what is there: outputs, links, commands, owners. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbGroups } from "../operations/verbs.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const documents = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...["docs", "runbooks"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`),
  ),
];

test("the README is at most two screens", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(80);
});

test("the README leads to every document", () => {
  const reachable = new Set<string>(["README.md"]);
  for (const file of reachable) {
    if (file.endsWith(".md")) for (const link of linksOf(file)) reachable.add(link);
  }
  const lost = documents.filter((file) => file.startsWith("docs/") && !reachable.has(file));
  expect(lost, "link them from README.md, or from a document that it links to").toEqual([]);
});

test("docs/getting-started.md lists every output of the program", () => {
  const outputs = [...read("index.ts").matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
  const section = read("docs/getting-started.md").split("\n## Outputs\n")[1] ?? "";
  const listed = section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(listed.toSorted()).toEqual(outputs.toSorted());
});

/** Paths in the repository that a document links to. */
function linksOf(file: string): string[] {
  const text = read(file).replaceAll(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = ""]) =>
    join(dirname(file), link),
  );
}

/** What a changelog names may be gone. */
const current = documents.filter((file) => file !== "CHANGELOG.md");

describe.each(documents)("%s", (file) => {
  test("links to files that exist", () => {
    expect(linksOf(file).filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

describe.each(current)("%s", (file) => {
  test("names npm scripts, verbs and make targets that exist", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
    const targets = [...read("Makefile").matchAll(/^([a-z]+):/gm)].map(([, name]) => name);
    const verbs = Object.values(verbGroups).flatMap((group) => group.map(({ name }) => name));
    const known = {
      "npm run": Object.keys(scripts),
      make: targets,
      "npm run ops --": [...verbs, "completion"],
    };
    const named = [...read(file).matchAll(/`(npm run ops --|npm run|make) ([a-z][\w:-]*)/g)];
    const unknown = named.filter(
      ([, tool = "make", name = ""]) => !known[tool as keyof typeof known].includes(name),
    );
    expect(unknown.map(([text]) => text)).toEqual([]);
  });
});

test("every path of CODEOWNERS exists, so that no rule lost its subject", () => {
  const paths = [...read(".github/CODEOWNERS").matchAll(/^(\/\S+)/gm)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
