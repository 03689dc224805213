/** `npm run upgrade -- --stack <name>`: for those who deploy with `pulumi up`; `npm run deploy` does it by itself. */
import { Command } from "commander";
import { stackOption } from "../../settings/stack-name.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { runCommand } from "../run-command.ts";
import { letGoOfSentryRules, told } from "./sentry-rules.ts";

const program = new Command("upgrade")
  .description(
    "Prepares the state of a stack from an earlier version for the next update. Touches no platform",
  )
  .addOption(stackOption())
  .addHelpText("after", "\nExit codes: 0 the state is ready, 1 it is not. A rerun changes nothing.")
  .action(async ({ stack }: { readonly stack: string }) => {
    const urns = await letGoOfSentryRules(await pulumiOf(stack));
    console.log(urns.length > 0 ? told(urns) : `${stack} is ready: nothing to do`);
  });

await runCommand(program);
