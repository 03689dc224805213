import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { policyDocument } from "../policy-document.ts";
import { oneOf, problem, refused, region, tags, text, wholeNumber } from "../schema.ts";
import { changeTags } from "../tags.ts";

function schema(connection: Connection) {
  return z
    .strictObject({
      bypassPolicyLockoutSafetyCheck: z.boolean().default(false),
      customKeyStoreId: refused("the emulator has no custom key stores"),
      customerMasterKeySpec: oneOf([
        "SYMMETRIC_DEFAULT",
        "RSA_2048",
        "RSA_3072",
        "RSA_4096",
        "HMAC_256",
      ]).default("SYMMETRIC_DEFAULT"),
      deletionWindowInDays: wholeNumber(7, 30).optional(),
      description: text(0, 8192).optional(),
      enableKeyRotation: z.boolean().default(false),
      isEnabled: z.boolean().default(true),
      keyUsage: oneOf(["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"]).default("ENCRYPT_DECRYPT"),
      multiRegion: z.boolean().default(false),
      policy: policyDocument("resource", 32_768).optional(),
      region: region().optional(),
      rotationPeriodInDays: wholeNumber(90, 2560).optional(),
      tags: tags(connection.defaultTags),
      xksKeyId: refused("the emulator has no external key stores"),
    })
    .superRefine((inputs, context) => {
      if (inputs.rotationPeriodInDays !== undefined && !inputs.enableKeyRotation) {
        problem(context, "rotationPeriodInDays", "is for keys with enableKeyRotation: true");
      }
      if (inputs.enableKeyRotation && inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT") {
        problem(context, "enableKeyRotation", "is for keys with customerMasterKeySpec SYMMETRIC_DEFAULT");
      }
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function key(connection: Connection) {
  const kms = (inputs: Inputs) => connection.client("kms", inputs.region);

  async function find(KeyId: string, inputs: Inputs) {
    const found = (await unlessMissing(kms(inputs).send(new DescribeKeyCommand({ KeyId }))))?.KeyMetadata;
    return found?.KeyState === "PendingDeletion" ? undefined : found;
  }

  async function liveTags(KeyId: string, inputs: Inputs): Promise<Record<string, string>> {
    const { Tags = [] } = await kms(inputs).send(new ListResourceTagsCommand({ KeyId }));
    return Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
  }

  function kmsTags(all: Record<string, string> | undefined) {
    return Object.entries(all ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  }

  async function rotate(KeyId: string, { enableKeyRotation, rotationPeriodInDays, ...inputs }: Inputs) {
    const client = connection.client("kms", inputs.region);
    if (!enableKeyRotation) return client.send(new DisableKeyRotationCommand({ KeyId }));
    return client.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: rotationPeriodInDays }));
  }

  async function outputs(id: string, inputs: Inputs) {
    const live = await find(id, inputs);
    const { Policy = "" } = await kms(inputs).send(
      new GetKeyPolicyCommand({ KeyId: id, PolicyName: "default" }),
    );
    return {
      arn: live?.Arn ?? "",
      keyId: id,
      description: live?.Description ?? "",
      policy: Policy,
      region: inputs.region ?? connection.region,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["customerMasterKeySpec", "keyUsage", "multiRegion", "region"],
    writeOnly: ["bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"],

    async create(inputs) {
      const command = new CreateKeyCommand({
        BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
        Description: inputs.description,
        KeySpec: inputs.customerMasterKeySpec,
        KeyUsage: inputs.keyUsage,
        MultiRegion: inputs.multiRegion,
        Policy: inputs.policy,
        Tags: kmsTags(inputs.tags),
      });
      const id = (await kms(inputs).send(command)).KeyMetadata?.KeyId ?? "";
      if (inputs.enableKeyRotation) await rotate(id, inputs);
      if (!inputs.isEnabled) await kms(inputs).send(new DisableKeyCommand({ KeyId: id }));
      return { id, outputs: await outputs(id, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const client = kms(last.inputs);
      const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: "default" }));
      const rotation = await client.send(new GetKeyRotationStatusCommand({ KeyId: id }));
      const tagsNow = await liveTags(id, last.inputs);
      return {
        inputs: observed(
          last.inputs,
          {
            customerMasterKeySpec: live.KeySpec as Inputs["customerMasterKeySpec"],
            description: live.Description,
            enableKeyRotation: rotation.KeyRotationEnabled,
            isEnabled: live.Enabled,
            keyUsage: live.KeyUsage as Inputs["keyUsage"],
            multiRegion: live.MultiRegion,
            policy: Policy,
            region: last.inputs.region,
            rotationPeriodInDays: rotation.RotationPeriodInDays,
            tags: tagsNow,
          },
          { computed: ["description", "policy", "rotationPeriodInDays"], same: { policy: sameJson } },
        ),
        outputs: { ...(await outputs(id, last.inputs)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs, last) {
      const client = kms(inputs);
      if (inputs.description !== last.inputs.description) {
        await client.send(
          new UpdateKeyDescriptionCommand({ KeyId: id, Description: inputs.description ?? "" }),
        );
      }
      if (inputs.policy !== undefined && inputs.policy !== last.inputs.policy) {
        await client.send(
          new PutKeyPolicyCommand({ KeyId: id, PolicyName: "default", Policy: inputs.policy }),
        );
      }
      await client.send(
        inputs.isEnabled ? new EnableKeyCommand({ KeyId: id }) : new DisableKeyCommand({ KeyId: id }),
      );
      if (inputs.customerMasterKeySpec === "SYMMETRIC_DEFAULT") await rotate(id, inputs);
      await changeTags(await liveTags(id, inputs), inputs.tags, {
        remove: (TagKeys) => client.send(new UntagResourceCommand({ KeyId: id, TagKeys })),
        add: (added) => client.send(new TagResourceCommand({ KeyId: id, Tags: kmsTags(added) })),
      });
      return outputs(id, inputs);
    },

    async delete(id, last) {
      if ((await find(id, last.inputs)) === undefined) return;
      const PendingWindowInDays = last.inputs.deletionWindowInDays ?? 30;
      await kms(last.inputs).send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
    },
  });
}
