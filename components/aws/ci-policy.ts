/** What a job of CI may do in AWS: look at what the stack has; and where it deploys, change it. */
import { type CiJob, ciJobs, ciRoleName } from "../../catalog/ci-names.ts";
import { ciPermissions } from "../../catalog/ci-permissions.ts";
import { type ResourcePermissions, roles, type Scope } from "../../catalog/ci-resources.ts";

/** Where the stack's state is, if AWS has it. */
export interface CiState {
  readonly bucket: string | undefined;
  readonly kmsKeyArn: string | undefined;
  /** Pulumi's name of the project. */
  readonly project: string;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

/** Services that get a role of the stack. */
const PASSED_TO = ["ec2.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com"];

/** What a job looks at, and its part of the state: a role's own policy, of 10,240 characters at most. */
export function ciPolicy(job: CiJob, scope: Scope, state: CiState) {
  return policy([...look(scope), ...reachState(job, scope, state), ...readCosts(job)]);
}

/** The weekly review tells them, in the environment of the drift check. IAM knows no resources for it. */
function readCosts(job: CiJob): Statement[] {
  return job === "drift" ? [allow("ReadCosts", { actions: ["ce:GetCostAndUsage"], resources: ["*"] })] : [];
}

/** The most characters of a managed policy, spaces not counted. A role has ten. */
const MANAGED_POLICY_CHARACTERS = 6144;

/** What a deployment changes: as many managed policies as it needs. */
export function ciChanges(scope: Scope) {
  const parts: Statement[][] = [[]];
  for (const statement of change(scope)) {
    const last = parts.at(-1) ?? [];
    const grown = JSON.stringify(policy([...last, statement])).length;
    if (grown > MANAGED_POLICY_CHARACTERS) parts.push([statement]);
    else last.push(statement);
  }
  return parts.map(policy);
}

function policy(statements: readonly Statement[]) {
  return { Version: "2012-10-17", Statement: statements };
}

/** A repository as GitHub's tokens name it. */
export interface CiRepository {
  /** `owner/name`. */
  readonly name: string;
  /** GitHub's ids, where its tokens have them: in each repository made, renamed or moved since 15 July 2026. */
  readonly ids?: { readonly owner: number; readonly repository: number } | undefined;
}

/**
 * GitHub's tokens, for one environment of one repository: which branches may use that one, GitHub knows. The whole subject
 * is compared: a pattern of the ids alone would fit a stranger's repository whose environment is named like the rest of it.
 */
export function assumedByJobs(providerArn: string, repository: CiRepository, environment: string) {
  // An enterprise can have an issuer of its own, which is GitHub's with a path.
  const [, issuer = "token.actions.githubusercontent.com"] = /:oidc-provider\/(.+)$/.exec(providerArn) ?? [];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: `repo:${subjectOf(repository)}:environment:${environment}`,
          },
        },
      },
    ],
  };
}

function subjectOf({ name, ids }: CiRepository): string {
  if (!ids) return name;
  const [owner, repository] = name.split("/");
  return `${owner}@${ids.owner}/${repository}@${ids.repository}`;
}

const all = Object.values(ciPermissions);

function look(scope: Scope): Statement[] {
  const find = unique(all.flatMap(({ find: actions = [] }) => actions));
  const own = {
    actions: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
    resources: ciJobs.map((other) => `arn:aws:iam::${scope.accountId}:role/${ciRoleName(scope, other)}`),
  };
  const read = all.map(({ read: actions, resources }) => ({ actions, resources: resources(scope) }));
  const otherwise = all.flatMap(({ otherwise: others = [] }) =>
    others.map(({ read: actions = [], ...on }) => ({ actions, ...placed(on, scope) })),
  );
  return [allow("Find", { actions: find, resources: ["*"] }), ...named("Own", [...read, ...otherwise, own])];
}

/** On what, and under which condition, in a stack. */
function placed(
  { resources, condition }: Pick<ResourcePermissions, "resources" | "condition">,
  scope: Scope,
) {
  return { resources: resources(scope), ...(condition && { condition: condition(scope) }) };
}

function change(scope: Scope): Statement[] {
  const changes = all
    .flatMap((each) => [each, ...(each.otherwise ?? [])])
    .map(({ change: actions = [], ...on }) => ({ actions, ...placed(on, scope) }));
  const isNameless = ({ resources }: Access) => resources.includes("*");
  const nameless = changes.filter(isNameless);
  return [
    allow("ChangeNameless", {
      actions: nameless.filter(({ condition }) => !condition).flatMap(({ actions }) => actions),
      resources: ["*"],
    }),
    ...named(
      "MakeNameless",
      nameless.filter(({ condition }) => condition),
    ),
    allow("PassRoles", {
      actions: ["iam:PassRole"],
      resources: roles(scope),
      condition: { StringEquals: { "iam:PassedToService": PASSED_TO } },
    }),
    ...named(
      "Change",
      changes.filter((entry) => !isNameless(entry)),
    ),
  ];
}

/** Where the engine keeps a stack's state in a bucket: the state itself, its past, its copies and its locks. */
function stateObjects(bucket: string, { project, environment }: CiState & Scope): string[] {
  const below = `arn:aws:s3:::${bucket}/.pulumi`;
  return [
    `${below}/stacks/${project}/${environment}.json*`,
    ...["history", "backups"].map((folder) => `${below}/${folder}/${project}/${environment}/*`),
    `${below}/locks/organization/${project}/${environment}/*`,
  ];
}

/** A preview and a drift check leave the state as it is, and take no lock. */
function reachState(job: CiJob, scope: Scope, state: CiState): Statement[] {
  const { bucket, kmsKeyArn } = state;
  const write = job === "deploy" ? ["s3:DeleteObject", "s3:PutObject"] : [];
  return [
    ...(bucket === undefined
      ? []
      : [
          // Names of all stacks: the engine looks for its own among them.
          {
            ...allow("ListState", { actions: ["s3:ListBucket"], resources: [`arn:aws:s3:::${bucket}`] }),
            Condition: { StringLike: { "s3:prefix": [".pulumi/*"] } },
          },
          allow("KnowState", {
            actions: ["s3:GetObject"],
            resources: [`arn:aws:s3:::${bucket}/.pulumi/meta.yaml`],
          }),
          allow("ReachState", {
            actions: ["s3:GetObject", ...write],
            resources: stateObjects(bucket, { ...scope, ...state }),
          }),
        ]),
    ...(kmsKeyArn === undefined
      ? []
      : [allow("OpenSecrets", { actions: ["kms:Decrypt"], resources: [kmsKeyArn] })]),
  ];
}

interface Access {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: object;
}

const allow = (Sid: string, { actions, resources, condition }: Access): Statement => ({
  Sid,
  Effect: "Allow",
  Action: unique(actions),
  Resource: resources,
  ...(condition && { Condition: condition }),
});

const named = (prefix: string, entries: readonly Access[]) =>
  byResources(entries).map((each, index) => allow(`${prefix}${index}`, each));

/** One statement for the same resources and condition: policies have few characters. */
function byResources(entries: readonly Access[]): Access[] {
  const groups = new Map<string, Access>();
  for (const { actions, ...rest } of entries) {
    if (actions.length === 0) continue;
    const key = JSON.stringify(rest);
    groups.set(key, { actions: [...(groups.get(key)?.actions ?? []), ...actions], ...rest });
  }
  return [...groups.values()];
}

const unique = (actions: readonly string[]) => [...new Set(actions)].toSorted();
