/** `npm run ops -- <what>`: what keeps the project itself in order. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { runCommand } from "../run-command.ts";
import { checkVendors, type VendorsResult } from "../vendors/check.ts";
import { reliances } from "../vendors/reliances.ts";
import { report, vendorsPage } from "../vendors/report.ts";

const EXIT_CODES = { clean: 0, moved: 7, incomplete: 5 } as const satisfies Record<
  VendorsResult["status"],
  number
>;
const TIMEOUT_MILLISECONDS = 30_000;

const program = new Command("ops").description("Keeps the project itself in order");
const vendors = program.command("vendors").description("what we rely on of others: docs/vendors.md");

vendors
  .command("check")
  .description("compares it with what the vendors publish today, and with the calendar")
  .option("--json", "for programs")
  .option("--out <file>", "write the JSON there as well")
  .addHelpText(
    "after",
    "\nExit codes: 0 clean, 7 something moved or ends within 60 days, 5 nothing did but a source could not be asked.",
  )
  .action(async ({ json, out }: { json?: true; out?: string }) => {
    const ask = (url: string, init = {}) =>
      fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    const result = await checkVendors(ask, new Date());
    const text = JSON.stringify(result, null, 2);
    console.log(json ? text : report(result));
    if (out !== undefined) await writeFile(out, `${text}\n`);
    process.exitCode = EXIT_CODES[result.status];
  });

vendors
  .command("table")
  .description("writes docs/vendors.md anew")
  .action(async () => {
    const file = "docs/vendors.md";
    await writeFile(join(import.meta.dirname, "..", file), vendorsPage(reliances));
    console.log(`wrote ${file}`);
  });

await runCommand(program);
