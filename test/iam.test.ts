/** What every stack asks of IAM, and the tags of everything: over all that the program registers. */
import { describe, expect, test } from "vitest";
import { tags } from "../components/shared/tags.ts";
import { checkInputs } from "../local/host/validation.ts";
import { resourceTypes } from "../local/platforms/aws/provider/index.ts";
import { statementsOf } from "../local/platforms/aws/provider/policy-document.ts";
import type { Statement } from "../policies/policy-document.ts";
import { parseSettings } from "../settings/settings.ts";
import type { Properties } from "../toolkit/property-values.ts";
import { Connected } from "./local/platforms/aws/provider/connected.ts";
import { plain, type Registration } from "./support/mocks.ts";
import { configurationOf, type Overrides, runProgram, type Stack, stacks } from "./support/program.ts";

/** Every stack as it is configured, and with the choices that none of them makes. */
const programs: readonly (readonly [what: string, stack: Stack, overrides: Overrides])[] = [
  ...stacks.map((stack) => [stack, stack, {}] as const),
  ["production with logs in Datadog", "production", { "logs.platform": "datadog" }],
  ["production with Amazon's engine", "production", { "metrics.engine": "amp" }],
];

const awsResources = async (stack: Stack, overrides: Overrides) =>
  (await runProgram(stack, { overrides })).resources.filter(({ type }) => type.startsWith("aws:"));

/** Statements whose resource is `*` since IAM knows no other for their actions, and why. */
const unlimited: Readonly<Record<string, string>> = {
  AccountManagesKey: "in a key's own policy, * is the key",
  EngineReadsSecret: "in a key's own policy, * is the key",
  CountReports: "PutMetricData has no resources; a condition limits its namespace",
  ReadCosts: "Cost Explorer's API has no resources",
  BoundNameless:
    "a boundary is the most of what roles may: these actions have no resources, as said of each below",
  SeeNetwork: "EC2's descriptions have no resources",
  BeManaged: "Systems Manager's agent: these actions have no resources, or none that is known beforehand",
  Find: "CI looks for what there is: these actions have no resources",
  ChangeNameless: "saved queries and email identities have no names that a policy could know",
  MakeNameless0: "a workspace has no name before it is made; a condition asks for the stack's tag",
  WriteHostMetrics: "PutMetricData has no resources; a condition limits its namespace",
};

const list = (value: unknown): readonly string[] => [value].flat().map(String);

interface Found {
  readonly where: string;
  readonly statement: Statement;
}

function statements({ name, inputs }: Registration): readonly Found[] {
  const given = plain(inputs) as Properties;
  return ["policy", "policyDocument", "assumeRolePolicy"].flatMap((property) =>
    statementsOf(String(given[property] ?? "")).map((statement) => ({
      where: `${name} ${property} ${String(statement.Sid ?? "")}`.trim(),
      statement,
    })),
  );
}

/** What is too wide about a statement. */
function excess({ where, statement }: Found): string[] {
  const { Action, NotAction, NotResource, NotPrincipal, Principal, Resource, Sid } = statement;
  const actions = list(Action);
  const problems = [
    ...actions.filter((action) => action.includes("*")).map((action) => `action ${action}`),
    ...(NotAction || NotResource || NotPrincipal ? ["names what it does not mean"] : []),
    ...(JSON.stringify(Principal ?? "").includes('"*"') ? ["anybody"] : []),
    ...(Resource !== undefined && list(Resource).includes("*") && !(String(Sid) in unlimited)
      ? ["every resource"]
      : []),
  ];
  return problems.map((problem) => `${where}: ${problem}`);
}

describe.each(programs)("%s", (_what, stack, overrides) => {
  test("allows what is needed and no more", async () => {
    const found = (await awsResources(stack, overrides)).flatMap(statements);
    expect(found.length).toBeGreaterThan(5);
    expect(found.flatMap(excess)).toEqual([]);
  });

  test("lets AWS's services act for this account only", async () => {
    const found = (await awsResources(stack, overrides)).flatMap(statements);
    const ofServices = found.filter(
      ({ statement: { Principal, Action } }) =>
        JSON.stringify(Principal ?? {}).includes('"Service"') && !list(Action).includes("sts:AssumeRole"),
    );
    const account = configurationOf(stack)["aws"] as { accountId: string };
    expect(ofServices.length).toBeGreaterThan(0);
    for (const { statement } of ofServices) {
      expect(statement.Condition).toMatchObject({
        StringEquals: { "aws:SourceAccount": account.accountId },
      });
    }
  });

  test("puts the four tags on everything that takes tags", async () => {
    const run = await runProgram(stack, { overrides });
    const [provider] = run.resources.filter(({ type }) => type === "pulumi:providers:aws");
    const defaultTags = JSON.parse(String(provider?.inputs["defaultTags"]));
    const aws = await Connected.to("http://127.0.0.1:1", "/nowhere", {
      region: provider?.inputs["region"],
      defaultTags,
      allowedAccountIds: undefined,
      skipRequestingAccountId: true,
    });
    const expected = tags(parseSettings(stack, configurationOf(stack, overrides)));
    const checked = (await awsResources(stack, overrides)).map(({ type, name, inputs }) => {
      const handler = aws.handler(type.replace("aws:", ""));
      const { inputs: given } = checkInputs(handler.inputs, plain(inputs) as Properties);
      return { name, taggable: takesTags(handler.inputs), tags: given["tags"] };
    });
    const taggable = checked.filter((each) => each.taggable);
    expect(taggable.length).toBeGreaterThan(15);
    for (const { name, tags: live } of taggable)
      expect({ name, tags: live }).toMatchObject({ name, tags: expected });
  });
});

/** By the stand-in's schemas, which another test holds against the official package. */
function takesTags(schema: unknown): boolean {
  const { shape, in: inner } = schema as { shape?: object; in?: unknown };
  return shape ? "tags" in shape : inner !== undefined && takesTags(inner);
}

test("every exception is in use", async () => {
  const found = (await awsResources("production", { "metrics.engine": "amp" })).flatMap(statements);
  const used = found.filter(({ statement }) => list(statement.Resource).includes("*"));
  const sids = new Set(used.map(({ statement }) => String(statement.Sid)));
  expect([...sids].toSorted()).toEqual(Object.keys(unlimited).toSorted());
});

test.each([
  ["a wildcard action", { Action: "s3:*" }, "action s3:*"],
  ["a wildcard resource", { Action: "s3:GetObject", Resource: "*" }, "every resource"],
  ["whoever comes", { Action: "sns:Publish", Principal: { AWS: "*" } }, "anybody"],
  ["all but something", { NotAction: "iam:PassRole" }, "names what it does not mean"],
])("the check sees %s", (_what, statement, problem) => {
  expect(excess({ where: "it", statement })).toContainEqual(`it: ${problem}`);
});

test("the stand-in knows every AWS type that the program makes", async () => {
  const types = new Set(
    (await awsResources("production", { "metrics.engine": "amp" })).map(({ type }) => type),
  );
  expect([...types].filter((type) => resourceTypes[type] === undefined)).toEqual([]);
});
