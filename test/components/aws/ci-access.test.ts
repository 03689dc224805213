import { beforeAll, describe, expect, test } from "vitest";
import { ciJobs } from "../../../catalog/ci-names.ts";
import { ciPermissions } from "../../../catalog/ci-permissions.ts";
import { statementsOf } from "../../../local/platforms/aws/provider/policy-document.ts";
import { type ComponentRun, componentOf, runProgram, stacks } from "../../support/program.ts";

let access: ComponentRun;
beforeAll(async () => {
  access = componentOf(await runProgram("production"), "CiAccess");
});

const statements = (name: string, property: "policy" | "assumeRolePolicy") =>
  statementsOf(String(access.inputs(name)[property])).map((statement) => ({
    ...statement,
    actions: [statement.Action].flat().map(String),
    resources: [statement.Resource].flat().map(String),
  }));
const changes = () =>
  access.children
    .filter(({ name }) => /^ci-access-changes-\d+$/.test(name))
    .flatMap(({ name }) => statements(name, "policy"));
const policyOf = (job: string) => [
  ...statements(`ci-access-${job}-policy`, "policy"),
  ...(job === "deploy" ? changes() : []),
];
const actionsOf = (job: string) => policyOf(job).flatMap(({ actions }) => actions);

test("makes one provider, and one role with one policy for each job; of deployments also what they change", () => {
  expect(access.counts).toEqual({
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": 1,
    "aws:iam/policy:Policy": 3,
    "aws:iam/role:Role": 3,
    "aws:iam/rolePolicy:RolePolicy": 3,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 2,
  });
  expect(Object.keys(access.outputs["roleArns"] as object).toSorted()).toEqual([...ciJobs].toSorted());
});

/** What GitHub's token of a job says: since 15 July 2026 with ids, in repositories from before that without. */
const claims = (repository: string, environment: string) => ({
  iss: "https://token.actions.githubusercontent.com",
  aud: "sts.amazonaws.com",
  sub: `repo:${repository}:environment:${environment}`,
  repository: repository.replaceAll(/@\d+/g, ""),
  environment,
  ref: "refs/heads/main",
});
const WITH_IDS = "agentpay@198765432/agentpay-monitoring@1034567890";
const WITHOUT_IDS = "agentpay/agentpay-monitoring";

/** Whether AWS gives the role for a token: StringEquals compares the whole text, and each key must fit. */
function trusts(policy: unknown, token: Readonly<Record<string, string>>): boolean {
  const [statement, ...others] = statementsOf(String(policy));
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" });
  const conditions = statement?.Condition as Record<string, Record<string, string>>;
  expect(Object.keys(conditions)).toEqual(["StringEquals"]);
  return Object.entries(conditions["StringEquals"] ?? {}).every(
    ([key, value]) => token[key.replace("token.actions.githubusercontent.com:", "")] === value,
  );
}

describe.each([
  ["preview", "production-preview"],
  ["drift", "production-drift"],
  ["deploy", "production"],
])("%s is for jobs of this repository in the environment %s, and nobody else", (job, environment) => {
  const others = [
    claims("agentpay@198765432/other@1034567891", environment),
    // The name was given up, and somebody else has it now.
    claims("agentpay@9/agentpay-monitoring@8", environment),
    claims(`evil@9/evil@8:environment:${WITH_IDS}`, environment),
    claims(WITH_IDS, `${environment}x`),
    { ...claims(WITH_IDS, environment), sub: `repo:${WITH_IDS}:ref:refs/heads/main` },
    { ...claims(WITH_IDS, environment), aud: "https://github.com/agentpay" },
  ];

  test("whose tokens have ids", () => {
    const policy = access.inputs(`ci-access-${job}`)["assumeRolePolicy"];
    expect(trusts(policy, claims(WITH_IDS, environment))).toBe(true);
    for (const token of [claims(WITHOUT_IDS, environment), ...others])
      expect(trusts(policy, token)).toBe(false);
  });

  test("whose tokens have none", async () => {
    const run = await runProgram("production", { overrides: { "ci.ownerId": 0, "ci.repositoryId": 0 } });
    const policy = componentOf(run, "CiAccess").inputs(`ci-access-${job}`)["assumeRolePolicy"];
    expect(trusts(policy, claims(WITHOUT_IDS, environment))).toBe(true);
    for (const token of [claims(WITH_IDS, environment), ...others]) expect(trusts(policy, token)).toBe(false);
  });
});

