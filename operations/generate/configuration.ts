/** docs/configuration.md: every setting, as Pulumi.yaml declares it, and every threshold, as the catalogue has it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { settableThresholds } from "../../catalog/alerts/index.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const projectSchema = z.object({
  config: z.record(z.string(), z.object({ type: z.string(), default: z.unknown(), description: z.string() })),
});
type Key = z.output<typeof projectSchema>["config"][string];

const INTRODUCTION = `# Configuration

Written by \`npm run ops -- generate configuration\` from Pulumi.yaml and catalog/alerts/.

Each key can be set per stack with \`pulumi config set --path <key> <value>\`, text that looks like a number (an account
id, a share) with \`--type string\`, a secret with \`--secret\`. An empty default means "not set". What is refused, and what
is said of it: [refused-settings.md](refused-settings.md).`;

/** @param pulumiYaml the project's file. Default: this project's */
export function configurationPage(
  pulumiYaml = readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"),
): string {
  const { config } = projectSchema.parse(parse(pulumiYaml));
  const keys = Object.entries(config);
  const sections = [...new Set(keys.map(sectionOf))];
  const tables = sections.map((section) => {
    const rows = keys.filter((key) => sectionOf(key) === section).map(keyRow);
    return [`## ${section}`, table(["Key", "Type", "Default", "Meaning"], rows)].join("\n\n");
  });
  return [INTRODUCTION, ...tables, thresholds()].join("\n\n").concat("\n");
}

const sectionOf = ([name]: [string, Key]) => name.split(".")[0] ?? name;

function keyRow([name, { type, default: value, description }]: [string, Key]): string[] {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return [`\`${name}\``, type, shown === "" ? "" : `\`${shown}\``, description];
}

/** A map, which Pulumi.yaml can't declare. */
function thresholds(): string {
  const rows = Object.entries(settableThresholds).flatMap(([name, threshold]) =>
    threshold === undefined
      ? []
      : [[`\`${name}\``, `\`${threshold.default}\``, threshold.unit, threshold.source]],
  );
  return [
    "## alertThresholds",
    "A stack's own thresholds, by the alert's name: `pulumi config set --type float --path alertThresholds.HighErrorRate 0.04`.",
    table(["Alert", "Default", "Unit", "Where the default is from"], rows),
  ].join("\n\n");
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(headings), `|${"---|".repeat(headings.length)}`, ...rows.map(line)].join("\n");
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|").replaceAll("<", "\\<");
