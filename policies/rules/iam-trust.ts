/** Who may take a role: somebody who is named, and bound where a name is not enough. */
import type { RoleArgs } from "@pulumi/aws/iam/role.js";
import {
  actionsOf,
  allowStatements,
  hasWildcard,
  isAnybody,
  isLeftOpen,
  list,
  requiredBy,
  type Statement,
} from "../policy-document.ts";
import { resourceRule } from "../rule.ts";
import { ROLE } from "./types.ts";

export const openTrust = resourceRule<RoleArgs>({
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
      holds: () => statements().every((each) => !isAnybody(each) && !principalsOf(each).some(hasWildcard)),
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

/** Whoever its administrators let: `111122223333`, or its root. */
const isAccount = (principal: string) => /^(\d{12}|arn:aws[\w-]*:iam::\d{12}:root)$/.test(principal);

/** By an id that the other side was given, or by who comes. */
function isBoundToCaller({ Condition }: Statement): boolean {
  return requiredBy(Condition).some(
    ({ key, values }) =>
      /^(sts:ExternalId|aws:PrincipalArn|aws:PrincipalTag\/.+)$/i.test(key) &&
      values.length > 0 &&
      !values.some((value) => /^[*?]*$/.test(value) || value.includes("${") || isOfAnyAccount(value)),
  );
}

/** `arn:aws:iam::*:role/deploy`: anybody can have a role of that name. */
function isOfAnyAccount(value: string): boolean {
  return value.startsWith("arn:") && hasWildcard(value.split(":")[4] ?? "*");
}

/** Whether somebody of another identity provider may take the role. */
export function isFederated(statement: Statement): boolean {
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
      ({ key, values }) =>
        key.toLowerCase().endsWith(suffix) && values.length > 0 && !values.some(isLeftOpen),
    );
  // Of a pull request, whoever opens one is the subject.
  const isOfAnybody = required.some(
    ({ key, values }) =>
      key.toLowerCase().endsWith(":sub") && values.some((value) => value.endsWith(":pull_request")),
  );
  return isExact(":aud") && isExact(":sub") && !isOfAnybody;
}