/** Verbs of actions that change nothing. */
const LOOKS = /^(\w+:(Describe|Get|List|View)\w*|kms:Decrypt)$/;

test.each(["preview", "drift"])("%s looks, decrypts, and changes nothing", (job) => {
  expect(actionsOf(job).length).toBeGreaterThan(30);
  expect(actionsOf(job).filter((action) => !LOOKS.test(action))).toEqual([]);
});

test("deploy may all that a preview may, and change what is the stack's", () => {
  expect(actionsOf("deploy")).toEqual(expect.arrayContaining(actionsOf("preview")));
  expect(actionsOf("deploy")).toEqual(expect.arrayContaining(["cloudwatch:PutMetricAlarm", "s3:PutObject"]));
  const [pass] = policyOf("deploy").filter(({ actions }) => actions.includes("iam:PassRole"));
  expect(pass?.resources).toEqual(["arn:aws:iam::111122223333:role/agentpay-production-*"]);
  expect(pass?.Condition).toMatchObject({ StringEquals: { "iam:PassedToService": expect.any(Array) } });
});

test("no job can give itself more: what changes roles knows none of CI's, nor its provider", () => {
  const changing = policyOf("deploy").filter(({ actions }) =>
    actions.some((action) => action.startsWith("iam:") && !LOOKS.test(action)),
  );
  expect(changing.length).toBeGreaterThan(0);
  for (const { resources } of changing) {
    expect(
      resources.every((resource) => /:(role|instance-profile)\/agentpay-production-\*$/.test(resource)),
    ).toBe(true);
  }
  for (const job of ciJobs)
    expect(access.inputs(`ci-access-${job}`)["name"]).toBe(`ci-agentpay-production-${job}`);
});

test("the state's bucket and key are those of the settings", () => {
  const of = (sid: string) => policyOf("drift").find(({ Sid }) => Sid === sid)?.resources;
  const own = of("ReachState") ?? [];
  expect(own).toContain(
    "arn:aws:s3:::agentpay-pulumi-state/.pulumi/stacks/agentpay-monitoring/production.json*",
  );
  expect(own.every((arn) => /\/production(\.json)?[/*]/.test(arn))).toBe(true);
  expect(of("OpenSecrets")).toEqual([expect.stringMatching(/^arn:aws:kms:eu-central-1:111122223333:key\//)]);
});

describe("with other settings", () => {
  test("an account that has the provider already keeps it", async () => {
    const arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    const run = await runProgram("production", { overrides: { "ci.oidcProviderArn": arn } });
    const other = componentOf(run, "CiAccess");
    expect(other.counts["aws:iam/openIdConnectProvider:OpenIdConnectProvider"]).toBeUndefined();
    expect(String(other.inputs("ci-access-deploy")["assumeRolePolicy"])).toContain(arn);
  });

  test("an enterprise's own issuer names its tokens", async () => {
    const issuer = "token.actions.githubusercontent.com/acme";
    const overrides = { "ci.oidcProviderArn": `arn:aws:iam::111122223333:oidc-provider/${issuer}` };
    const other = componentOf(await runProgram("production", { overrides }), "CiAccess");
    const [trust] = statementsOf(String(other.inputs("ci-access-deploy")["assumeRolePolicy"]));
    const { StringEquals: asked = {} } = (trust?.Condition ?? {}) as Record<string, object>;
    expect(Object.keys(asked)).toEqual([`${issuer}:aud`, `${issuer}:sub`]);
  });

  test("a stack that names no repository has no roles", async () => {
    const { resources, outputs } = await runProgram("staging");
    expect(resources.filter(({ name }) => name.startsWith("ci-access"))).toEqual([]);
    expect(outputs["ciRoleArns"]).toBeUndefined();
  });
});

test("CI may make every kind of AWS resource that a stack has", async () => {
  const runs = [
    ...(await Promise.all(stacks.map((stack) => runProgram(stack)))),
    await runProgram("production", { overrides: { "logs.platform": "datadog" } }),
    await runProgram("production", { overrides: { "metrics.engine": "amp" } }),
  ];
  const types = new Set(runs.flatMap(({ resources }) => resources.map(({ type }) => type)));
  const own = [...types].filter((type) => type.startsWith("aws:"));
  // Only while work is announced in maintenance.yaml.
  const now = new Set([...own, "aws:cloudwatch/alarmMuteRule:AlarmMuteRule"]);
  expect(Object.keys(ciPermissions).toSorted()).toEqual([...now].toSorted());
});
