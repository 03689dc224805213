import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { policyDocument } from "../policy-document.ts";
import { atMostOne, named, tags, text, wholeNumber } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";
import { iamCharacters, iamName, iamPath } from "./role.ts";

/** AWS keeps so many versions of a policy. */
const MOST_VERSIONS = 5;

function schema(connection: Connection) {
  return z
    .strictObject({
      ...named(128, iamName, iamCharacters),
      // The official provider's own: after a change, it waits so long for AWS to know of it everywhere.
      delayAfterPolicyCreationInMs: wholeNumber(0, 86_400_000).optional(),
      description: text(0, 1000).optional(),
      path: iamPath.default("/"),
      policy: policyDocument("identity", 6144),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => atMostOne(context, inputs, ["name", "namePrefix"]));
}

/** A managed policy. Its id is its ARN; what changes in it is a new version, which counts from then on. */
export function policy(connection: Connection) {
  const iam = () => connection.client("iam");

  const find = async (PolicyArn: string) =>
    (await unlessMissing(iam().send(new GetPolicyCommand({ PolicyArn }))))?.Policy;

  async function outputs(arn: string) {
    const live = await find(arn);
    return {
      arn,
      name: live?.PolicyName ?? "",
      policyId: live?.PolicyId ?? "",
      attachmentCount: live?.AttachmentCount ?? 0,
      tagsAll: tagRecord(live?.Tags),
    };
  }

  async function otherVersions(PolicyArn: string) {
    const { Versions = [] } = await iam().send(new ListPolicyVersionsCommand({ PolicyArn }));
    return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion);
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["description", "name", "namePrefix", "path"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "delayAfterPolicyCreationInMs"],

    async create(inputs, logicalName) {
      const { Policy } = await iam().send(
        new CreatePolicyCommand({
          PolicyName: physicalName(inputs, logicalName),
          Description: inputs.description,
          Path: inputs.path,
          PolicyDocument: inputs.policy,
          Tags: tagList(inputs.tags),
        }),
      );
      const arn = Policy?.Arn ?? "";
      return { id: arn, outputs: await outputs(arn) };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const { PolicyVersion } = await iam().send(
        new GetPolicyVersionCommand({ PolicyArn: id, VersionId: live.DefaultVersionId }),
      );
      const inputs = {
        name: live.PolicyName,
        path: live.Path,
        description: live.Description,
        policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
        tags: tagRecord(live.Tags),
      };
      return {
        inputs: observed(last.inputs, inputs, { computed: ["name"], same: { policy: sameJson } }),
        outputs: await outputs(id),
      };
    },

    async update(id, inputs, last) {
      if (inputs.policy !== last.inputs.policy) {
        const others = await otherVersions(id);
        const oldest = others.at(-1)?.VersionId;
        if (others.length + 1 >= MOST_VERSIONS && oldest) {
          await iam().send(new DeletePolicyVersionCommand({ PolicyArn: id, VersionId: oldest }));
        }
        const version = { PolicyArn: id, PolicyDocument: inputs.policy, SetAsDefault: true };
        await iam().send(new CreatePolicyVersionCommand(version));
      }
      await changeTags(tagRecord((await find(id))?.Tags), inputs.tags, {
        remove: (TagKeys) => iam().send(new UntagPolicyCommand({ PolicyArn: id, TagKeys })),
        add: (added) => iam().send(new TagPolicyCommand({ PolicyArn: id, Tags: tagList(added) })),
      });
      return outputs(id);
    },

    async delete(id) {
      if ((await find(id)) === undefined) return;
      for (const { VersionId } of await otherVersions(id)) {
        await iam().send(new DeletePolicyVersionCommand({ PolicyArn: id, VersionId }));
      }
      await unlessMissing(iam().send(new DeletePolicyCommand({ PolicyArn: id })));
    },
  });
}
