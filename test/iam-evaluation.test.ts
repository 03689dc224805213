/**
 * What CI's roles and the stack's own may do, and may not, by an evaluation of IAM: policies, boundary, conditions. Of
 * staging and production in one account, where nothing but names and tags keeps them apart.
 */
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, test } from "vitest";
import type { CiJob } from "../catalog/ci-names.ts";
import type { Scope } from "../catalog/ci-resources.ts";
import { ciChanges, ciPolicy } from "../components/aws/ci-policy.ts";
import { roleBoundary } from "../components/aws/role-boundary.ts";
import { statementsOf } from "../local/platforms/aws/provider/policy-document.ts";
import type { Statement } from "../policies/policy-document.ts";
import { plain } from "./support/mocks.ts";
import { type Overrides, runProgram } from "./support/program.ts";

const accountId = "111122223333";
const scopeOf = (environment: string): Scope => ({
  ...{ accountId, region: "eu-central-1", environment },
  namePrefix: `agentpay-${environment}`,
});
const boundaryOf = (environment: string) =>
  `arn:aws:iam::${accountId}:policy/ci-agentpay-${environment}-boundary`;
const key = (id: string) => `arn:aws:kms:eu-central-1:${accountId}:key/${id}`;
const KEYS = {
  staging: key("00000000-0000-4000-8000-000000000001"),
  production: key("00000000-0000-4000-8000-000000000002"),
};

/** Which has a tag, or none, as a request says. */
const OTHER_KEY = key("00000000-0000-4000-8000-000000000003");

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

const leftToTheAccount = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: "kms:*", Resource: "*" },
  ],
};

async function decide(
  policies: readonly object[],
  { action, resource, context = {} }: Asked,
  boundary?: object,
): Promise<string> {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/the-role`,
        action,
        resource: { resource, accountId },
        contextVariables: { "aws:PrincipalAccount": accountId, ...context },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `own${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      // A key's own policy leaves it to the account who may use it, as Pulumi's documentation has it.
      ...(action.startsWith("kms:") && { resourcePolicy: leftToTheAccount }),
      ...(boundary && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
    },
    {},
  );
  if (result.resultType === "error") throw new Error(`${action}: ${JSON.stringify(result.errors)}`);
  return result.overallResult;
}

const ci = (job: CiJob, environment: keyof typeof KEYS) => {
  const scope = scopeOf(environment);
  const state = {
    ...{ bucket: "agentpay-pulumi-state", kmsKeyArn: KEYS[environment], project: "agentpay-monitoring" },
  };
  return [ciPolicy(job, scope, state), ...(job === "deploy" ? ciChanges(scope) : [])];
};

const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
const state = (path: string) => `arn:aws:s3:::agentpay-pulumi-state/.pulumi/${path}`;
const group = (name: string) => `arn:aws:logs:eu-central-1:${accountId}:log-group:${name}`;
const bound = (environment: string) => ({ "iam:PermissionsBoundary": boundaryOf(environment) });
const tagged = (environment: string) => ({ "aws:ResourceTag/environment": environment });
const created = (environment: string) => ({
  "aws:RequestTag/environment": environment,
  "aws:TagKeys": ["environment"],
});

const monitor = `arn:aws:ce::${accountId}:anomalymonitor/1`;
const association = `arn:aws:ssm:eu-central-1:${accountId}:association/1`;
const document = (name: string) => `arn:aws:ssm:eu-central-1:${accountId}:document/${name}`;

const workspace = `arn:aws:aps:eu-central-1:${accountId}:workspace/ws-1`;
const rules = `arn:aws:aps:eu-central-1:${accountId}:rulegroupsnamespace/ws-1/agentpay-api`;
const secret = (environment: string) =>
  `arn:aws:secretsmanager:eu-central-1:${accountId}:secret:agentpay-${environment}-pagerduty-AbCdEf`;
