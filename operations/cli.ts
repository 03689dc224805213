/** `npm run ops -- <verb>`: everything that people and CI run, but for the local stack. */
import "../toolkit/compile-cache.ts";
import { Command } from "commander";
import { runCommand } from "./run-command.ts";
import { type Verb, verbGroups } from "./verbs.ts";

/** Each is `npm run <name>`, with its own `--help`. */
const LOCAL = `
The local stack has commands of its own, with --help each:
  npm run local -- <verb>   start it, stop it, look at it, draw its dashboards
  npm run pulumi -- <args>  run Pulumi on it
  npm run drill             break what the alerts watch, and see them ring
  npm run bench -- <what>   measure on this machine
  npm run cost-report       run its cost report now`;

const COMPLETION = "completion";
/** What a completion script calls, with the words of the line that is completed. */
const COMPLETE = "complete";

/** The script for bash takes this function from the package bash-completion, which not every machine has. */
const WITHOUT_BASH_COMPLETION = `
declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
  words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
  cur=\${words[cword]} prev=\${words[cword - 1]}
}`;

/** @param args of the command line: the verb that they name is loaded, and no other */
async function ops(args: readonly string[]): Promise<Command> {
  const [first, second] = args.filter((word) => !word.startsWith("-"));
  const asked = first === COMPLETE ? second : first;
  const program = new Command("ops")
    .description("Run AgentPay's monitoring: stacks, servers, this project")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText("after", LOCAL);
  for (const [group, verbs] of Object.entries(verbGroups)) {
    for (const verb of verbs) {
      const command = verb.name === asked ? (await verb.load()).command : placeholder(verb);
      program.addCommand(command.summary(verb.summary).helpGroup(group));
    }
  }
  if (first === COMPLETION || first === COMPLETE) await addCompletion(program);
  else program.addCommand(new Command(COMPLETION));
  program.commands
    .find((command) => command.name() === COMPLETION)
    ?.summary("print a script that completes verbs and options: bash, zsh, fish")
    .helpGroup("This project:");
  return program;
}

/** Stands for a verb that is not asked for. */
function placeholder({ name, verbs = [] }: Verb): Command {
  const command = new Command(name);
  for (const verb of verbs) command.command(verb);
  return command;
}

/** A verb with its own verbs, such as `rules sync`. */
function termOf(command: Command): string {
  const nested = command.commands.map((each) => each.name()).join("|");
  return nested === "" ? command.name() : `${command.name()} ${nested}`;
}

async function addCompletion(program: Command): Promise<void> {
  const { default: completion } = await import("@bomb.sh/tab/commander");
  completion(program, { completionCommandName: COMPLETION });
  program.hook("postAction", (_, { args: [shell] }) => {
    if (shell === "bash") console.log(WITHOUT_BASH_COMPLETION);
  });
}

await runCommand(await ops(process.argv.slice(2)));
