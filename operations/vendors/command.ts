/** `npm run ops -- vendors <verb>`: what we rely on of others, which is docs/vendors.md. */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, tell } from "../options.ts";
import { checkVendors, type VendorsResult } from "./check.ts";
import { report } from "./report.ts";

const EXIT_CODES = { clean: 0, moved: 7, incomplete: 5 } as const satisfies Record<
  VendorsResult["status"],
  number
>;
const TIMEOUT_MILLISECONDS = 30_000;

export const command = new Command("vendors").description("What we rely on of others: docs/vendors.md");

command
  .command("check")
  .description("compares it with what the vendors publish today, and with the calendar")
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nExit codes: 0 clean, 7 something moved or ends within 60 days, 5 nothing did but a source could not be asked.",
  )
  .action(async (how: ResultOptions) => {
    const ask = (url: string, init = {}) =>
      fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    const result = await checkVendors(ask, new Date());
    await tell(result, report(result), how);
    process.exitCode = EXIT_CODES[result.status];
  });
