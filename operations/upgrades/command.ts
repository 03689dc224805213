/** `npm run ops -- upgrade --stack <name>`: for those who deploy with `pulumi up`; `npm run deploy` does it by itself. */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { letGoOfSentryRules, told } from "./sentry-rules.ts";

export const command = new Command("upgrade")
  .description(
    "Prepares the state of a stack from an earlier version for the next update. Touches no platform",
  )
  .addOption(stackOption())
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText("after", "\nExit codes: 0 the state is ready, 1 it is not. A rerun changes nothing.")
  .action(async ({ stack, ...how }: ResultOptions & { readonly stack: string }) => {
    const urns = await letGoOfSentryRules(await pulumiOf(stack));
    const said = urns.length > 0 ? told(urns) : `${stack} is ready: nothing to do`;
    await tell({ stack, urns }, said, how);
  });
