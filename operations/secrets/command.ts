/** `npm run secrets:scan -- --stack <name>`: is a secret in clear in the stack's state? */
import { Command } from "commander";
import { stackOption } from "../../settings/stack-name.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { runCommand } from "../run-command.ts";
import { readStack } from "../verify/stack.ts";
import { scan } from "./scan.ts";

const program = new Command("secrets:scan")
  .description(
    "Looks in the stack's exported state for the configured secrets and for known kinds of keys in clear. " +
      "Says where, never what: secrets stay in memory",
  )
  .addOption(stackOption())
  .addHelpText(
    "after",
    "\nExit codes: 0 none found, 1 found, or the stack can't be read or has nothing to look at.",
  )
  .action(async ({ stack }: { readonly stack: string }) => {
    const pulumi = await pulumiOf(stack);
    const isClean = await scan(stack, pulumi, await readStack(stack, pulumi), (text) => console.log(text));
    if (!isClean) process.exitCode = 1;
  });

await runCommand(program);
