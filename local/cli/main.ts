/** The command line of the local stack: `npm run -s local -- <command>`. */
import "../../toolkit/compile-cache.ts";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../../operations/run-command.ts";

const program = new Command("local")
  .description("AgentPay's monitoring on this machine: the real engine and servers, with simulated platforms")
  .enablePositionalOptions()
  .addHelpText(
    "after",
    `
Environment:
  AGENTPAY_LOCAL_HOME         where the local stack keeps its state (default: .local in the repository)
  AGENTPAY_LOCAL_PORT_OFFSET  added to every port, to run beside another local stack (default: 0)
  AGENTPAY_LOCAL_APP          simulation or example: which AgentPay is watched (default: the simulation)
  AGENTPAY_LOCAL_DRIVER       docker or process: how the servers run (default: docker where an engine answers)
  AGENTPAY_LOCAL_PROVIDERS    official, stand-ins or a list such as pagerduty,sentry: providers that are official
                              plugins (default: what the stack was made with, at first stand-ins)
  AGENTPAY_LOCAL_ENGINE       prometheus or cortex: what has the samples and rules; cortex is a real one in the place of
                              Amazon's (default: what the stack was made with, at first prometheus)
  AGENTPAY_TOOL_SOURCES       where tools may come from: path, cache, download, build (default: all, in this order)

Exit codes: 0 done, 1 failed; pulumi: the engine's own.`,
  );

// Each verb loads its own modules: those of `up` take most of a second.
program
  .command("up")
  .description("start everything; heals what an earlier run has left")
  .action(async () => (await import("./up.ts")).up());

program
  .command("down")
  .description("destroy everything through the engine, stop what up started, remove its state")
  .option("--force", "go on where the engine can't destroy everything")
  .action(async (options) => (await import("./down.ts")).down(options));

program
  .command("status")
  .description("what runs; exits 1 where only a part of it does")
  .option("--json", "for programs")
  .action(async (options) => {
    process.exitCode = await (await import("./status.ts")).status(options);
  });

program
  .command("pulumi")
  .description("run the engine on the local stack: pulumi -- preview --diff")
  .argument("[args...]", "arguments of the engine")
  .helpOption(false)
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (args: string[]) => {
    process.exitCode = await (await import("./pulumi.ts")).pulumi(args);
  });

program
  .command("logs")
  .description("list the logs, or print the end of one")
  .argument("[log]")
  .option("-f, --follow", "go on printing")
  .option("-n, --lines <number>", "how many lines", wholeNumber, "50")
  .action(async (log, options) => (await import("./logs.ts")).logs(log, options));

function wholeNumber(text: string): string {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return text;
}

await runCommand(program);
