/** Who may come in: the policies of resources themselves. */
import type { FunctionUrlArgs } from "@pulumi/aws/lambda/functionUrl.js";
import type { PermissionArgs } from "@pulumi/aws/lambda/permission.js";
import { allowStatements, isAnybody, isBoundToOwner } from "../policy-document.ts";
import { type Requirement, resourceRule } from "../rule.ts";
import {
  BUCKET_POLICY,
  FUNCTION_PERMISSION,
  FUNCTION_URL,
  KEY,
  KEY_POLICY,
  QUEUE,
  QUEUE_POLICY,
  SECRET,
  SECRET_POLICY,
} from "./types.ts";

/** What any resource's own policy must keep to, where it has one. */
export function* closedPolicy(props: { readonly policy?: unknown }): Generator<Requirement> {
  if (!("policy" in props)) return;
  const path = "policy";
  const statements = () => allowStatements(props.policy);
  yield { path, must: "must be a policy document", holds: () => statements() !== undefined };
  yield {
    ...{ path, must: "must not let anybody in without a condition on the account" },
    holds: () => (statements() ?? []).every((each) => !isAnybody(each) || isBoundToOwner(each)),
  };
}

const publicPolicy = resourceRule<{ policy?: string }>({
  name: "aws-resource-disallow-public-policy",
  description: "A queue, key, secret or bucket lets nobody in whom its policy does not name.",
  severity: "critical",
  remediation: "Name the services or roles, and bind services to the account by aws:SourceAccount.",
  types: [QUEUE, QUEUE_POLICY, KEY, KEY_POLICY, SECRET, SECRET_POLICY, BUCKET_POLICY],
  requirements: ({ props }) => closedPolicy(props),
});

const publicFunction = resourceRule<PermissionArgs & FunctionUrlArgs>({
  name: "aws-lambda-function-disallow-public-access",
  description: "A function is invoked by this account's own services and roles, and by nobody else.",
  severity: "critical",
  remediation: "Name the role, or the service with sourceArn; give a function URL authorizationType AWS_IAM.",
  types: [FUNCTION_PERMISSION, FUNCTION_URL],
  *requirements({ type, props }) {
    if (type === FUNCTION_URL) {
      yield {
        ...{ path: "authorizationType", must: "must be AWS_IAM" },
        holds: () => props.authorizationType === "AWS_IAM",
      };
      return;
    }
    yield { path: "principal", must: "must not be anybody", holds: () => props.principal !== "*" };
    yield {
      ...{ path: "sourceArn", must: "must say for whom a service comes, or sourceAccount" },
      holds: () => {
        const isService = /\.amazonaws\.com(\.cn)?$/.test(props.principal ?? "");
        // The value may be known only once the source is made: that one is given is enough.
        return !isService || "sourceArn" in props || "sourceAccount" in props;
      },
    };
  },
});

export const accessRules = [publicPolicy, publicFunction];
