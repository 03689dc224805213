import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { policyDocument } from "../policy-document.ts";
import { atMostOne, named, text } from "../schema.ts";
import { iamCharacters, iamName } from "./role.ts";

const inputs = z
  .strictObject({
    ...named(128, iamName, iamCharacters),
    policy: policyDocument("identity", 10_240),
    role: text(1, 64).regex(iamName, "must be a role's name, not its ARN"),
  })
  .superRefine((given, context) => atMostOne(context, given, ["name", "namePrefix"]));

type Inputs = z.output<typeof inputs>;

/** An inline policy of a role. Its id is `role:name`, as the official provider's. */
export function rolePolicy(connection: Connection) {
  const iam = () => connection.client("iam");

  async function put(PolicyName: string, given: Inputs) {
    const command = { RoleName: given.role, PolicyName, PolicyDocument: given.policy };
    await iam().send(new PutRolePolicyCommand(command));
    return { name: PolicyName };
  }

  return handler({
    inputs,
    replaceOn: ["name", "namePrefix", "role"],
    writeOnly: ["namePrefix"],

    async create(given, logicalName) {
      const name = physicalName(given, logicalName);
      return { id: `${given.role}:${name}`, outputs: await put(name, given) };
    },

    async read(id, last) {
      const [RoleName, name = ""] = id.split(":");
      const live = await unlessMissing(iam().send(new GetRolePolicyCommand({ RoleName, PolicyName: name })));
      if (live === undefined) return undefined;
      const policy = decodeURIComponent(live.PolicyDocument ?? "");
      return {
        inputs: observed(
          last.inputs,
          { name, role: RoleName, policy },
          { computed: ["name"], same: { policy: sameJson } },
        ),
        outputs: { name },
      };
    },

    update: (id, given) => put(id.split(":")[1] ?? "", given),

    async delete(id) {
      const [RoleName, PolicyName] = id.split(":");
      await unlessMissing(iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
    },
  });
}
