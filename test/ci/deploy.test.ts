import { expect, test } from "vitest";
import { deploy, policyArguments } from "../../ci/deploy/steps.ts";
import type { Ended, Pulumi } from "../../pulumi-cli.ts";
import { configurationOf } from "../support/program.ts";
import { sentinel } from "../support/secrets.ts";

/** A CLI whose stack is the local one with sentinels for secrets, and whose state has these outputs. */
function cli(outputs: object, failing?: string): { pulumi: Pulumi; calls: string[] } {
  const calls: string[] = [];
  const configuration = Object.fromEntries(
    Object.entries(configurationOf("local")).map(([key, value]) => [
      `agentpay-monitoring:${key}`,
      typeof value === "string" ? { value } : { value: JSON.stringify(value), objectValue: value },
    ]),
  );
  const answers: Readonly<Record<string, unknown>> = {
    config: configuration,
    "stack output": {},
    "stack export": { deployment: { resources: [{ urn: "urn:one", type: "t", custom: true, outputs }] } },
  };
  const pulumi = async (args: readonly string[]): Promise<Ended> => {
    const call = args.slice(0, args[0] === "stack" ? 2 : 1).join(" ");
    calls.push(call);
    return { code: call === failing ? 1 : 0, stdout: JSON.stringify(answers[call] ?? ""), stderr: "" };
  };
  return { pulumi, calls };
}

async function deployed(outputs: object, failing?: string) {
  const { pulumi, calls } = cli(outputs, failing);
  const printed: string[] = [];
  const failed = await deploy({ stack: "local", pulumi, print: (line) => printed.push(line) });
  return { failed, calls, printed: printed.join("\n") };
}

test("what is left behind, update, convergence, policies, secrets: in this order, and all of them", async () => {
  const { failed, calls } = await deployed({ name: "fine" });
  expect(failed).toBeUndefined();
  expect(calls.slice(0, 4)).toEqual(["stack export", "up", "preview", "policy"]);
  expect(calls.slice(4)).toContain("stack export");
});

test.each([
  ["up", "Update", ["stack export", "up"]],
  ["preview", "Convergence: a second update would change nothing", ["stack export", "up", "preview"]],
  ["policy", "Policies on the real state", ["stack export", "up", "preview", "policy"]],
])("where %s fails, nothing comes after it", async (failing, title, expected) => {
  expect(await deployed({}, failing)).toMatchObject({ failed: title, calls: expected });
});

test("a secret in clear in the state fails the deployment, by its place", async () => {
  const token = sentinel("sentry.token");
  const { failed, printed } = await deployed({ echo: `token ${token}` });
  expect(failed).toBe("No secret in clear in the state");
  expect(printed).toContain("outputs.echo: sentry.token");
  expect(printed).not.toContain(token);
});

test("the policies' levels are those of the environment, whatever the stack's full name", () => {
  expect(policyArguments("acme/agentpay-monitoring/production").at(-1)).toMatch(
    /policies\/config\/production.json$/,
  );
  expect(policyArguments("elsewhere")).toHaveLength(2);
});
