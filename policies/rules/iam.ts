/** IAM and Lambda: least privilege, and failures that are not lost. */
import type { RoleArgs } from "@pulumi/aws/iam/role.js";
import type { RolePolicyAttachmentArgs } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import type { RolePolicyAttachmentsExclusiveArgs } from "@pulumi/aws/iam/rolePolicyAttachmentsExclusive.js";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import type { FunctionEventInvokeConfigArgs } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import {
  actionsOf,
  allowStatements,
  isAnybody,
  list,
  requiredBy,
  type Statement,
} from "../policy-document.ts";
import { each, type Requirement, resourceRule, type Subject, stackRule } from "../rule.ts";
import {
  ACCESS_KEY,
  FUNCTION,
  FUNCTION_EVENT_INVOKE_CONFIG,
  GROUP_POLICY,
  GROUP_POLICY_ATTACHMENT,
  POLICY,
  POLICY_ATTACHMENT,
  ROLE,
  ROLE_POLICY,
  ROLE_POLICY_ATTACHMENT,
  ROLE_POLICY_ATTACHMENTS,
  SERVICE_CREDENTIAL,
  USER,
  USER_LOGIN_PROFILE,
  USER_POLICY,
  USER_POLICY_ATTACHMENT,
} from "./types.ts";

/** A service by a pattern, or all that it can do: `*`, `*:Get*`, `iam:*`. */
const WHOLE_SERVICE = /^[^:]*[*?][^:]*(:|$)|:[*?]+$/;

/** What gives rights, or data: on everything of an account, it is all of them. */
const POWERFUL = new RegExp(
  [
    "^iam:(?!get|list|simulate|generate)",
    "^sts:(assume|getfederation)",
    "^(organizations|account|sso|identitystore):(?!describe|list)",
    "^kms:(decrypt|reencrypt|generatedatakey|creategrant|putkeypolicy|schedulekeydeletion)",
    "^secretsmanager:(getsecretvalue|batchgetsecretvalue|put|update|delete|restore)",
    "^s3:(getobject|putobject|deleteobject|putbucket|deletebucket)",
    "^lambda:(invoke|create|update|add|put)",
    "^ssm:(sendcommand|startsession|startautomation|getparameter|putparameter)",
    "^(ec2:runinstances|cloudformation:(create|update)|codebuild:(create|start|update)|glue:create|ecs:runtask)",
  ].join("|"),
);
/**
 * One or more of each of them, as AWS calls them: a pattern, such as `s3:Get*` or `lambda:*Code`, is as powerful as what it
 * fits.
 */
const POWERFUL_ACTIONS = [
  ...["iam:passrole", "sts:assumerole", "kms:decrypt", "secretsmanager:getsecretvalue"],
  ...["s3:getobject", "s3:getobjectversion", "s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"],
  ...["s3:putbucketpolicy", "s3:putbucketacl", "s3:deletebucket", "s3:deletebucketpolicy"],
  ...["lambda:invokefunction", "lambda:createfunction", "lambda:updatefunctioncode", "lambda:addpermission"],
  ...["lambda:updatefunctionconfiguration", "lambda:putfunctionconcurrency"],
  ...["ssm:sendcommand", "ssm:startsession", "ssm:startautomationexecution", "ssm:getparameter"],
  ...["ssm:getparameters", "ssm:getparametersbypath", "ssm:putparameter"],
  ...["ec2:runinstances", "ecs:runtask", "glue:createjob", "glue:createdevendpoint"],
  ...["cloudformation:createstack", "cloudformation:updatestack", "cloudformation:createchangeset"],
  ...["codebuild:createproject", "codebuild:startbuild", "codebuild:updateproject"],
];

function isPowerful(action: string): boolean {
  if (!isPattern(action)) return POWERFUL.test(action);
  const escaped = action.replace(/[^\w*?]/g, "\\$&");
  const pattern = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return POWERFUL.test(action) || POWERFUL_ACTIONS.some((each) => pattern.test(each));
}

/** Verbs that end something, and what runs on hosts. */
const ENDING = ["delete", "terminate", "stop", "disable", "deregister", "purge", "reboot"];
const ON_HOSTS = /^ssm:(create|update)association$/;
/** What has no name, or one that nobody knows beforehand, as far as IAM knows. */
const NAMELESS =
  /^(ec2:deletenetworkinterface|ec2messages:deletemessage|logs:deletequerydefinition|route53:deletehealthcheck|ses:deleteidentity)$/;

