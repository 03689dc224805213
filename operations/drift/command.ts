/** `npm run drift -- --stack <name>`: has anybody changed what the stack manages, behind its back? */
import { Command } from "commander";
import { stackOption } from "../../settings/stack-name.ts";
import { writeResult } from "../../toolkit/result-file.ts";
import { exitCodes, pulumiOf } from "../pulumi/cli.ts";
import { runCommand } from "../run-command.ts";
import { checkDrift, type DriftResult } from "./check.ts";
import { report } from "./report.ts";

/** The CLI's own, so that either can stand for the other. */
const EXIT_CODES = {
  clean: 0,
  drifted: exitCodes.unexpectedChanges,
  "no such stack": exitCodes.noSuchStack,
  empty: 1,
  "in doubt": 1,
  broken: 1,
} as const satisfies Record<DriftResult["status"], number>;

interface Options {
  readonly stack: string;
  readonly json?: true;
  readonly out?: string;
}

const program = new Command("drift")
  .description("Compares what a stack manages with the platforms, and changes nothing, the state included")
  .addOption(stackOption())
  .option("--json", "for programs")
  .option("--out <file>", "write the JSON there as well")
  .addHelpText(
    "after",
    `\nExit codes: ${Object.entries(EXIT_CODES)
      .map(([status, code]) => `${code} ${status}`)
      .join(", ")}.`,
  )
  .action(async ({ stack, json, out }: Options) => {
    const result = await checkDrift(stack, await pulumiOf(stack));
    const text = JSON.stringify(result, null, 2);
    console.log(json ? text : report(result));
    if (out !== undefined) await writeResult(out, `${text}\n`);
    process.exitCode = EXIT_CODES[result.status];
  });

await runCommand(program);
