/** `npm run review -- --stack <name>`: what CI posts on a pull request, and a person can read before one. */
import { Command } from "commander";
import { stackOption } from "../../settings/stack-name.ts";
import { writeResult } from "../../toolkit/result-file.ts";
import { runCommand } from "../run-command.ts";
import { review } from "./review.ts";

interface Options {
  readonly stack: string;
  readonly base: string;
  readonly offline: boolean;
  readonly ruleTests: boolean;
  readonly out?: string;
}

const program = new Command("review")
  .description(
    "What the changes since a branch left its base would do to a stack, as Markdown. Changes nothing",
  )
  .addOption(stackOption())
  .option("--base <branch>", "what to compare with", "main")
  .option("--offline", "without the engine's preview: needs no account and no credentials", false)
  .option("--no-rule-tests", "without the tests of the alert rules, which take most of the time")
  .option("--out <file>", "write it there as well")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing speaks against it, 1 the preview failed, a mandatory policy refuses, or a rule test fails.",
  )
  .action(async ({ stack, base, offline, ruleTests, out }: Options) => {
    const { markdown, passed } = await review({ stack, base, offline, ruleTests });
    console.log(markdown);
    if (out !== undefined) await writeResult(out, markdown);
    if (!passed) process.exitCode = 1;
  });

await runCommand(program);
