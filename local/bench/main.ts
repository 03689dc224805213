/** `npm run bench -- <what>`: measurements on this machine. They print figures to compare, and judge nothing. */
import { Command } from "commander";
import { runCommand } from "../../operations/run-command.ts";
import { dashboards } from "./dashboards/command.ts";
import { instrumentation } from "./instrumentation/command.ts";
import { report } from "./report.ts";

const program = new Command("bench")
  .description("Measure on this machine: figures to compare with one another, not with another machine's")
  .addCommand(dashboards)
  .addCommand(instrumentation)
  .addCommand(report)
  .addHelpText("after", "\nExit codes: 0 measured, 1 could not be measured.");

await runCommand(program);
