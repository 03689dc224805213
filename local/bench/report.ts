/** `npm run bench -- report`: everything that is measured, as docs/benchmarks.md. */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { enginesSection } from "./engines/section.ts";
import { instrumentationSection } from "./instrumentation/section.ts";
import { loadSection } from "./load/section.ts";
import { pagesSection } from "./pages/section.ts";
import { checksSection } from "./program/checks.ts";
import { programSection } from "./program/section.ts";
import { renderSection } from "./render/section.ts";
import { replaySection } from "./replay/section.ts";
import { asMarkdown, type BenchOptions, type Section } from "./section.ts";

const SECTIONS = {
  program: programSection,
  checks: checksSection,
  render: renderSection,
  pages: pagesSection,
  load: loadSection,
  engines: enginesSection,
  replay: replaySection,
  instrumentation: instrumentationSection,
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
    "Measure the program, its checks, rendering, paging, Prometheus under load, alone and beside Cortex, a replay, and the Python package, and write it down",
  )
  .option("--quick", "fewer takes and less load: about 10 minutes instead of 30")
  .option("--only <sections...>", `some of ${names.join(", ")}; printed, and only written with --out`, names)
  .option("--out <file>", "where it is written (default: docs/benchmarks.md)")
  .action(run);

async function run({ quick = false, only, out }: Options): Promise<void> {
  const unknown = only.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0)
    throw new Failure(`there is no section ${unknown.join(" or ")}: ${names.join(", ")}`);
  const parts: string[] = [];
  const failed: string[] = [];
  for (const name of only) {
    console.log(`${name}:`);
    try {
      const section = await SECTIONS[name]({ quick, report: (line) => console.log(`  ${line}`) });
      parts.push(asMarkdown(section));
      console.log(`\n${parts.at(-1)}\n`);
    } catch (error) {
      failed.push(name);
      console.error(messageOf(error));
    }
  }
  if (failed.length > 0) throw new Failure(`Not measured, so nothing is written: ${failed.join(", ")}`);
  const file = out ?? (only.length === names.length ? path.join("docs", "benchmarks.md") : undefined);
  if (file === undefined) return;
  await writeFile(path.resolve(REPOSITORY, file), [heading(quick), ...parts].join("\n\n").concat("\n"));
  console.log(`Written to ${file}`);
}

function heading(quick: boolean): string {
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  const [cpu] = cpus();
  const cores = availableParallelism();
  const load = loadavg()[1] ?? 0;
  const busy =
    load > 2 * cores
      ? " (more than it has cores: other programs ran too, and times are longer than its own)"
      : "";
  return [
    "# Benchmarks",
    "",
    `Written by \`npm run bench -- report${quick ? " --quick" : ""}\`: figures to compare with one another, not with another machine's.`,
    "",
    `Machine: ${cores} cores (${cpu?.model.trim() ?? "unknown"}), ${memory} of memory, ${process.platform} ${process.arch}, ` +
      `Node.js ${process.version}. Load of the machine meanwhile: ${load.toFixed(1)}${busy}.`,
  ].join("\n");
}
