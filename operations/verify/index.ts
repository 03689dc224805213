/** `npm run verify -- --stack <name>`: the guide's monitoring checklist, proven on the live stack. */
import { Command } from "commander";
import colors from "picocolors";
import { stackOption } from "../../settings/stack-name.ts";
import { runCommand } from "../run-command.ts";
import { isGood, runChecks } from "./check.ts";
import { checklist } from "./checklist.ts";
import { report, withoutSecrets } from "./report.ts";
import { readStack } from "./stack.ts";

interface Options {
  readonly stack: string;
  readonly json?: true;
}

const program = new Command("verify")
  .description(
    "Proves each item of the monitoring checklist on the live stack. Changes nothing; sends Sentry one test event",
  )
  .addOption(stackOption())
  .option("--json", "for programs")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing failed and something was proven, 1 otherwise, or the stack can't be read.",
  )
  .action(verify);

async function verify({ stack: name, json }: Options): Promise<void> {
  const stack = await readStack(name);
  const results = withoutSecrets(await runChecks(checklist, stack), stack);
  console.log(json ? JSON.stringify({ stack: name, results }, null, 2) : report(name, results, colors));
  if (!isGood(results)) process.exitCode = 1;
}

await runCommand(program);
