/** `npm run verify -- --stack <name>`: the guide's monitoring checklist, proven on the live stack. */
import { Command } from "commander";
import colors from "picocolors";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { isGood, runChecks } from "./check.ts";
import { checklist } from "./checklist.ts";
import { report, withoutSecrets } from "./report.ts";
import { readStack } from "./stack.ts";

interface Options extends ResultOptions {
  readonly stack: string;
}

export const command = new Command("verify")
  .description(
    "Proves each item of the monitoring checklist on the live stack. Changes nothing; sends Sentry one test event",
  )
  .addOption(stackOption())
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing failed and something was proven, 1 otherwise, or the stack can't be read.",
  )
  .action(verify);

async function verify({ stack: name, ...how }: Options): Promise<void> {
  const stack = await readStack(name);
  const results = withoutSecrets(await runChecks(checklist, stack), stack);
  await tell({ stack: name, results }, report(name, results, colors), how);
  if (!isGood(results)) process.exitCode = 1;
}
