import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { folderOf } from "../../operations/adopt/stored.ts";
import { refuseDuringAdoption, whileAdopting } from "../../operations/adopt/under-way.ts";
import { deploy, policyArguments } from "../../operations/deploy/steps.ts";
import type { Ended, Pulumi } from "../../operations/pulumi/cli.ts";
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
    if (call === "refresh") await writeFile(args[args.indexOf("--event-log") + 1] ?? "", refreshed(failing));
    return { code: call === failing ? 1 : 0, stdout: JSON.stringify(answers[call] ?? ""), stderr: "" };
  };
  return { pulumi, calls };
}

/** What the engine reports of a refresh. */
function refreshed(failing?: string): string {
  const crash = { urn: "urn:one", severity: "error", message: "error reading from server: EOF" };
  const events = failing === "refresh" ? [{ diagnosticEvent: crash }] : [];
  return [...events, { summaryEvent: { resourceChanges: { same: 1 } } }]
    .map((e) => JSON.stringify(e))
    .join("\n");
}

async function deployed(outputs: object, failing?: string) {
  const { pulumi, calls } = cli(outputs, failing);
  const printed: string[] = [];
  const failed = await deploy({ stack: "local", pulumi, print: (line) => printed.push(line) });
  return { failed, calls, printed: printed.join("\n") };
}

test("what is left behind, update, convergence, what can be read, policies, secrets: in this order, and all of them", async () => {
  const { failed, calls } = await deployed({ name: "fine" });
  expect(failed).toBeUndefined();
  const begin = ["stack export", "stack export", "up"];
  expect(calls.slice(0, 7)).toEqual([...begin, "preview", "refresh", "stack export", "policy"]);
  expect(calls.slice(7)).toContain("stack export");
});

test("what a vendor says will end is said once more at the end, also where the deployment fails", async () => {
  const said = "Sentry's PUT /x/ is deprecated (components/sentry/objects.ts)";
  for (const succeeds of [true, false]) {
    const printed: string[] = [];
    const { pulumi } = cli({});
    const step = {
      title: "Update",
      run: async ({ print }: { print: (line: string) => void }) => {
        print(`    About to end: ${said}`);
        return succeeds;
      },
    };
    await deploy({ stack: "local", pulumi, print: (line) => printed.push(line) }, [step]);
    expect(printed.at(-1)).toContain(`- ${said}`);
  }
});

test.each([
  ["up", "Update", ["up"]],
  ["preview", "Convergence: a second update would change nothing", ["up", "preview"]],
  ["refresh", "The platforms can be read", ["up", "preview", "refresh"]],
  ["policy", "Policies on the real state", ["up", "preview", "refresh", "stack export", "policy"]],
])("where %s fails, nothing comes after it", async (failing, title, expected) => {
  const calls = ["stack export", "stack export", ...expected];
  expect(await deployed({}, failing)).toMatchObject({ failed: title, calls });
});

test.each([
  ["importing", true],
  ["creating", true],
  ["updating", false],
])(
  "an operation that was cut off while %s stops the deployment before it begins: %s",
  async (type, stops) => {
    const { pulumi, calls } = cli({});
    const state = JSON.stringify({
      deployment: { pending_operations: [{ type, resource: { urn: "urn:pulumi:s::p::t::group" } }] },
    });
    const printed: string[] = [];
    const failed = await deploy({
      stack: "local",
      pulumi: async (args) =>
        args.includes("export") ? { code: 0, stdout: state, stderr: "" } : pulumi(args),
      print: (line) => printed.push(line),
    });
    expect(calls.includes("up")).toBe(!stops);
    if (!stops) return;
    expect(failed).toBe("State: nothing that an update would make a second time");
    expect(printed.join("\n")).toContain(`${type} group`);
  },
);

test("a stack is not deployed while it is adopted, and an adoption that was killed holds nobody up", async () => {
  const stack = `adopting-${process.pid}`;
  const { pulumi, calls } = cli({});
  const attempt = () => deploy({ stack, pulumi, print: () => {} });
  await whileAdopting(stack, async () => {
    await expect(attempt()).rejects.toThrow(/is being adopted by process \d+/);
    await expect(whileAdopting(stack, attempt)).rejects.toThrow("is being adopted");
  });
  expect(calls).toEqual([]);
  const mark = path.join(folderOf(stack), "under-way.json");
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  await writeFile(mark, JSON.stringify({ process: dead }));
  await expect(refuseDuringAdoption(stack)).resolves.toBeUndefined();
  await rm(path.dirname(mark), { recursive: true });
});

test("a resource that can't be read fails the deployment, and is named", async () => {
  const { printed } = await deployed({ name: "fine" }, "refresh");
  expect(printed).toContain("urn:one: error reading from server: EOF");
  expect(printed).toContain("- `urn:one`");
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
