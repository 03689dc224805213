/** `npm run official`: the whole program on official provider plugins, from nothing to nothing. */
import { Command } from "commander";
import { runCommand } from "../../operations/run-command.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { foundPlugins } from "../cli/official-plugins.ts";
import { plainTable } from "../cli/summary.ts";
import { findEngine } from "../platforms/docker/provider/driver-choice.ts";
import { PROVIDERS_VARIABLE } from "./providers.ts";
import { LOCAL, ownStack, PORT_OFFSET } from "./stack.ts";
import { steps } from "./steps.ts";

interface Options {
  readonly providers: string;
  readonly drill: boolean;
}

const program = new Command("official")
  .description(
    "Deploys the program on a local stack of its own with official provider plugins; sees that nothing changes by itself,\n" +
      "that a change and a drift are what they should be, that it pages; and removes it. A running local stack is not disturbed.",
  )
  .option(
    "--providers <names>",
    "official, a list such as pagerduty,sentry, or at-hand: those whose plugin is on this machine",
    process.env[PROVIDERS_VARIABLE]?.trim() || "official",
  )
  .option("--no-drill", "leave out the live drill, which takes 6 minutes")
  .addHelpText(
    "after",
    `\nSteps, up to the first that fails:\n${steps.map(({ title }) => `  ${title}`).join("\n")}\n\nExit codes: 0 all succeeded, 1 one failed.`,
  )
  .action(run);

async function run({ providers, drill }: Options): Promise<void> {
  const chosen = providers === "at-hand" ? await atHand() : providers;
  console.log(`Official plugins: ${chosen}`);
  const stack = await ownStack(chosen, PORT_OFFSET);
  const rows: string[][] = [];
  let failure: string | undefined;
  for (const { title, run: runStep } of steps) {
    if (failure !== undefined) break;
    if (title === "live drill" && !drill) continue;
    const began = Date.now();
    const outcome = await runStep(stack).catch((error: unknown) => {
      failure = messageOf(error);
      return "FAILED";
    });
    const seconds = `${Math.round((Date.now() - began) / 1000)} s`;
    console.log(`${title}: ${outcome} (${seconds})`);
    rows.push([title, outcome, seconds]);
  }
  // Before they go with the stack.
  const logs = failure === undefined ? undefined : await stack.keepLogs();
  const { code, output } = await stack.run(LOCAL, "down", "--force");
  console.log(`\n${plainTable(["Step", "Seen", "Took"], rows)}`);
  if (failure !== undefined)
    throw new Failure(logs === undefined ? failure : `${failure}\nThe stack's logs: ${logs}`);
  if (code !== 0)
    throw new Failure(`The stack could not be removed:\n${output}\nIts state is in ${stack.home}`);
  await stack.remove();
}

/** The providers whose plugin is on this machine; docker only where an engine answers. */
async function atHand(): Promise<string> {
  const found = await foundPlugins();
  const engine = await findEngine({});
  const usable = found.filter((name) => name !== "docker" || engine !== undefined);
  if (usable.length === 0) throw new Failure("There is no official provider plugin on this machine.");
  return usable.join(",");
}

await runCommand(program);
