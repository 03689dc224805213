/** `npm run ops -- upgrade --stack <name>`: for those who deploy with `pulumi up`; `npm run deploy` does it by itself. */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { exitCodes, pulumiOf } from "../pulumi/cli.ts";
import { changelog, lossesOf, toldLosses } from "./check.ts";
import { letGoOfSentryRules, told } from "./sentry-rules.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly check?: true;
}

export const command = new Command("upgrade")
  .description(
    "Prepares the state of a stack from an earlier version for the next update. Touches no platform",
  )
  .addOption(stackOption())
  .option("--check", "change nothing, and say what this version would replace or delete that can be lost")
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nExit codes: 0 the state is ready, or nothing would be lost (--check); 7 something would be; 1 it failed. A rerun changes nothing.",
  )
  .action(async ({ stack, check, ...how }: Options) => {
    const pulumi = await pulumiOf(stack);
    if (check) {
      const losses = await lossesOf(pulumi);
      await tell({ stack, losses }, toldLosses(stack, losses, await changelog()), how);
      if (losses.length > 0) process.exitCode = exitCodes.unexpectedChanges;
      return;
    }
    const urns = await letGoOfSentryRules(pulumi);
    const said = urns.length > 0 ? told(urns) : `${stack} is ready: nothing to do`;
    await tell({ stack, urns }, said, how);
  });
