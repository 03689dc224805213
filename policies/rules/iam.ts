/** IAM and Lambda: least privilege, and failures that are not lost. */
import type { PolicyArgs } from "@pulumi/aws/iam/policy.js";
import type { RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy.js";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import type { FunctionEventInvokeConfigArgs } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { allowStatements, list } from "../policy-document.ts";
import { resourceRule, stackRule } from "../rule.ts";
import { FUNCTION, FUNCTION_EVENT_INVOKE_CONFIG, POLICY, ROLE_POLICY } from "./types.ts";

const wildcard = resourceRule<Pick<PolicyArgs & RolePolicyArgs, "policy">>({
  name: "aws-iam-policy-disallow-wildcard",
  description: "A policy names what it allows: never every action of every service.",
  severity: "critical",
  remediation: "List the actions that are needed, at most one service's by a wildcard such as sns:Get*.",
  types: [POLICY, ROLE_POLICY],
  *requirements({ props }) {
    const path = "policy";
    const statements = () => allowStatements(props.policy);
    yield { path, must: "must be a policy document", holds: () => statements() !== undefined };
    yield {
      ...{ path, must: "must not allow every action" },
      holds: () =>
        (statements() ?? []).every(({ Action }) =>
          list(Action).every((action) => action !== "*" && action !== "*:*"),
        ),
    };
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

export const iamRules = [wildcard, lostInvocations];
