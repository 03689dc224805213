/**
 * What can go wrong around an update, on the real engine. Whatever happens, the state loads, the next `up` converges, and the platform has nothing twice.
 */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type EngineStack, startEngineStack } from "./support/engine.ts";

let stack: EngineStack;
beforeAll(async () => {
  stack = await startEngineStack();
});
afterAll(() => stack?.stop());
beforeEach(() => {
  stack.platform.before = () => {};
  stack.platform.refusal = undefined;
  stack.platform.calls.length = 0;
});

const UPDATE = ["up", "--yes", "--skip-preview"] as const;
const thing = (name: string) => ({ name, inputs: { name } });
const declare = (...names: string[]) => stack.declare(...names.map(thing));
const urnOf = (name: string) => `urn:pulumi:local::engine-test::sentry:test/thing:Thing::${name}`;

interface State {
  readonly deployment: {
    readonly resources: readonly { readonly urn: string }[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: { urn: string } }[];
  };
}

/** URNs of what was being made. @throws where the state doesn't load */
async function pendingCreates(): Promise<readonly string[]> {
  const { deployment } = JSON.parse(await stack.state()) as State;
  return (deployment.pending_operations ?? []).map(({ resource }) => resource.urn).toSorted();
}

/** The next update succeeds, nothing is left to do or in doubt, and the platform has each of these once. */
async function expectConverged(...names: string[]): Promise<void> {
  const { code, output } = await stack.pulumi(...UPDATE);
  expect(code, output).toBe(0);
  expect(await pendingCreates()).toEqual([]);
  const live = [...stack.platform.things.values()].map(({ name }) => name);
  expect(live.toSorted()).toEqual(names.toSorted());
}

test("a call that fails, is limited or times out loses nothing else: its reason is shown, and a rerun makes it", async () => {
  await declare("one", "two", "three", "four");
  const reasons: Readonly<Record<string, string>> = {
    "create two": "Sentry refused POST /things (429): too many requests, retry after 60 s",
    "create three": "Sentry does not answer at https://sentry.example (timeout after 30 s)",
  };
  stack.platform.before = (call) => {
    const reason = reasons[call];
    if (reason !== undefined) throw new Error(reason);
  };
  const failed = await stack.pulumi(...UPDATE, "--continue-on-error");
  expect(failed.code).toBe(1);
  for (const reason of Object.values(reasons)) expect(failed.output).toContain(reason);
  const { deployment } = JSON.parse(await stack.state()) as State;
  const known = deployment.resources.map(({ urn }) => urn).filter((urn) => urn.includes("test/thing"));
  expect(known.toSorted()).toEqual([urnOf("four"), urnOf("one")]);
  expect(await pendingCreates()).toEqual([]);

  stack.platform.before = () => {};
  await expectConverged("one", "two", "three", "four");
});

test("the second of several calls fails, whichever it is, and a rerun makes the rest", async () => {
  const names = ["one", "two", "three", "four", "five", "six", "seven"];
  await declare(...names);
  stack.platform.before = () => {
    if (stack.platform.calls.length === 2)
      throw new Error("Sentry refused POST /things (500): internal error");
  };
  const failed = await stack.pulumi(...UPDATE);
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("(500): internal error");
  stack.platform.before = () => {};
  await expectConverged(...names);
});

test("a wrong passphrase and an expired token are named, and nothing changes", async () => {
  const before = await readFile(stack.stateFile);
  const locked = await stack.pulumiIn({ PULUMI_CONFIG_PASSPHRASE: "wrong" }, "up", "--yes");
  expect(locked.code).toBe(1);
  expect(locked.output).toContain("incorrect passphrase");
  expect((await readFile(stack.stateFile)).equals(before)).toBe(true);

  const names = ["one", "two", "three", "four", "five", "six", "seven"];
  await declare(...names, "eight");
  stack.platform.refusal = "Sentry refused (401): the token has expired";
  const expired = await stack.pulumi(...UPDATE);
  expect(expired.code).toBe(1);
  expect(expired.output).toContain("(401): the token has expired");
  expect(stack.platform.calls).toEqual([]);

  stack.platform.refusal = undefined;
  await expectConverged(...names, "eight");
});

test("a corrupted state is refused, and its backup with a refresh brings it back", async () => {
  const names = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
  const whole = await readFile(stack.stateFile, "utf8");
  await writeFile(stack.stateFile, whole.slice(0, whole.length / 2));
  const refused = await stack.pulumi(...UPDATE);
  expect(refused.code).not.toBe(0);
  expect(stack.platform.calls).toEqual([]);

  await copyFile(`${stack.stateFile}.bak`, stack.stateFile);
  expect((await stack.pulumi("refresh", "--yes", "--skip-preview")).code).toBe(0);
  await expectConverged(...names);
});
