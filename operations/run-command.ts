/** How a command ends: an error for people is shown as it is, a defect with where it comes from. */
import type { Command } from "commander";
import colors from "picocolors";
import { messageOf } from "../toolkit/error-message.ts";
import { Failure } from "../toolkit/failure.ts";

/** What the machine refuses: a full disk, a folder that is not there or not ours. No defect of a command. */
const OF_THE_MACHINE = new Set([
  "EACCES",
  "EDQUOT",
  "EIO",
  "EISDIR",
  "EMFILE",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/**
 * Output that can't be written ends no command half-way. A reader that has seen enough (`| head`) is no failure; a full
 * disk is one, at the end.
 */
function outliveOutput(): void {
  let isTold = false;
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (isTold || code === "EPIPE") return;
    isTold = true;
    console.error(colors.red(`The output can't be written: ${code}. The command goes on without it.`));
    process.once("exit", () => {
      process.exitCode ||= 1;
    });
  });
}

/** Runs what the command line asks for, and ends the process as it went. */
export async function runCommand(program: Command): Promise<void> {
  outliveOutput();
  try {
    await program.parseAsync();
  } catch (error) {
    const stack = error instanceof Error && !isForPeople(error) ? error.stack : undefined;
    console.error(colors.red(stack ?? messageOf(error)));
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}

/** Anything else is a defect of ours: where it is matters. */
function isForPeople(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isForPeople);
  return error instanceof Failure || isOfTheMachine(error);
}

function isOfTheMachine(error: unknown): boolean {
  return error instanceof Error && "code" in error && OF_THE_MACHINE.has(String(error.code));
}
