/** IAM and Lambda: nobody has more than one purpose needs, and failures are not lost. */
import type { RoleArgs } from "@pulumi/aws/iam/role.js";
import type { RolePolicyAttachmentArgs } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import type { RolePolicyAttachmentsExclusiveArgs } from "@pulumi/aws/iam/rolePolicyAttachmentsExclusive.js";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import type { FunctionEventInvokeConfigArgs } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import type { ManagedPolicyAttachmentArgs } from "@pulumi/aws/ssoadmin/managedPolicyAttachment.js";
import { allowStatements } from "../policy-document.ts";
import { each, resourceRule, type Subject, stackRule } from "../rule.ts";
import { wildcard } from "./iam-policies.ts";
import { isFederated, openTrust } from "./iam-trust.ts";
import {
  ACCESS_KEY,
  FUNCTION,
  FUNCTION_EVENT_INVOKE_CONFIG,
  GROUP_POLICY_ATTACHMENT,
  GROUP_POLICY_ATTACHMENTS,
  PERMISSION_SET_ATTACHMENT,
  POLICY_ATTACHMENT,
  ROLE,
  ROLE_POLICY_ATTACHMENT,
  ROLE_POLICY_ATTACHMENTS,
  ROLES_ANYWHERE_PROFILE,
  SERVICE_CREDENTIAL,
  SIGNING_CERTIFICATE,
  SSH_KEY,
  USER,
  USER_LOGIN_PROFILE,
  USER_POLICY_ATTACHMENT,
  USER_POLICY_ATTACHMENTS,
} from "./types.ts";

/** AWS's own policies that serve one purpose. All others of its own do more, and change without being asked. */
const PURPOSE =
  /^arn:aws[\w-]*:iam::aws:policy\/(service-role\/(AWSLambda(BasicExecution|VPCAccessExecution|SQSQueueExecution)Role|AmazonRDSEnhancedMonitoringRole)|AmazonSSMManagedInstanceCore|CloudWatchAgentServerPolicy)$/;
const AWS_OWN = /^arn:aws[\w-]*:iam::aws:policy\//;

const adminPolicy = resourceRule<
  Partial<
    RoleArgs & RolePolicyAttachmentArgs & RolePolicyAttachmentsExclusiveArgs & ManagedPolicyAttachmentArgs
  >
>({
  name: "aws-iam-identity-disallow-broad-managed-policy",
  description: "Nobody gets AWS's own policies for whole services or accounts, such as AdministratorAccess.",
  severity: "critical",
  remediation:
    "Write a policy with the actions that are needed, or attach one of AWS's for that one purpose.",
  types: [
    ...[ROLE, USER, ROLE_POLICY_ATTACHMENT, USER_POLICY_ATTACHMENT, GROUP_POLICY_ATTACHMENT],
    ...[POLICY_ATTACHMENT, ROLE_POLICY_ATTACHMENTS, USER_POLICY_ATTACHMENTS, GROUP_POLICY_ATTACHMENTS],
    ...[PERMISSION_SET_ATTACHMENT, ROLES_ANYWHERE_PROFILE],
  ],
  *requirements({ props }) {
    const must = "must not be one of AWS's policies for whole services";
    const isNarrow = (arn: string) => !AWS_OWN.test(arn) || PURPOSE.test(arn);
    yield* each("managedPolicyArns", props.managedPolicyArns, must, isNarrow);
    yield* each("policyArns", props.policyArns, must, isNarrow);
    yield {
      ...{ path: "permissionsBoundary", must: "must be a boundary" },
      holds: () => !AWS_OWN.test(props.permissionsBoundary ?? ""),
    };
    for (const path of ["policyArn", "managedPolicyArn"] as const) {
      if (path in props) yield { path, must, holds: () => isNarrow(String(props[path] ?? "")) };
    }
  },
});

const longLived = resourceRule<object>({
  name: "aws-iam-user-disallow-long-lived-credential",
  description: "Nobody gets a key or password of AWS that stays: people and jobs take roles.",
  severity: "critical",
  remediation: "Let the job take a role by its OIDC token, as components/aws/ci-access.ts does.",
  types: [ACCESS_KEY, USER_LOGIN_PROFILE, SERVICE_CREDENTIAL, SSH_KEY, SIGNING_CERTIFICATE],
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