/** A pattern, such as `rds:De*`, ends what any action ends that it fits. */
function isEnding(action: string): boolean {
  const [, name = ""] = action.split(":");
  const [known = ""] = name.split(/[*?]/);
  const ends = ENDING.some((verb) => name.startsWith(verb) || (known !== name && verb.startsWith(known)));
  return (ends || ON_HOSTS.test(action)) && !NAMELESS.test(action);
}

/** By the stack's tag on what is there, or on what is made. */
function isBoundByTag({ Condition }: Statement): boolean {
  return requiredBy(Condition).some(
    ({ key, values }) =>
      /^aws:(resource|request)tag\//i.test(key) && values.length > 0 && !values.some(isPattern),
  );
}

/** What gives rights to somebody: with no boundary for whom it gives them to, it gives all. */
const GIVING = /^iam:(create(role|user)|(put|attach)(role|user)policy)$/;
/** What takes a bound away, or makes something that stays: no policy of ours needs it. */
const UNBINDING =
  /^iam:(createpolicyversion|setdefaultpolicyversion|(put|delete)(role|user)permissionsboundary|createaccesskey|(create|update)loginprofile|createservicespecificcredential|addusertogroup|(put|attach)grouppolicy)$/;

/** Whether the request must have one of these values, and no pattern of them. */
function requires({ Condition }: Statement, key: string): boolean {
  return requiredBy(Condition).some(
    (each) => each.key.toLowerCase() === key && each.values.length > 0 && !each.values.some(isPattern),
  );
}

/** Services whose actions are named one by one. */
const NAMED_SERVICES = /^(iam|sts|organizations|account|sso|kms|secretsmanager):/;

/** Of a kind of resource, all that there are, in this account or in any. */
function isEverything(resource: unknown): boolean {
  const text = String(resource);
  const [scheme, , service, , account = "", ...rest] = text.split(":");
  if (scheme !== "arn") return isPattern(text);
  const what = rest.join(":");
  if (service === "s3") return /^[*?]/.test(what);
  // What is left of `function:*`, or of a key's `key/????????-*`, names nothing.
  const name = what.replace(/^[\w-]+[/:]/, "");
  return isPattern(account) || (isPattern(name) && !/\w/.test(name));
}

/** What the statements of one policy must keep to. */
function* narrow(path: string, document: () => unknown): Generator<Requirement> {
  const every = (isGood: (statement: Statement) => boolean) => () =>
    (allowStatements(document()) ?? []).every(isGood);
  yield { path, must: "must be a policy document", holds: () => allowStatements(document()) !== undefined };
  yield {
    ...{ path, must: "must name what it allows, not all but something" },
    holds: every(({ NotAction, NotResource }) => NotAction === undefined && NotResource === undefined),
  };
  yield {
    ...{ path, must: "must not allow all that a service can do" },
    holds: every((statement) => actionsOf(statement).every((action) => !WHOLE_SERVICE.test(action))),
  };
  yield {
    ...{ path, must: "must name each action on identities, keys and secrets" },
    holds: every((statement) =>
      actionsOf(statement).every((action) => !NAMED_SERVICES.test(action) || !/[*?]/.test(action)),
    ),
  };
  yield {
    ...{ path, must: "must not allow on every resource what gives rights or data" },
    holds: every(
      (statement) => !actionsOf(statement).some(isPowerful) || !list(statement.Resource).some(isEverything),
    ),
  };
  yield {
    ...{ path, must: "must not end or run on every resource without the stack's tag" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some(isEnding) ||
        !list(statement.Resource).some(isEverything) ||
        isBoundByTag(statement),
    ),
  };
  yield {
    ...{ path, must: "must give rights to nobody without a permissions boundary" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some((action) => GIVING.test(action)) ||
        requires(statement, "iam:permissionsboundary"),
    ),
  };
  yield {
    ...{ path, must: "must say which service a role is passed to" },
    holds: every(
      (statement) =>
        !actionsOf(statement).includes("iam:passrole") || requires(statement, "iam:passedtoservice"),
    ),
  };
  yield {
    ...{ path, must: "must not take a boundary away, nor make a credential that stays" },
    holds: every((statement) => !actionsOf(statement).some((action) => UNBINDING.test(action))),
  };
}

