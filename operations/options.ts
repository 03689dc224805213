/** The options that verbs share: they are called the same, and mean the same, wherever they are. */
import { InvalidArgumentError, Option } from "commander";
import { knownStack, stackNames } from "../settings/stack-name.ts";
import { Failure } from "../toolkit/failure.ts";
import { writeResult } from "../toolkit/result-file.ts";

/** `--stack <name>`. A name may be given with its organization and project; the choices are what a shell completes. */
export function stackOption(description = "a stack of this project"): Option {
  return new Option("-s, --stack <name>", description)
    .choices([...stackNames()])
    .argParser(oneStack)
    .makeOptionMandatory();
}

/** @param before the name that was given first: the second would count, and nobody would see it */
function oneStack(name: string, before?: string): string {
  const stack = parseStack(name);
  if (before === undefined || before === stack) return stack;
  throw new InvalidArgumentError(`${before} is named as well: a command is about one stack.`);
}

/** @throws InvalidArgumentError, which commander shows beside the option */
export function parseStack(name: string): string {
  try {
    return knownStack(name);
  } catch (error) {
    throw error instanceof Failure ? new InvalidArgumentError(error.message) : error;
  }
}

/** `--json`. */
export function jsonOption(): Option {
  return new Option("--json", "print the result as JSON");
}

/** `--out <file>`. */
export function outOption(description = "write the result as JSON there as well"): Option {
  return new Option("-o, --out <file>", description).argParser(path);
}

/** An unset variable is no path. */
export function path(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must name a file or folder.");
  return text;
}

/** How a verb's result is told. */
export interface ResultOptions {
  readonly json?: true;
  readonly out?: string;
}

/**
 * Prints a result, and writes it where `--out` says.
 * @param result for programs
 * @param text for people
 */
export async function tell(result: unknown, text: string, { json, out }: ResultOptions): Promise<void> {
  const asJson = JSON.stringify(result, null, 2);
  console.log(json ? asJson : text);
  if (out !== undefined) await writeResult(out, `${asJson}\n`);
}
