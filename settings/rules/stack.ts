/** The stack's name: it is part of every name that the stack gives, and the guards of production go by it. */
import type { Problem } from "../messages.ts";

/** An IAM role's name has 64 characters (IAM quotas), of which our longest suffix and `agentpay-` take 40. */
const LONGEST = 24;

/** @param stacks those of the project */
export function stackProblems(environment: string, stacks: readonly string[]): Problem[] {
  const key = `the name of the stack, "${environment.slice(0, 100)}"`;
  const refused = (expected: string): Problem[] => [{ key, expected, text: "file" }];
  if (environment !== "production" && /^prod/i.test(environment)) {
    return refused("production: what guards and protects production goes by that name");
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(environment) || environment.length > LONGEST) {
    return refused(
      `a name such as staging: lower-case letters, digits and dashes, at most ${LONGEST} of them`,
    );
  }
  const other = stacks.find((name) => isBeginningOf(name, environment) || isBeginningOf(environment, name));
  if (other !== undefined) {
    return refused(
      `a name that does not go on from another stack's, nor it from this one: CI's role of one would reach what ${other} has`,
    );
  }
  return [];
}

/** Of names and what begins with them, such as `agentpay-staging-*`, CI's roles and the guards are made. */
const isBeginningOf = (name: string, longer: string) => longer.startsWith(`${name}-`);
