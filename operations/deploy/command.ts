/** `npm run deploy -- --stack <name>`: what CI runs on a merge, and a person may run instead. */
import { Command } from "commander";
import { stackOption } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import { pulumiOf } from "../pulumi/cli.ts";
import { runCommand } from "../run-command.ts";
import { deploy, steps } from "./steps.ts";

const program = new Command("deploy")
  .description("Deploys a stack and proves that it has arrived. Asks nobody")
  .addOption(stackOption())
  .addHelpText(
    "after",
    `\nSteps, up to the first that fails:\n${steps.map(({ title }) => `  ${title}`).join("\n")}\n\nExit codes: 0 all succeeded, 1 one failed. A rerun converges.`,
  )
  .action(async ({ stack }: { readonly stack: string }) => {
    const failed = await deploy({ stack, pulumi: await pulumiOf(stack), print: (line) => console.log(line) });
    if (failed !== undefined) throw new Failure(`\nThe deployment of ${stack} failed at: ${failed}`);
    console.log(`\n${stack} is deployed`);
  });

await runCommand(program);
