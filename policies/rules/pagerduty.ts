/** PagerDuty: a page that nobody answers goes on to the next, and keys stay secret. */
import type { EscalationPolicyArgs } from "@pulumi/pagerduty/escalationPolicy.js";
import type { ServiceArgs } from "@pulumi/pagerduty/service.js";
import { each, resourceRule } from "../rule.ts";
import { ESCALATION_POLICY, SERVICE, SERVICE_INTEGRATION } from "./types.ts";

const depth = resourceRule<EscalationPolicyArgs>({
  name: "pagerduty-escalationpolicy-enforce-depth",
  description: "A page escalates to at least a second level within half an hour, and comes round again.",
  severity: "critical",
  remediation:
    "Give the escalation policy two rules or more, delays of 1 to 30 minutes, targets, and numLoops of 1 or more.",
  types: [ESCALATION_POLICY],
  *requirements({ props }) {
    yield {
      path: "rules",
      must: "must have two levels or more",
      holds: () => (props.rules?.length ?? 0) >= 2,
    };
    yield { path: "numLoops", must: "must be 1 or more", holds: () => (props.numLoops ?? 0) >= 1 };
    yield* each("rules", props.rules, "must have targets", ({ targets }) => targets.length > 0);
    yield* each(
      "rules",
      props.rules,
      "must escalate after 1 to 30 minutes",
      ({ escalationDelayInMinutes: delay }) => delay >= 1 && delay <= 30,
    );
  },
});

const escalation = resourceRule<ServiceArgs>({
  name: "pagerduty-service-enforce-escalation",
  description:
    "An incident that was acknowledged and forgotten comes back, and its urgency is decided on purpose.",
  severity: "high",
  remediation: "Set acknowledgementTimeout, autoResolveTimeout and incidentUrgencyRule on the service.",
  types: [SERVICE],
  *requirements({ props }) {
    yield {
      ...{ path: "acknowledgementTimeout", must: "must be a time: a forgotten incident must ring again" },
      holds: () => isTime(props.acknowledgementTimeout),
    };
    yield {
      path: "autoResolveTimeout",
      must: "must be said",
      holds: () => props.autoResolveTimeout !== undefined,
    };
    yield {
      path: "incidentUrgencyRule",
      must: "must be said",
      holds: () => props.incidentUrgencyRule !== undefined,
    };
  },
});

function isTime(seconds: string | undefined): boolean {
  return Number(seconds) > 0;
}

const secretKey = resourceRule<object>({
  name: "pagerduty-serviceintegration-enforce-secret-key",
  description: "An integration's key, which lets anybody page, is a secret in the state.",
  severity: "critical",
  remediation:
    'Add additionalSecretOutputs: ["integrationKey"] to the resource\'s options: the provider does not.',
  types: [SERVICE_INTEGRATION],
  *requirements({ additionalSecretOutputs }) {
    yield {
      ...{ path: "additionalSecretOutputs", must: "must name integrationKey" },
      holds: () => additionalSecretOutputs.includes("integrationKey"),
    };
  },
});

export const pagerDutyRules = [depth, escalation, secretKey];
