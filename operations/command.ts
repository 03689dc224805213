/** `npm run ops -- <what>`: what keeps the project itself in order, and rules in an engine elsewhere. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { stackOption } from "../settings/stack-name.ts";
import { REPOSITORY } from "../toolkit/repository.ts";
import { reportOf } from "./rulers/report.ts";
import { RulerApi } from "./rulers/ruler-api.ts";
import { rulerTargetOf } from "./rulers/stack.ts";
import { syncRules } from "./rulers/sync.ts";
import { runCommand } from "./run-command.ts";
import { checkVendors, type VendorsResult } from "./vendors/check.ts";
import { reliances } from "./vendors/reliances.ts";
import { report, vendorsPage } from "./vendors/report.ts";
import { readStack } from "./verify/stack.ts";

const EXIT_CODES = { clean: 0, moved: 7, incomplete: 5 } as const satisfies Record<
  VendorsResult["status"],
  number
>;
const TIMEOUT_MILLISECONDS = 30_000;

const program = new Command("ops").description(
  "Keeps the project in order, and its rules in an engine elsewhere",
);
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
    await writeFile(join(REPOSITORY, file), vendorsPage(reliances));
    console.log(`wrote ${file}`);
  });

const rules = program
  .command("rules")
  .description("rules in an engine elsewhere (Cortex, Mimir, Grafana Cloud)");

rules
  .command("sync")
  .description("loads the stack's rules there, and the configuration of the engine's own Alertmanager")
  .addOption(stackOption())
  .option("--check", "changes nothing, and says what differs")
  .option("--json", "for programs")
  .addHelpText(
    "after",
    "\nOnly the namespace agentpay-<environment> of the stack's tenant is read or written: what is in it and not of the stack is removed." +
      "\nExit codes: 0 the engine has what it should have, 7 it differs (--check), 1 it could not be asked, or refused something.",
  )
  .action(async ({ stack, check, json }: { stack: string; check?: true; json?: true }) => {
    const { access, namespace, wanted, secrets } = rulerTargetOf(await readStack(stack), stack);
    const { difference, converged } = await syncRules(new RulerApi(access, secrets), {
      namespace,
      wanted,
      check: check ?? false,
      onProgress: (line) => (json ? undefined : console.log(line)),
    });
    console.log(
      json
        ? JSON.stringify({ stack, namespace, converged, ...difference }, null, 2)
        : reportOf(namespace, difference),
    );
    if (!converged) process.exitCode = EXIT_CODES.moved;
  });

await runCommand(program);
