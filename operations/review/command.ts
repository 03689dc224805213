/** `npm run review -- --stack <name>`: what CI posts on a pull request, and a person can read before one. */
import { Command } from "commander";
import { writeResult } from "../../toolkit/result-file.ts";
import { jsonOption, outOption, type ResultOptions, stackOption } from "../options.ts";
import { review } from "./review.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly base: string;
  readonly offline: boolean;
  readonly ruleTests: boolean;
}

export const command = new Command("review")
  .description(
    "What the changes since a branch left its base would do to a stack, as Markdown. Changes nothing",
  )
  .addOption(stackOption())
  .option("--base <branch>", "what to compare with", "main")
  .option("--offline", "without the engine's preview: needs no account and no credentials", false)
  .option("--no-rule-tests", "without the tests of the alert rules, which take most of the time")
  .addOption(jsonOption())
  .addOption(outOption("write the Markdown, or with --json the JSON, there as well"))
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing speaks against it, 1 the preview failed, a mandatory policy refuses, or a rule test fails.",
  )
  .action(async ({ stack, base, offline, ruleTests, json, out }: Options) => {
    const { markdown, passed } = await review({ stack, base, offline, ruleTests });
    const result = json ? JSON.stringify({ stack, base, passed, markdown }, null, 2) : markdown;
    console.log(result);
    if (out !== undefined) await writeResult(out, result);
    if (!passed) process.exitCode = 1;
  });
