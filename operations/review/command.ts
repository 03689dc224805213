/** `npm run review -- --stack <name>`: what CI posts on a pull request, and a person can read before one. */
import { Command, InvalidArgumentError } from "commander";
import { writeResult } from "../../toolkit/result-file.ts";
import { jsonOption, outOption, type ResultOptions, stackOption } from "../options.ts";
import { review } from "./review.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly base: string;
  readonly offline: boolean;
  readonly ruleTests: boolean;
  readonly replay: boolean;
  readonly replayDays: number;
  readonly prometheus?: string;
}

export const command = new Command("review")
  .description(
    "What the changes since a branch left its base would do to a stack, as Markdown. Changes nothing",
  )
  .addOption(stackOption())
  .option("--base <branch>", "what to compare with", "main")
  .option("--offline", "without the engine's preview: needs no account and no credentials", false)
  .option("--no-rule-tests", "without the tests of the alert rules, which take most of the time")
  .option(
    "--no-replay",
    "without playing the alerts that change over a Prometheus' history, before and after",
  )
  .option("--replay-days <number>", "length of that history", days, 30)
  .option(
    "--prometheus <url>",
    "a Prometheus that asks for no password (default: the stack's engine, which --offline does not know)",
  )
  .addOption(jsonOption())
  .addOption(outOption("write the Markdown, or with --json the JSON, there as well"))
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing speaks against it, 1 the preview failed, a mandatory policy refuses, or a rule test fails.",
  )
  .action(async ({ stack, base, offline, ruleTests, replay, prometheus, json, out, ...how }: Options) => {
    const replayDays = replay ? how.replayDays : undefined;
    const { markdown, passed } = await review({ stack, base, offline, ruleTests, replayDays, prometheus });
    const result = json ? JSON.stringify({ stack, base, passed, markdown }, null, 2) : markdown;
    console.log(result);
    if (out !== undefined) await writeResult(out, result);
    if (!passed) process.exitCode = 1;
  });

function days(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number of days, 1 to 999.");
}