interface WithPolicies {
  policy?: string;
  inlinePolicies?: { policy?: string }[];
}

const wildcard = resourceRule<WithPolicies>({
  name: "aws-iam-policy-disallow-wildcard",
  description: "A policy names what it allows: no whole service, and no right on everything.",
  severity: "critical",
  remediation: "List the actions that are needed, and the ARNs of the stack's own resources.",
  types: [POLICY, ROLE_POLICY, USER_POLICY, GROUP_POLICY, ROLE],
  *requirements({ type, props }) {
    if (type !== ROLE) yield* narrow("policy", () => props.policy);
    for (let index = 0; index < (props.inlinePolicies?.length ?? 0); index++) {
      yield* narrow(`inlinePolicies[${index}].policy`, () => props.inlinePolicies?.[index]?.policy);
    }
  },
});

const openTrust = resourceRule<RoleArgs>({
  name: "aws-iam-role-disallow-open-trust",
  description: "A role says who may take it: a service, a role, or one repository's jobs.",
  severity: "critical",
  remediation: "Name the principal; bind a federated one by the exact aud and sub of its tokens.",
  types: [ROLE],
  *requirements({ props }) {
    const path = "assumeRolePolicy";
    const statements = () => allowStatements(props.assumeRolePolicy) ?? [];
    yield {
      ...{ path, must: "must be a policy document" },
      holds: () => allowStatements(props.assumeRolePolicy) !== undefined,
    };
    yield {
      ...{ path, must: "must not let anybody take it" },
      holds: () => statements().every((each) => !isAnybody(each) && !principalsOf(each).some(isPattern)),
    };
    yield {
      ...{ path, must: "must not let a whole account take it without a condition" },
      holds: () => statements().every((each) => !principalsOf(each).some(isAccount) || isBoundToCaller(each)),
    };
    yield {
      ...{ path, must: "must name the one subject and audience of a federated identity" },
      holds: () => statements().every((each) => !isFederated(each) || isBoundToSubject(each)),
    };
  },
});

function principalsOf({ Principal }: Statement): readonly string[] {
  return typeof Principal === "object" && Principal !== null
    ? Object.values(Principal).flatMap(list).map(String)
    : list(Principal).map(String);
}

const isPattern = (text: string) => /[*?]/.test(text);
/** Whoever its administrators let: `111122223333`, or its root. */
const isAccount = (principal: string) => /^(\d{12}|arn:aws[\w-]*:iam::\d{12}:root)$/.test(principal);

/** By an id that the other side was given, or by who comes. */
function isBoundToCaller({ Condition }: Statement): boolean {
  return requiredBy(Condition).some(
    ({ key, values }) =>
      /^(sts:ExternalId|aws:PrincipalArn|aws:PrincipalTag\/.+)$/i.test(key) &&
      values.length > 0 &&
      !values.some((value) => /^[*?]*$/.test(value) || isOfAnyAccount(value)),
  );
}

/** `arn:aws:iam::*:role/deploy`: anybody can have a role of that name. */
function isOfAnyAccount(value: string): boolean {
  return value.startsWith("arn:") && isPattern(value.split(":")[4] ?? "*");
}

function isFederated(statement: Statement): boolean {
  const { Principal } = statement;
  return (
    (typeof Principal === "object" && Principal !== null && "Federated" in Principal) ||
    actionsOf(statement).some((action) => /^sts:assumerolewith(webidentity|saml)$/.test(action))
  );
}

function isBoundToSubject({ Condition }: Statement): boolean {
  const required = requiredBy(Condition);
  const isExact = (suffix: string) =>
    required.some(
      ({ key, values }) => key.toLowerCase().endsWith(suffix) && values.length > 0 && !values.some(isPattern),
    );
  // Of a pull request, whoever opens one is the subject.
  const isOfAnybody = required.some(
    ({ key, values }) =>
      key.toLowerCase().endsWith(":sub") && values.some((value) => value.endsWith(":pull_request")),
  );
  return isExact(":aud") && isExact(":sub") && !isOfAnybody;
}

