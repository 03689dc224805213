import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { atMostOne, region, text } from "../schema.ts";

const aliasName = text(7, 256)
  .regex(/^alias\/[\w/-]+$/, "must be alias/ and letters, digits and / _ -")
  .refine(
    (name) => !name.startsWith("alias/aws/"),
    "must not begin with alias/aws/, which AWS keeps for itself",
  );

const inputs = z
  .strictObject({
    name: aliasName.optional(),
    namePrefix: aliasName.optional(),
    targetKeyId: text(1, 2048),
    region: region().optional(),
  })
  .superRefine((given, context) => atMostOne(context, given, ["name", "namePrefix"]));

type Inputs = z.output<typeof inputs>;

export function alias(connection: Connection) {
  const kms = (given: Inputs) => connection.client("kms", given.region);

  async function find(name: string, given: Inputs) {
    const { Aliases = [] } = await kms(given).send(new ListAliasesCommand({}));
    return Aliases.find((each) => each.AliasName === name);
  }

  async function outputs(name: string, given: Inputs) {
    const live = await find(name, given);
    const { KeyMetadata } = await kms(given).send(new DescribeKeyCommand({ KeyId: given.targetKeyId }));
    return {
      name,
      arn: live?.AliasArn ?? "",
      targetKeyArn: KeyMetadata?.Arn ?? "",
      region: given.region ?? connection.region,
    };
  }

  return handler({
    inputs,
    replaceOn: ["name", "namePrefix", "region"],
    writeOnly: ["namePrefix"],

    async create(given, logicalName) {
      const name = physicalName(given, `alias/${logicalName}`);
      await kms(given).send(new CreateAliasCommand({ AliasName: name, TargetKeyId: given.targetKeyId }));
      return { id: name, outputs: await outputs(name, given) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      return {
        inputs: observed(
          last.inputs,
          { name: id, targetKeyId: live.TargetKeyId, region: last.inputs.region },
          { computed: ["name"], same: { targetKeyId: sameKey } },
        ),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(id, given) {
      await kms(given).send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: given.targetKeyId }));
      return outputs(id, given);
    },

    async delete(id, last) {
      if ((await find(id, last.inputs)) === undefined) return;
      await unlessMissing(kms(last.inputs).send(new DeleteAliasCommand({ AliasName: id })));
    },
  });
}

/** A key goes by its id or its ARN, which ends in the id. */
function sameKey(left: unknown, right: unknown): boolean {
  return String(left).split("/").at(-1) === String(right).split("/").at(-1);
}
