/** What the Python package costs the AgentPay server, beside others of its kind. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { z } from "zod";
import { plainTable } from "../../local/cli/summary.ts";
import { REPOSITORY } from "../../local/state-folder.ts";
import { ensureTool } from "../../local/toolchain/find.ts";
import { instrumentationPython } from "../../local/toolchain/instrumentation-python.ts";

const MOST_MILLISECONDS = 300_000;

const figures = z.object({
  /** Of a request without a network, by variant. */
  seconds: z.record(z.string(), z.number()),
  /** Of a real server, by variant. */
  served: z.record(z.string(), z.object({ perSecond: z.number(), p50: z.number(), p99: z.number() })),
  /** CPU seconds of a scrape where many processes have counted and died, and the memory that it takes at most. */
  scrape: z.object({ first: z.number(), next: z.number(), bytes: z.number() }),
  /** CPU seconds of a log line. */
  logLine: z.object({ bare: z.number(), redacted: z.number() }),
});
type Figures = z.infer<typeof figures>;
type Options = { json?: true; rounds: string; requests: string; workers: string };

export const instrumentation = new Command("instrumentation")
  .description("what the Python package costs a request, a scrape and a log line, beside others of its kind")
  .option("--rounds <number>", "how often each variant is measured", "9")
  .option("--requests <number>", "requests of a round", "2000")
  .option("--workers <number>", "processes that have counted and died before a scrape", "400")
  .option("--json", "for programs")
  .action(async ({ json, rounds, requests, workers }: Options) => {
    const { binaries } = await ensureTool(instrumentationPython, {
      onProgress: (line) => console.error(line),
    });
    const { stdout } = await promisify(execFile)(
      binaries["python"] ?? "python3",
      ["-m", "benchmark", "--rounds", rounds, "--requests", requests, "--workers", workers],
      {
        cwd: join(REPOSITORY, "instrumentation"),
        env: { ...process.env, PYTHONPATH: "src:tests:." },
        timeout: MOST_MILLISECONDS,
      },
    );
    const measured = figures.parse(JSON.parse(stdout));
    console.log(json ? JSON.stringify(measured) : describe(measured, workers));
  });

function describe({ seconds, served, scrape, logLine }: Figures, workers: string): string {
  const micro = (value: number) => `${(value * 1e6).toFixed(0)} µs`;
  const milli = (value: number) => `${(value * 1e3).toFixed(1)} ms`;
  const bare = Object.values(seconds)[0] ?? 0;
  return [
    "CPU time of one request, without a network (median of the rounds, in turns):",
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
