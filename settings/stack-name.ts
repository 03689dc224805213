/** Names of stacks: one that was misspelt, or was an empty variable, is refused before anything runs. */

import { Failure } from "../toolkit/failure.ts";
import { REPOSITORY } from "../toolkit/repository.ts";
import { stacksIn } from "./stack-files.ts";

/** The project's name in Pulumi.yaml. */
export const PROJECT = "agentpay-monitoring";

/** The stack of this machine: `make up`. */
export const LOCAL_STACK = "local";

/** Stacks of the project. */
export function stackNames(): readonly string[] {
  return stacksIn(REPOSITORY);
}

/**
 * The name of a stack as it was given, such as `production` or `acme/agentpay-monitoring/production`.
 * @throws Failure for people, where the project has no such stack
 */
export function knownStack(name: string): string {
  const parts = name.split("/");
  const isWritten = parts.length <= 3 && parts.every((part) => /^\w[\w.-]*$/.test(part));
  if (isWritten && stackNames().includes(environmentOf(name))) return name;
  const said = name.trim() === "" ? "no name" : `"${name}"`;
  throw new Failure(
    `${said}: expected a stack of this project (${stackNames().join(", ")}). A new one needs its file, Pulumi.<stack>.yaml`,
  );
}

/** The stack's last name, which is that of its environment. */
export function environmentOf(stack: string): string {
  return stack.split("/").at(-1) ?? stack;
}
