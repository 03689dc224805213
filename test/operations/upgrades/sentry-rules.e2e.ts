/** A stack whose state has Sentry's old alert rules, on the real engine, with a provider whose API is gone. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { HostedPackage } from "../../../local/host/provider-sessions.ts";
import type { ResourceHandler } from "../../../local/host/resource.ts";
import { letGoOfSentryRules } from "../../../operations/upgrades/sentry-rules.ts";
import type { Properties } from "../../../toolkit/property-values.ts";
import { type EngineStack, startEngineStack } from "../../support/engine.ts";
import { REPOSITORY } from "../../support/program.ts";

const ISSUE_ALERT = "sentry:index/sentryIssueAlert:SentryIssueAlert";
const METRIC_ALERT = "sentry:index/sentryMetricAlert:SentryMetricAlert";
const TEAM = "sentry:index/sentryTeam:SentryTeam";
const anything: z.ZodType<Properties> = z.looseObject({});

let isGone = false;
const asked: string[] = [];
const rule: ResourceHandler = {
  inputs: anything,
  replaceOn: [],
  create: async (inputs) => ({ id: `id-of-${String(inputs["name"])}`, outputs: {} }),
  async read(id, last) {
    asked.push(`read ${id}`);
    if (isGone) throw new Error('Sentry answered 410: {"message":"This API no longer exists."}');
    return { inputs: last.inputs, outputs: {} };
  },
  update: async () => ({}),
  async delete(id) {
    asked.push(`delete ${id}`);
    if (isGone) throw new Error('Sentry answered 410: {"message":"This API no longer exists."}');
  },
};
const team: ResourceHandler = { ...rule, read: async (_, last) => ({ inputs: last.inputs, outputs: {} }) };

const sentry: HostedPackage = {
  name: "sentry",
  version: "0.0.9",
  configuration: anything,
  connect: async () => ({
    resources: Object.fromEntries(
      [ISSUE_ALERT, METRIC_ALERT, TEAM].map((type) => [
        type,
        (type === TEAM ? team : rule) as unknown as ResourceHandler<never>,
      ]),
    ),
  }),
};

let stack: EngineStack;
beforeAll(async () => {
  const program = join(REPOSITORY, "test/support/policy-program");
  stack = await startEngineStack({ program, packages: [sentry] });
});
afterAll(() => stack?.stop());

const up = () => stack.pulumi("up", "--yes", "--skip-preview");

test("the engine would ask the API that is gone; once the state has let go, the update and the drift check pass", async () => {
  const kept = { type: TEAM, name: "team", props: { name: "team" } };
  const rules = [
    { type: ISSUE_ALERT, name: "spike", props: { name: "spike" }, protect: true },
    { type: METRIC_ALERT, name: "latency", props: { name: "latency" } },
  ];
  await stack.declareAll({ all: [kept, ...rules] });
  expect((await up()).code).toBe(0);

  isGone = true;
  await stack.declareAll({ all: [kept] });
  const refused = await up();
  expect(refused.code).not.toBe(0);
  asked.length = 0;

  const urns = await letGoOfSentryRules(async (args) => {
    const { code, stdout, stderr } = await stack.pulumi(...args);
    return { code: code ?? 1, stdout, stderr };
  });
  expect(urns.map((urn) => urn.split("::").at(-1)).toSorted()).toEqual(["all-latency", "all-spike"]);
  const after = await up();
  expect(after.code, after.output).toBe(0);
  expect(await stack.pulumi("refresh", "--preview-only", "--expect-no-changes")).toMatchObject({ code: 0 });
  expect(asked).toEqual([]);
  expect(await stack.state()).toContain(TEAM);
});
