/** `npm run ops -- secrets scan --stack <name>`: is a secret in clear in the stack's state? */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { readStack } from "../verify/stack.ts";
import { report, scan } from "./scan.ts";

export const command = new Command("secrets").description("The secrets of a stack");

command
  .command("scan")
  .description(
    "Looks in the stack's exported state for the configured secrets and for known kinds of keys in clear. " +
      "Says where, never what: secrets stay in memory",
  )
  .addOption(stackOption())
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nExit codes: 0 none found, 1 found, or the stack can't be read or has nothing to look at.",
  )
  .action(async ({ stack, ...how }: ResultOptions & { readonly stack: string }) => {
    const pulumi = await pulumiOf(stack);
    const result = await scan(stack, pulumi, await readStack(stack, pulumi));
    await tell(result, report(result), how);
    if (result.status !== "clean") process.exitCode = 1;
  });
