/** `npm run deploy -- --stack <name>`: what CI runs on a merge, and a person may run instead. */
import { Command } from "commander";
import { Failure } from "../../toolkit/failure.ts";
import { jsonOption, outOption, type ResultOptions, stackOption, tell } from "../options.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { deploy, steps } from "./steps.ts";

export const command = new Command("deploy")
  .description("Deploys a stack and proves that it has arrived. Asks nobody")
  .addOption(stackOption())
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    `\nSteps, up to the first that fails:\n${steps.map(({ title }) => `  ${title}`).join("\n")}\n\nExit codes: 0 all succeeded, 1 one failed. A rerun converges.`,
  )
  .action(async ({ stack, ...how }: ResultOptions & { readonly stack: string }) => {
    // With --json, standard output is the result's alone.
    const print = how.json ? console.error : console.log;
    const failedAt = await deploy({ stack, pulumi: await pulumiOf(stack), print: (line) => print(line) });
    const said = `\n${stack} is ${failedAt === undefined ? "" : "not "}deployed`;
    await tell({ stack, deployed: failedAt === undefined, failedAt }, said, how);
    if (failedAt !== undefined) throw new Failure(`The deployment of ${stack} failed at: ${failedAt}`);
  });
