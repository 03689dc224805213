/** `npm run secrets:scan -- --stack <name>`: is a secret in clear in the stack's state? */
import { Command } from "commander";
import { pulumiOf } from "../../pulumi-cli.ts";
import { readStack } from "../../verify/stack.ts";
import { runCommand } from "../run-command.ts";
import { exportedState, findingsOf, report } from "./scan.ts";

const program = new Command("secrets:scan")
  .description(
    "Looks in the stack's exported state for the configured secrets and for known kinds of keys in clear. " +
      "Says where, never what: secrets stay in memory",
  )
  .requiredOption("--stack <name>", "production, staging, local, ...")
  .addHelpText("after", "\nExit codes: 0 none found, 1 found or the stack can't be read.")
  .action(async ({ stack }: { readonly stack: string }) => {
    const pulumi = await pulumiOf(stack);
    const findings = findingsOf(await exportedState(pulumi), await readStack(stack, pulumi));
    console.log(report(stack, findings));
    if (findings.length > 0) process.exitCode = 1;
  });

await runCommand(program);
