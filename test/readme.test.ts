/** The README's tables are derived from what they describe: a key or output can't be added without its row. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

interface Key {
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

/** Rows of the table under a heading, without its own heading rows. */
function tableUnder(heading: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section.split("\n").filter((line) => line.startsWith("| `"));
}

function configurationRow([name, key]: [string, Key]): string {
  const value = typeof key.default === "string" ? key.default : JSON.stringify(key.default);
  const shown = value === "" ? "" : `\`${value}\``;
  const description = key.description.replaceAll("<", "\\<");
  return `| \`${name}\` | ${key.type} | ${shown} | ${description} |`;
}

describe("README", () => {
  test("lists every configuration key as Pulumi.yaml declares it", () => {
    const project: { config: Record<string, Key> } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    const rows = tableUnder("Configuration").filter((row) => !row.startsWith("| `alertThresholds`"));
    expect(rows).toEqual(Object.entries(project.config).map(configurationRow));
  });

  test("lists every output of the program", () => {
    const program = readFileSync(join(root, "index.ts"), "utf8");
    const outputs = [...program.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
    const listed = tableUnder("Outputs").flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(listed.toSorted()).toEqual(outputs.toSorted());
  });

  test.each(["README.md", "docs/architecture.md", "docs/decisions.md", "docs/alerts.md", "docs/policies.md"])(
    "%s links to files that exist",
    (file) => {
      const text = readFileSync(join(root, file), "utf8");
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) => link);
      const missing = links.filter((link) => !existsSync(join(root, dirname(file), link)));
      expect(missing).toEqual([]);
    },
  );

  test("names npm scripts and make targets that exist", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    const targets = [...readFileSync(join(root, "Makefile"), "utf8").matchAll(/^([a-z]+):/gm)].map(
      ([, name]) => name,
    );
    const code = [...readme.matchAll(/`(npm run|make) ([\w:-]+)/g)];
    const unknown = code.filter(([, tool, name = ""]) =>
      tool === "make" ? !targets.includes(name) : !(name in scripts),
    );
    expect(unknown.map(([text]) => text)).toEqual([]);
  });
});
