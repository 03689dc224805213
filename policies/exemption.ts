/** Exemptions are data in `policies/config/<stack>.json`: each has a reason, a ticket and an end. */
import type { PolicyConfigSchema } from "@pulumi/policy";

/** JSON schema of a value in a policy's configuration. */
export type ValueSchema = PolicyConfigSchema["properties"][string];

export interface Exemption {
  /** End of the URN of what is exempt, such as `aws:sns/topic:Topic::alert-topics-sms`. */
  readonly urnSuffix: string;
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
      urnSuffix: text,
      reason: text,
      ticket: text,
      expires: { type: "string", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" },
    },
    required: ["urnSuffix", "reason", "ticket", "expires"],
    additionalProperties: false,
  },
};

export function exemptionFor(urn: string, exemptions: readonly Exemption[]): Exemption | undefined {
  return exemptions.find(({ urnSuffix }) => urn.endsWith(urnSuffix));
}
