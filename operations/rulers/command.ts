/** `npm run ops -- rules <verb>`: rules in an engine elsewhere (Cortex, Mimir, Grafana Cloud). */
import { Command } from "commander";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { readStack } from "../verify/stack.ts";
import { reportOf } from "./report.ts";
import { RulerApi } from "./ruler-api.ts";
import { rulerTargetOf } from "./stack.ts";
import { syncRules } from "./sync.ts";

const DIFFERS = 7;

export const command = new Command("rules").description(
  "Rules in an engine elsewhere (Cortex, Mimir, Grafana Cloud)",
);

command
  .command("sync")
  .description("loads the stack's rules there, and the configuration of the engine's own Alertmanager")
  .addOption(stackOption())
  .option("--check", "changes nothing, and says what differs")
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nOnly the namespace agentpay-<environment> of the stack's tenant is read or written: what is in it and not of the stack is removed." +
      `\nExit codes: 0 the engine has what it should have, ${DIFFERS} it differs (--check), 1 it could not be asked, or refused something.`,
  )
  .action(async ({ stack, check, ...how }: ResultOptions & { stack: string; check?: true }) => {
    const { access, namespace, wanted, secrets } = rulerTargetOf(await readStack(stack), stack);
    const { difference, converged } = await syncRules(new RulerApi(access, secrets), {
      namespace,
      wanted,
      check: check ?? false,
      onProgress: (line) => (how.json ? undefined : console.log(line)),
    });
    await tell({ stack, namespace, converged, ...difference }, reportOf(namespace, difference), how);
    if (!converged) process.exitCode = DIFFERS;
  });
