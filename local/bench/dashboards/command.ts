/** `npm run bench -- dashboards`: what recording rules save, dashboard by dashboard. */
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { tools } from "../../../operations/tools/tools.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { step } from "../../cli/progress.ts";
import { startFilledPrometheus } from "./filled-prometheus.ts";
import { type Duel, type Measured, measureDashboards } from "./measure.ts";
import { type Scale, seriesCount } from "./series.ts";

interface Options extends Scale {
  readonly minutes: number;
  readonly limit: number;
}

const SCRAPE_SECONDS = 30;

export const dashboards = new Command("dashboards")
  .description(
    "Fill a real Prometheus with the contract's metrics of many servers, then ask it each dashboard's queries:\n" +
      "as they are, and with every recorded series replaced by what it is computed from.",
  )
  .option("--instances <number>", "API servers; a quarter as many workers", count, 20)
  .option("--endpoints <number>", "routes of each server", count, 100)
  .option("--models <number>", "language models", count, 10)
  .option("--minutes <number>", "length of the past, of which the queries ask all", count, 60)
  .option("--limit <seconds>", "longest time that a query may take", count, 10)
  .action(run);

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  return Number(text);
}

function run(options: Options): Promise<void> {
  return withTemporaryFolder("bench", (folder) => compare(folder, options));
}

async function compare(folder: string, options: Options): Promise<void> {
  const { minutes, limit } = options;
  const tool = await step("Prometheus", (report) => ensureTool(tools.prometheus, { onProgress: report }));
  const prometheus = await step(
    `${seriesCount(options).toLocaleString("en")} series, ${minutes} minutes of them`,
    (report) =>
      startFilledPrometheus({
        folder,
        tool,
        scale: options,
        minutes,
        scrapeSeconds: SCRAPE_SECONDS,
        limit,
        report,
      }),
  );
  try {
    const duels = await step("Queries", (report) => measureDashboards(prometheus, limit, report));
    console.log(resultTable(duels));
    console.log(
      `Queries one after another, each over ${minutes} minutes; the middle of up to 3 times. ` +
        `">": with queries that were not answered in ${limit} s, or refused for their size.`,
    );
  } finally {
    await prometheus.stop();
  }
}

function resultTable(duels: readonly Duel[]): string {
  const table = new Table({
    head: ["Dashboard", "Queries", "of them recorded", "with rules", "without", "without / with"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "right", "right"],
  });
  for (const { title, queries, recorded, withRules, without } of duels) {
    table.push([title, queries, recorded, inWords(withRules), inWords(without), ratio(withRules, without)]);
  }
  return table.toString();
}

function inWords({ seconds, unanswered }: Measured): string {
  return `${unanswered > 0 ? "> " : ""}${(seconds * 1000).toFixed(0)} ms`;
}

function ratio(withRules: Measured, without: Measured): string {
  if (withRules.unanswered > 0) return "-";
  return `${without.unanswered > 0 ? "> " : ""}${(without.seconds / withRules.seconds).toFixed(1)}`;
}
