/** Rules -> the engine's policies. */
import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { type Exemption, exemptionsSchema } from "./exemption.ts";
import {
  type Circumstances,
  type Finding,
  judgeResource,
  judgeStack,
  type Rule,
  Stack,
  type Subject,
} from "./rule.ts";

/** Where a rule is explained: each has an anchor of its name. */
const DOCUMENTATION = "https://github.com/agentpay/agentpay-monitoring/blob/main/docs/policies.md";

export function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const { name, description, severity, remediation, level = "mandatory", settings } = rule;
  const about = {
    ...{ name, description, severity, enforcementLevel: level, remediationSteps: remediation },
    url: `${DOCUMENTATION}#${name}`,
    configSchema: { properties: { exempt: exemptionsSchema, ...settings } },
  };
  if (rule.kind === "resource") {
    return {
      ...about,
      validateResource: (args, report) =>
        tell(judgeResource(rule, subjectOf(args), circumstances(args)), report),
    };
  }
  return {
    ...about,
    validateStack: (args, report) => {
      if (args.resources.length === 0) return;
      const stack = new Stack(args.resources.map(subjectOf));
      tell(judgeStack(rule, stack, circumstances(args)), report);
    },
  };
}

function circumstances({ getConfig }: Pick<ResourceValidationArgs, "getConfig">): Circumstances {
  const { exempt, ...settings } = getConfig<{ exempt?: readonly Exemption[] }>();
  return { today: new Date().toISOString().slice(0, 10), settings, ...(exempt && { exempt }) };
}

function subjectOf(resource: ResourceValidationArgs | PolicyResource): Subject {
  const { type, name, urn, props, opts } = resource;
  const sources = "propertyDependencies" in resource ? resource.propertyDependencies : {};
  return {
    ...{ type, name, urn, props, protect: opts.protect },
    additionalSecretOutputs: opts.additionalSecretOutputs,
    sources: Object.fromEntries(
      Object.entries(sources).map(([property, resources]) => [property, resources.map((each) => each.urn)]),
    ),
  };
}

/**
 * Violations, then what could not be checked: thrown, the engine shows it as advice of its own ("can't run policy"),
 * which leaves the violations what they are.
 */
function tell(findings: readonly Finding[], report: ReportViolation): void {
  for (const { verdict, message, urn } of findings) if (verdict === "violation") report(message, urn);
  for (const { cause } of findings) if (cause) throw cause;
}