const throughSecrets = { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" };

/** What a deployment of staging needs. */
const needed: readonly Asked[] = [
  { action: "iam:CreateRole", resource: iam("role/agentpay-staging-host"), context: bound("staging") },
  { action: "iam:PutRolePolicy", resource: iam("role/agentpay-staging-host"), context: bound("staging") },
  { action: "iam:UpdateAssumeRolePolicy", resource: iam("role/agentpay-staging-host") },
  {
    action: "iam:PassRole",
    resource: iam("role/agentpay-staging-host"),
    context: { "iam:PassedToService": "ec2.amazonaws.com" },
  },
  { action: "iam:GetPolicyVersion", resource: boundaryOf("staging") },
  { action: "logs:CreateLogGroup", resource: group("/agentpay/api"), context: created("staging") },
  { action: "logs:PutRetentionPolicy", resource: group("/agentpay/api"), context: tagged("staging") },
  { action: "s3:PutObject", resource: state("stacks/agentpay-monitoring/staging.json") },
  { action: "s3:PutObject", resource: state("stacks/agentpay-monitoring/staging.json.bak") },
  { action: "s3:PutObject", resource: state("locks/organization/agentpay-monitoring/staging/1.json") },
  { action: "s3:PutObject", resource: state("history/agentpay-monitoring/staging/staging-1.history.json") },
  { action: "s3:GetObject", resource: state("meta.yaml") },
  {
    action: "s3:ListBucket",
    resource: "arn:aws:s3:::agentpay-pulumi-state",
    context: { "s3:prefix": ".pulumi/stacks/agentpay-monitoring/" },
  },
  { action: "kms:Decrypt", resource: KEYS.staging },
  {
    action: "lambda:CreateFunction",
    resource: `arn:aws:lambda:eu-central-1:${accountId}:function:agentpay-staging-cost-report`,
  },
  { action: "route53:CreateHealthCheck", resource: "*" },
  { action: "ce:CreateAnomalyMonitor", resource: "*", context: created("staging") },
  { action: "ce:UpdateAnomalyMonitor", resource: monitor, context: tagged("staging") },
  { action: "ssm:CreateAssociation", resource: association, context: created("staging") },
  { action: "ssm:CreateAssociation", resource: document("agentpay-staging-datadog") },
  { action: "ssm:UpdateAssociation", resource: association, context: tagged("staging") },
  { action: "sns:CreateTopic", resource: `arn:aws:sns:us-east-1:${accountId}:agentpay-staging-critical` },
  { action: "aps:CreateWorkspace", resource: "*", context: created("staging") },
  { action: "aps:UpdateWorkspaceAlias", resource: workspace, context: tagged("staging") },
  { action: "aps:PutAlertManagerDefinition", resource: workspace, context: tagged("staging") },
  { action: "aps:PutResourcePolicy", resource: workspace, context: tagged("staging") },
  { action: "aps:CreateRuleGroupsNamespace", resource: rules, context: created("staging") },
  { action: "aps:PutRuleGroupsNamespace", resource: rules, context: tagged("staging") },
  { action: "aps:DescribeRuleGroupsNamespace", resource: rules },
  { action: "secretsmanager:CreateSecret", resource: secret("staging"), context: created("staging") },
  { action: "secretsmanager:PutSecretValue", resource: secret("staging") },
  { action: "secretsmanager:GetSecretValue", resource: secret("staging") },
  { action: "secretsmanager:PutResourcePolicy", resource: secret("staging") },
  { action: "kms:DescribeKey", resource: OTHER_KEY },
  { action: "kms:Decrypt", resource: OTHER_KEY, context: { ...tagged("staging"), ...throughSecrets } },
  {
    action: "kms:GenerateDataKey",
    resource: OTHER_KEY,
    context: { ...tagged("staging"), ...throughSecrets },
  },
];

/** What nobody who has come into staging's deployment may do. */
const attacks: readonly (readonly [what: string, asked: Asked])[] = [
  [
    "make a role without the boundary",
    { action: "iam:CreateRole", resource: iam("role/agentpay-staging-x") },
  ],
  [
    "make one with a boundary of its own choice",
    {
      action: "iam:CreateRole",
      resource: iam("role/agentpay-staging-x"),
      context: { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
    },
  ],
  [
    "give rights to a role without the boundary",
    { action: "iam:PutRolePolicy", resource: iam("role/agentpay-staging-x") },
  ],
  [
    "take the boundary from a role",
    {
      action: "iam:DeleteRolePermissionsBoundary",
      resource: iam("role/agentpay-staging-x"),
      context: bound("staging"),
    },
  ],
  [
    "put another boundary on a role",
    {
      action: "iam:PutRolePermissionsBoundary",
      resource: iam("role/agentpay-staging-x"),
      context: bound("staging"),
    },
  ],
  ["widen the boundary", { action: "iam:CreatePolicyVersion", resource: boundaryOf("staging") }],
  [
    "attach AdministratorAccess",
    {
      action: "iam:AttachRolePolicy",
      resource: iam("role/agentpay-staging-x"),
      context: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess", ...bound("staging") },
    },
  ],
  [
    "widen CI's own role",
    {
      action: "iam:PutRolePolicy",
      resource: iam("role/ci-agentpay-staging-deploy"),
      context: bound("staging"),
    },
  ],
  [
    "change who takes CI's own role",
    { action: "iam:UpdateAssumeRolePolicy", resource: iam("role/ci-agentpay-staging-deploy") },
  ],
  [
    "pass a role of somebody else",
    {
      action: "iam:PassRole",
      resource: iam("role/admin"),
      context: { "iam:PassedToService": "lambda.amazonaws.com" },
    },
  ],
  [
    "pass a role to another service",
    {
      action: "iam:PassRole",
      resource: iam("role/agentpay-staging-host"),
      context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
    },
  ],
  ["take another role", { action: "sts:AssumeRole", resource: iam("role/admin") }],
  ["make a user", { action: "iam:CreateUser", resource: iam("user/x") }],
  ["make a key of its own", { action: "iam:CreateAccessKey", resource: iam("user/x") }],
  [
    "change production's role",
    {
      action: "iam:PutRolePolicy",
      resource: iam("role/agentpay-production-host"),
      context: bound("production"),
    },
  ],
  [
    "write production's state",
    { action: "s3:PutObject", resource: state("stacks/agentpay-monitoring/production.json") },
  ],
  [
    "read production's state",
    { action: "s3:GetObject", resource: state("stacks/agentpay-monitoring/production.json") },
  ],
  [
    "read production's past",
    { action: "s3:GetObject", resource: state("history/agentpay-monitoring/production/1.history.json") },
  ],
  [
    "lock production",
    { action: "s3:PutObject", resource: state("locks/organization/agentpay-monitoring/production/1.json") },
  ],
  [
    "read what else is in the bucket",
    { action: "s3:GetObject", resource: "arn:aws:s3:::agentpay-pulumi-state/other" },
  ],
  ["open production's secrets", { action: "kms:Decrypt", resource: KEYS.production }],
  [
    "delete production's logs",
    { action: "logs:DeleteLogGroup", resource: group("/agentpay/api"), context: tagged("production") },
  ],
  [
    "make production's logs its own by a tag",
    {
      action: "logs:TagResource",
      resource: group("/agentpay/api"),
      context: { ...created("staging"), ...tagged("production") },
    },
  ],
  [
    "delete the logs of something else",
    { action: "logs:DeleteLogGroup", resource: group("/agentpay/payments"), context: tagged("staging") },
  ],
  [
    "change production's function",
    {
      action: "lambda:UpdateFunctionCode",
      resource: `arn:aws:lambda:eu-central-1:${accountId}:function:agentpay-production-cost-report`,
    },
  ],
  [
    "run a document of somebody else on hosts",
    { action: "ssm:CreateAssociation", resource: document("AnyCommand") },
  ],
  [
    "run it by an association that is there",
    { action: "ssm:UpdateAssociation", resource: document("AnyCommand") },
  ],
  [
    "stop the agents of production's hosts",
    { action: "ssm:DeleteAssociation", resource: association, context: tagged("production") },
  ],
  [
    "make production's association its own by a tag",
    {
      action: "ssm:AddTagsToResource",
      resource: association,
      context: { ...created("staging"), ...tagged("production") },
    },
  ],
  [
    "delete production's watch over costs",
    { action: "ce:DeleteAnomalyMonitor", resource: monitor, context: tagged("production") },
  ],
  [
    "write what CI itself may change",
    { action: "iam:CreatePolicyVersion", resource: iam("policy/ci-agentpay-staging-changes-1") },
  ],
  [
    "silence production's alarms",
    {
      action: "cloudwatch:DeleteAlarms",
      resource: `arn:aws:cloudwatch:us-east-1:${accountId}:alarm:agentpay-production-x`,
    },
  ],
  ["make a key", { action: "kms:CreateKey", resource: "*", context: created("staging") }],
  [
    "make a key that has no tag its own",
    { action: "kms:TagResource", resource: OTHER_KEY, context: created("staging") },
  ],
  [
    "write who may use a key, its own too",
    { action: "kms:PutKeyPolicy", resource: OTHER_KEY, context: tagged("staging") },
  ],
  [
    "open what production's key keeps, through Secrets Manager too",
    {
      action: "kms:Decrypt",
      resource: KEYS.production,
      context: { ...tagged("production"), ...throughSecrets },
    },
  ],
  [
    "open with a key that has no tag",
    { action: "kms:Decrypt", resource: OTHER_KEY, context: throughSecrets },
  ],
  [
    "open with the engine's key what is no secret of Secrets Manager",
    { action: "kms:Decrypt", resource: OTHER_KEY, context: tagged("staging") },
  ],
  ["read production's secret", { action: "secretsmanager:GetSecretValue", resource: secret("production") }],
  [
    "let somebody else read production's secret",
    { action: "secretsmanager:PutResourcePolicy", resource: secret("production") },
  ],
  [
    "remove production's engine",
    { action: "aps:DeleteWorkspace", resource: workspace, context: tagged("production") },
  ],
  [
    "rewrite production's rules",
    { action: "aps:PutRuleGroupsNamespace", resource: rules, context: tagged("production") },
  ],
  [
    "send production's pages elsewhere",
    { action: "aps:PutAlertManagerDefinition", resource: workspace, context: tagged("production") },
  ],
  [
    "make production's engine its own by a tag",
    {
      action: "aps:TagResource",
      resource: workspace,
      context: { ...created("staging"), ...tagged("production") },
    },
  ],
  [
    "read production's parameters",
    {
      action: "ssm:GetParameter",
      resource: `arn:aws:ssm:eu-central-1:${accountId}:parameter/agentpay/production/x`,
    },
  ],
];

describe("staging's deployment, beside production in one account", () => {
  test.each(needed.map((asked) => [`${asked.action} ${asked.resource}`, asked] as const))(
    "may %s",
    async (_what, asked) => {
      expect(await decide(ci("deploy", "staging"), asked)).toBe("Allowed");
    },
  );

  test.each(attacks)("may not %s", async (_what, asked) => {
    expect(await decide(ci("deploy", "staging"), asked)).toBe("ImplicitlyDenied");
  });

  test("each attack is one: somebody who may do everything could", async () => {
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    };
    for (const [what, asked] of attacks) expect(await decide([everything], asked), what).toBe("Allowed");
  });
});

describe.each(["preview", "drift"] as const)("%s", (job) => {
  const changes = needed.filter(({ action }) => !/:(Get|List|Describe|Decrypt)/.test(action));
  const looks = needed.filter((asked) => !changes.includes(asked));

  test.each(changes.map((asked) => [`${asked.action} ${asked.resource}`, asked] as const))(
    "may not %s",
    async (_what, asked) => {
      expect(await decide(ci(job, "staging"), asked)).toBe("ImplicitlyDenied");
    },
  );

  test("reads the state, and opens its secrets", async () => {
    const own = { action: "s3:GetObject", resource: state("stacks/agentpay-monitoring/staging.json") };
    for (const asked of [...looks, own]) expect(await decide(ci(job, "staging"), asked)).toBe("Allowed");
  });
});

describe("a role that CI has made, with whatever policy", () => {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

  test.each(attacks)("may not %s", async (_what, asked) => {
    expect(await decide([everything], asked, roleBoundary(scopeOf("staging")))).toBe("ImplicitlyDenied");
  });
});

const list = (value: unknown): readonly string[] => [value].flat().map(String);

/** A request that a statement allows, for each of its actions: patterns filled in, conditions met. */
function requestsOf({ Action, Resource, Condition }: Statement): Asked[] {
  const context = Object.assign({}, ...Object.values(Condition ?? {})) as Record<string, string>;
  const [first = "*"] = list(Resource);
  // The stand-in's ARN of a parameter keeps its name's slash, and a log stream is written as one.
  const known = first
    .replace("parameter//", "parameter/")
    .replace(/(:log-group:[^:]+):\*$/, "$1:log-stream:x");
  const resource = known === "*" ? "*" : known.replaceAll("*", "x");
  return list(Action).map((action) => ({ action, resource, context }));
}

describe.each<Overrides>([{}, { "logs.platform": "datadog" }, { "metrics.engine": "amp" }])(
  "production with %o",
  (overrides) => {
    test("gives its roles the boundary, and no right beyond it", async () => {
      const { resources } = await runProgram("production", { overrides });
      const own = resources.filter(
        ({ type, inputs }) =>
          type === "aws:iam/role:Role" && String(plain(inputs["name"])).startsWith("agentpay-production-"),
      );
      expect(own.length).toBeGreaterThan(1);
      for (const { inputs, name } of own) expect(inputs["permissionsBoundary"], name).toBeDefined();
      const boundary = resources.find(({ name }) => name === "ci-access-boundary");
      const document = JSON.parse(String(boundary?.inputs["policy"]));
      const policies = resources.filter(
        ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && !name.startsWith("ci-access"),
      );
      const asked = policies
        .flatMap(({ inputs }) => statementsOf(String(plain(inputs["policy"]))))
        .flatMap(requestsOf);
      expect(asked.length).toBeGreaterThan(20);
      const everything = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      };
      const decisions = await Promise.all(
        asked.map(async (each) => {
          // A statement of several resources has actions that know only one of them.
          const decision = await decide([everything], each, document).catch((error: Error) => error.message);
          return decision.includes("no.resource.types") ? "not asked" : `${decision}: ${each.action}`;
        }),
      );
      expect(decisions.filter((decision) => decision.startsWith("Allowed")).length).toBeGreaterThan(20);
      expect(decisions.filter((decision) => !/^(Allowed|not asked)/.test(decision))).toEqual([]);
    });
  },
);

test("CI's policies fit into a role, of a stack with the longest name too", () => {
  const scope = { ...scopeOf("a-stack-of-24-characters"), region: "ap-southeast-1" };
  const state = { bucket: "b".repeat(63), kmsKeyArn: KEYS.production, project: "agentpay-monitoring" };
  expect(JSON.stringify(ciPolicy("deploy", scope, state)).length).toBeLessThanOrEqual(10_240);
  const changes = ciChanges(scope).map((policy) => JSON.stringify(policy).length);
  expect(changes.length).toBeLessThanOrEqual(10);
  expect(Math.max(...changes)).toBeLessThanOrEqual(6144);
});
