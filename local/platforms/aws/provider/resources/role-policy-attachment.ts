import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { arnOf, text } from "../schema.ts";
import { iamName } from "./role.ts";

const inputs = z.strictObject({
  policyArn: arnOf("iam").refine((arn) => /:policy\/.+/.test(arn), "must be the ARN of a policy"),
  role: text(1, 64).regex(iamName, "must be a role's name, not its ARN"),
});

type Inputs = z.output<typeof inputs>;

/** A managed policy on a role. AWS's own policies exist because the emulator is started with them. */
export function rolePolicyAttachment(connection: Connection) {
  const iam = () => connection.client("iam");

  async function isAttached({ role, policyArn }: Inputs): Promise<boolean> {
    const command = new ListAttachedRolePoliciesCommand({ RoleName: role });
    const { AttachedPolicies = [] } = (await unlessMissing(iam().send(command))) ?? {};
    return AttachedPolicies.some((policy) => policy.PolicyArn === policyArn);
  }

  return handler({
    inputs,
    replaceOn: ["policyArn", "role"],

    async create(given) {
      await iam().send(new AttachRolePolicyCommand({ RoleName: given.role, PolicyArn: given.policyArn }));
      return { id: `${given.role}/${given.policyArn}`, outputs: {} };
    },

    // A role's name has no slash; a policy's ARN has.
    taken(id) {
      const at = id.indexOf("/");
      return { id, inputs: { role: id.slice(0, at), policyArn: id.slice(at + 1) } };
    },

    async read(_id, last) {
      if (!(await isAttached(last.inputs))) return undefined;
      return { inputs: observed(last.inputs, last.inputs), outputs: {} };
    },

    async update() {
      throw new Error("a role policy attachment has nothing to update: each change replaces it");
    },

    async delete(_id, last) {
      const { role: RoleName, policyArn: PolicyArn } = last.inputs;
      await unlessMissing(iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    },
  });
}
