/** `npm run drift -- --stack <name>`: has anybody changed what the stack manages, behind its back? */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { exitCodes, pulumiOf } from "../pulumi/cli.ts";
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

interface Options extends ResultOptions {
  readonly stack: string;
}

export const command = new Command("drift")
  .description("Compares what a stack manages with the platforms, and changes nothing, the state included")
  .addOption(stackOption())
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    `\nExit codes: ${Object.entries(EXIT_CODES)
      .map(([status, code]) => `${code} ${status}`)
      .join(", ")}.`,
  )
  .action(async ({ stack, ...how }: Options) => {
    const result = await checkDrift(stack, await pulumiOf(stack));
    await tell(result, report(result), how);
    process.exitCode = EXIT_CODES[result.status];
  });
