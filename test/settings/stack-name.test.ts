import { expect, test } from "vitest";
import { pulumiOf } from "../../operations/pulumi/cli.ts";
import { knownStack, stackNames } from "../../settings/stack-name.ts";

/** None of them may reach the engine, for which an empty name is "whichever stack is selected". */
const REFUSED = [
  ...["", " ", "\t", "nowhere", "Production", "PRODUCTION", " production", "production ", "production\n"],
  ...["acme//production", "/production", "production/", "a/b/c/production", "acme/nowhere", "../production"],
  ...["--help", "production --yes", "*", "prod\u0000uction", "constructor"],
];

test("the project's stacks are those that have a file", () => {
  expect(stackNames().toSorted()).toEqual(["local", "production", "staging"]);
});

test.each(["production", "acme/production", "acme/agentpay-monitoring/staging"])("%s is a stack", (name) => {
  expect(knownStack(name)).toBe(name);
});

test.each(REFUSED)("%j is none: it is refused, with the stacks that there are", async (name) => {
  expect(() => knownStack(name)).toThrow("expected a stack of this project (");
  await expect(pulumiOf(name)).rejects.toThrow("expected a stack of this project (");
});
