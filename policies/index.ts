/** The policy pack: `pulumi preview --policy-pack policies --policy-pack-config policies/config/<stack>.json`. */
import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./policy.ts";
import { rules } from "./rules/index.ts";

new PolicyPack("agentpay-monitoring", { policies: rules.map(policyOf) });
