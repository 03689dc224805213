/** The pack on the real engine: each rule refuses what its cases say is wrong, all in one preview. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { HostedPackage } from "../../local/host/provider-sessions.ts";
import type { ResourceHandler } from "../../local/host/resource.ts";
import { eventLogEnvironment, type PolicyEvent, readEvents } from "../../operations/pulumi/events.ts";
import { rules } from "../../policies/rules/index.ts";
import type { Properties } from "../../toolkit/property-values.ts";
import { type EngineStack, startEngineStack } from "../support/engine.ts";
import { REPOSITORY } from "../support/program.ts";
import { cases, type Sketch } from "./cases.ts";

const PACK = join(REPOSITORY, "policies");
const PROGRAM = join(REPOSITORY, "test/support/policy-program");
const anything: z.ZodType<Properties> = z.looseObject({});

/** Takes whatever it is given: the pack is to refuse it. */
const handler: ResourceHandler = {
  inputs: anything,
  replaceOn: [],
  create: () => Promise.reject(new Error("nothing is made in a preview")),
  read: async () => undefined,
  update: async () => ({}),
  delete: async () => {},
};

/** A dynamic resource is run by Pulumi's own provider, from code that a sketch does not have. */
const isRunnable = (sketches: readonly Sketch[]) =>
  sketches.every(({ type }) => !type.startsWith("pulumi-nodejs:"));

const stacks = Object.values(cases).flatMap(({ pass, fail }) => [
  ...pass,
  ...fail.map(([, ...stack]) => stack),
]);
const types = new Set(stacks.flat().map(({ type }) => type));

const packages = (["aws", "docker", "grafana", "pagerduty", "sentry"] as const).map((name): HostedPackage => {
  const own = [...types].filter((type) => type.startsWith(`${name}:`));
  const resources = Object.fromEntries(
    own.map((type) => [type, handler as unknown as ResourceHandler<never>]),
  );
  return { name, version: "1.0.0", configuration: anything, connect: async () => ({ resources }) };
});

let stack: EngineStack;
beforeAll(async () => {
  Object.assign(process.env, eventLogEnvironment);
  stack = await startEngineStack({ program: PROGRAM, packages });
});
afterAll(() => stack?.stop());

const eventLog = join(tmpdir(), `policy-events-${process.pid}.json`);

/** Previews these, and returns what the pack of production says. */
async function preview(declared: Record<string, readonly Sketch[]>) {
  await stack.declareAll(declared);
  const configuration = join(PACK, "config/production.json");
  const { code, output } = await stack.pulumi(
    ...["preview", "--event-log", eventLog],
    ...["--policy-pack", PACK, "--policy-pack-config", configuration],
  );
  const events = await readEvents(eventLog);
  return { code, output, policies: events.flatMap(({ policyEvent }) => policyEvent ?? []) };
}

const named = (events: readonly PolicyEvent[]) =>
  [...new Set(events.map(({ policyName }) => policyName))].toSorted();

test("every bad program is refused, by the rule that is for it", async () => {
  const bad = Object.entries(cases).flatMap(([rule, { fail }]) =>
    fail
      .map(([, ...sketches], index) => [`${rule}-${index}`, sketches] as const)
      .filter(([, sketches]) => isRunnable(sketches)),
  );
  const { code, output, policies } = await preview(Object.fromEntries(bad));
  expect(code, output).toBe(1);
  const mandatory = policies.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");
  const expected = rules.filter(({ name }) =>
    cases[name]?.fail.some(([, ...sketches]) => isRunnable(sketches)),
  );
  expect(named(mandatory)).toEqual(expected.map(({ name }) => name).toSorted());
  expect(output).not.toContain("hunter2");
});

test("what is not known yet is told as not checked, and refuses nothing", async () => {
  const { code, policies } = await preview({
    one: cases["docker-container-disallow-floating-image"]?.unknown?.[0] ?? [],
  });
  expect(policies.map(({ enforcementLevel, message }) => [enforcementLevel, message])).toEqual([
    ["advisory", expect.stringContaining("can't run policy 'docker-container-disallow-floating-image'")],
  ]);
  expect(code).toBe(0);
});

test("Pulumi's own language host can start the pack as well", async () => {
  const runner = join(REPOSITORY, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: PACK,
    env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "false" },
  });
  const [port] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  child.kill();
  expect(String(port)).toMatch(/^\d+\n$/);
});
