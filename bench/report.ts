/** `npm run bench -- report`: everything that is measured, as docs/benchmarks.md. */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { REPOSITORY } from "../local/state-folder.ts";
import { loadSection } from "./load/section.ts";
import { pagesSection } from "./pages/section.ts";
import { checksSection } from "./program/checks.ts";
import { programSection } from "./program/section.ts";
import { renderSection } from "./render/section.ts";
import { asMarkdown, type BenchOptions, type Section } from "./section.ts";

const SECTIONS = {
  program: programSection,
  checks: checksSection,
  render: renderSection,
  pages: pagesSection,
  load: loadSection,
} as const satisfies Record<string, (options: BenchOptions) => Promise<Section>>;
type SectionName = keyof typeof SECTIONS;

interface Options {
  readonly quick?: boolean;
  readonly only: readonly SectionName[];
  readonly out?: string;
}

const names = Object.keys(SECTIONS) as SectionName[];

export const report = new Command("report")
  .description(
    "Measure the program, its checks, rendering, paging and Prometheus under load, and write it down",
  )
  .option("--quick", "fewer takes and less load: about 4 minutes instead of 15")
  .option("--only <sections...>", `some of ${names.join(", ")}; printed, and only written with --out`, names)
  .option("--out <file>", "where it is written (default: docs/benchmarks.md)")
  .action(run);

async function run({ quick = false, only, out }: Options): Promise<void> {
  const unknown = only.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) throw new Error(`there is no section ${unknown.join(" or ")}: ${names.join(", ")}`);
  const parts: string[] = [];
  for (const name of only) {
    console.log(`${name}:`);
    const section = await SECTIONS[name]({ quick, report: (line) => console.log(`  ${line}`) });
    parts.push(asMarkdown(section));
    console.log(`\n${parts.at(-1)}\n`);
  }
  const file = out ?? (only.length === names.length ? path.join("docs", "benchmarks.md") : undefined);
  if (file === undefined) return;
  await writeFile(path.join(REPOSITORY, file), [heading(quick), ...parts].join("\n\n").concat("\n"));
  console.log(`Written to ${file}`);
}

function heading(quick: boolean): string {
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  const [cpu] = cpus();
  const busy = (loadavg()[1] ?? 0).toFixed(1);
  return [
    "# Benchmarks",
    "",
    `Written by \`npm run bench -- report${quick ? " --quick" : ""}\`: figures to compare with one another, not with another machine's.`,
    "",
    `Machine: ${availableParallelism()} cores (${cpu?.model.trim() ?? "unknown"}), ${memory} of memory, ${process.platform} ${process.arch}, ` +
      `Node.js ${process.version}. Load of the machine meanwhile: ${busy} (more than its cores: other programs ran too, and times are longer than its own).`,
  ].join("\n");
}
