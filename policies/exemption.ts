/** Exemptions are data in `policies/config/<stack>.json`: each has a reason, a ticket and an end. */
import type { PolicyConfigSchema } from "@pulumi/policy";

/** JSON schema of a value in a policy's configuration. */
export type ValueSchema = PolicyConfigSchema["properties"][string];

export interface Exemption {
  /** Type and name of the one resource, such as `aws:sns/topic:Topic::alert-topics-sms`: the end of its URN. */
  readonly resource: string;
  /** The one finding, as its message has it after the resource: `user must not be root`. */
  readonly finding: string;
  readonly reason: string;
  readonly ticket: string;
  /** Last day, such as `2026-12-31`. After it, the exemption is a violation itself. */
  readonly expires: string;
}

const text: ValueSchema = { type: "string", minLength: 3 };

/** For the engine, which refuses a configuration that does not fit. */
export const exemptionsSchema: ValueSchema = {
  type: "array",
  default: [],
  items: {
    type: "object",
    properties: {
      resource: { type: "string", pattern: "^[^:]+:[^:]+:[^:]+::[^:]+$" },
      finding: { type: "string", pattern: "^[^ ]+ must .+$" },
      reason: text,
      ticket: text,
      expires: { type: "string", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" },
    },
    required: ["resource", "finding", "reason", "ticket", "expires"],
    additionalProperties: false,
  },
};

/** Those of one resource. */
export function exemptionsOf(urn: string, exemptions: readonly Exemption[]): readonly Exemption[] {
  return exemptions.filter(({ resource }) => urn.endsWith(`::${resource}`) || urn.endsWith(`$${resource}`));
}
