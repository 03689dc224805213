/** How a command ends: an error for people is shown as it is, a defect with where it comes from. */
import type { Command } from "commander";
import colors from "picocolors";
import { SettingsError } from "../settings/messages.ts";
import { messageOf } from "../toolkit/error-message.ts";
import { Failure } from "../toolkit/failure.ts";
import { ToolUnavailableError } from "../toolkit/toolchain/find.ts";
import { StackError } from "./pulumi/cli.ts";
import { Interruption } from "./pulumi/engine-process.ts";

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

const FOR_PEOPLE = [Failure, SettingsError, StackError, ToolUnavailableError];

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

export async function runCommand(program: Command): Promise<void> {
  outliveOutput();
  try {
    await program.parseAsync();
  } catch (error) {
    const isForPeople = FOR_PEOPLE.some((kind) => error instanceof kind) || isOfTheMachine(error);
    const stack = error instanceof Error && !isForPeople ? error.stack : undefined;
    console.error(colors.red(stack ?? messageOf(error)));
    process.exitCode = error instanceof Interruption ? error.exitCode : 1;
  }
}

function isOfTheMachine(error: unknown): boolean {
  return error instanceof Error && "code" in error && OF_THE_MACHINE.has(String(error.code));
}
