/** `npm run verify -- --stack <name>`: the guide's monitoring checklist, proven on the live stack. */
import { Command } from "commander";
import colors from "picocolors";
import { messageOf } from "../local/engine/errors.ts";
import { ToolUnavailableError } from "../local/toolchain/find.ts";
import { StackError } from "../pulumi-cli.ts";
import { SettingsError } from "../settings.ts";
import { runChecks } from "./check.ts";
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
  .requiredOption("--stack <name>", "production, staging, local, ...")
  .option("--json", "for programs")
  .addHelpText("after", "\nExit codes: 0 nothing failed, 1 something failed or the stack can't be read.")
  .action(verify);

async function verify({ stack: name, json }: Options): Promise<void> {
  const stack = await readStack(name);
  const results = withoutSecrets(await runChecks(checklist, stack), stack);
  console.log(json ? JSON.stringify({ stack: name, results }, null, 2) : report(name, results, colors));
  if (results.some(({ status }) => status === "failed")) process.exitCode = 1;
}

try {
  await program.parseAsync();
} catch (error) {
  const isForPeople = [StackError, SettingsError, ToolUnavailableError].some((kind) => error instanceof kind);
  console.error(
    colors.red(isForPeople || !(error instanceof Error) ? messageOf(error) : (error.stack ?? "")),
  );
  process.exitCode = 1;
}
