/** What the policies say of a change, as far as it can be known with no engine. */

import { unknownCheckingProxy } from "@pulumi/policy";
import { type Judgement, judgeProgram, policyConfiguration } from "../../policies/judgement.ts";
import { environmentOf } from "../../settings/stack-name.ts";
import { unwrap } from "../../toolkit/property-values.ts";
import { nameOf } from "./resources.ts";
import type { Side } from "./side.ts";

export interface Verdict {
  readonly rule: string;
  readonly severity: string;
  readonly level: string;
  readonly resource: string;
  readonly message: string;
  /** Whether the change brings it. */
  readonly isNew: boolean;
  readonly remediation: string;
}

/** By the rules and levels of this version, for both sides. Mandatory ones first, then those that the change brings. */
export function verdicts(before: Side | undefined, after: Side, stack: string): Verdict[] {
  const known = new Set((before ? violations(before, stack) : []).map(identity));
  const rank = ({ level, isNew }: Verdict) => (level === "mandatory" ? 0 : 2) + (isNew ? 0 : 1);
  return violations(after, stack)
    .map((judgement) => ({
      rule: judgement.rule.name,
      severity: judgement.rule.severity,
      level: judgement.level,
      resource: nameOf(judgement.urn),
      message: judgement.message,
      isNew: before !== undefined && !known.has(identity(judgement)),
      remediation: judgement.rule.remediation,
    }))
    .toSorted((left, right) => rank(left) - rank(right));
}

const identity = ({ rule, urn, message }: Judgement) => `${rule.name} ${urn} ${message}`;

function violations({ resources }: Side, stack: string): Judgement[] {
  const subjects = resources.map((resource) => ({
    ...resource,
    props: unknownCheckingProxy(unwrap(resource.inputs) as object),
  }));
  const configuration = policyConfiguration(environmentOf(stack));
  return judgeProgram(subjects, configuration).filter(({ verdict }) => verdict === "violation");
}
