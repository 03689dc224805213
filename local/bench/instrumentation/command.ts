/** What the Python package costs the AgentPay server, beside others of its kind. */
import { Command } from "commander";
import { plainTable } from "../../cli/summary.ts";
import { micro, milli } from "../section.ts";
import { type Figures, type Given, measure } from "./measure.ts";

type Options = Given & { json?: true };

export const instrumentation = new Command("instrumentation")
  .description("what the Python package costs a request, a scrape and a log line, beside others of its kind")
  .option("--rounds <number>", "how often each variant is measured", "40")
  .option("--requests <number>", "requests of a round", "300")
  .option("--workers <number>", "processes that have counted and died before a scrape", "400")
  .option("--json", "for programs")
  .action(async ({ json, ...given }: Options) => {
    const measured = await measure(given, (line) => console.error(line));
    console.log(json ? JSON.stringify(measured) : describe(measured, given.workers));
  });

function describe({ seconds, served, scrape, logLine }: Figures, workers: string): string {
  const bare = Object.values(seconds)[0] ?? 0;
  return [
    "CPU time of one request, without a network (the least of the rounds, in turns):",
    plainTable(
      ["Application", "Time", "Added"],
      Object.entries(seconds).map(([variant, value]) => [
        variant,
        micro(value),
        value === bare ? "" : micro(value - bare),
      ]),
    ),
    "",
    "On a real server of one process, 8 connections at a time (its client shares the machine):",
    plainTable(
      ["Application", "Requests a second", "p50", "p99"],
      Object.entries(served).map(([variant, { perSecond, p50, p99 }]) => [
        variant,
        perSecond.toFixed(0),
        milli(p50),
        milli(p99),
      ]),
    ),
    "",
    `CPU time of a scrape after ${workers} processes that have counted and died:`,
    plainTable(
      ["Scrape", "Time", "Memory at most"],
      [
        [
          "the first, which archives them all",
          milli(scrape.first),
          `${(scrape.bytes / 2 ** 20).toFixed(1)} MiB`,
        ],
        ["each after it", milli(scrape.next), ""],
      ],
    ),
    "",
    "CPU time of a log line:",
    plainTable(
      ["Renderer", "Time"],
      [
        ["JSON alone", micro(logLine.bare)],
        ["with redaction", micro(logLine.redacted)],
      ],
    ),
  ].join("\n");
}