/** AWS's own policies that serve one purpose. All others of its own do more, and change without being asked. */
const PURPOSE =
  /^arn:aws[\w-]*:iam::aws:policy\/(service-role\/(AWSLambda(BasicExecution|VPCAccessExecution|SQSQueueExecution)Role|AmazonRDSEnhancedMonitoringRole)|AmazonSSMManagedInstanceCore|CloudWatchAgentServerPolicy)$/;
const AWS_OWN = /^arn:aws[\w-]*:iam::aws:policy\//;

const adminPolicy = resourceRule<
  Partial<RoleArgs & RolePolicyAttachmentArgs & RolePolicyAttachmentsExclusiveArgs>
>({
  name: "aws-iam-identity-disallow-broad-managed-policy",
  description: "Nobody gets AWS's own policies for whole services or accounts, such as AdministratorAccess.",
  severity: "critical",
  remediation:
    "Write a policy with the actions that are needed, or attach one of AWS's for that one purpose.",
  types: [
    ...[ROLE, USER, ROLE_POLICY_ATTACHMENT, USER_POLICY_ATTACHMENT, GROUP_POLICY_ATTACHMENT],
    ...[POLICY_ATTACHMENT, ROLE_POLICY_ATTACHMENTS],
  ],
  *requirements({ type, props }) {
    const must = "must not be one of AWS's policies for whole services";
    const isNarrow = (arn: string) => !AWS_OWN.test(arn) || PURPOSE.test(arn);
    yield* each("managedPolicyArns", props.managedPolicyArns, must, isNarrow);
    yield* each("policyArns", props.policyArns, must, isNarrow);
    yield {
      ...{ path: "permissionsBoundary", must: "must be a boundary" },
      holds: () => !AWS_OWN.test(props.permissionsBoundary ?? ""),
    };
    if (type === ROLE || type === USER || type === ROLE_POLICY_ATTACHMENTS) return;
    yield { path: "policyArn", must, holds: () => isNarrow(String(props.policyArn ?? "")) };
  },
});

const longLived = resourceRule<object>({
  name: "aws-iam-user-disallow-long-lived-credential",
  description: "Nobody gets a key or password of AWS that stays: people and jobs take roles.",
  severity: "critical",
  remediation: "Let the job take a role by its OIDC token, as components/aws/ci-access.ts does.",
  types: [ACCESS_KEY, USER_LOGIN_PROFILE, SERVICE_CREDENTIAL],
  *requirements() {
    yield { path: "type", must: "must not be used: take a role instead", holds: () => false };
  },
});

const boundary = stackRule({
  name: "aws-iam-role-missing-boundary",
  description: "Where roles have a permissions boundary, each has one: CI writes their policies.",
  severity: "critical",
  remediation: "Pass the stack's permissionsBoundary to the role, as the components do.",
  *requirements(stack) {
    const roles = stack.all<RoleArgs>(ROLE);
    const isBound = ({ props }: Subject<RoleArgs>) => "permissionsBoundary" in props;
    if (!roles.some(isBound)) return;
    // The jobs' own are a person's to change.
    const isOfJobs = ({ props }: Subject<RoleArgs>) =>
      (allowStatements(props.assumeRolePolicy) ?? []).some(isFederated);
    for (const of of roles) {
      yield {
        ...{ of, path: "permissionsBoundary", must: "must be set" },
        holds: () => isBound(of) || isOfJobs(of),
      };
    }
  },
});

const lostInvocations = stackRule({
  name: "aws-lambda-function-missing-failure-destination",
  description: "What a function could not do is kept, or told: an invocation that failed is not lost.",
  severity: "high",
  remediation: "Set deadLetterConfig, or the onFailure destination of a FunctionEventInvokeConfig.",
  *requirements(stack) {
    const configured = stack
      .all<FunctionEventInvokeConfigArgs>(FUNCTION_EVENT_INVOKE_CONFIG)
      .filter(({ props }) => props.destinationConfig?.onFailure !== undefined)
      .flatMap(({ sources }) => sources["functionName"] ?? []);
    for (const of of stack.all<FunctionArgs>(FUNCTION)) {
      yield {
        ...{ of, path: "deadLetterConfig", must: "must be set, or an onFailure destination" },
        holds: () => configured.includes(of.urn) || of.props.deadLetterConfig !== undefined,
      };
    }
  },
});

export const iamRules = [wildcard, openTrust, adminPolicy, longLived, boundary, lostInvocations];
