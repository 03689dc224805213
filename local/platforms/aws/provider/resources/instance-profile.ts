import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  type InstanceProfile,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  UntagInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { atMostOne, named, tags, text } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";
import { iamCharacters, iamName, iamPath } from "./role.ts";

function schema(connection: Connection) {
  return z
    .strictObject({
      ...named(128, iamName, iamCharacters),
      path: iamPath.default("/"),
      role: text(1, 64).regex(iamName, "must be a role's name, not its ARN").optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => atMostOne(context, inputs, ["name", "namePrefix"]));
}

export function instanceProfile(connection: Connection) {
  const iam = () => connection.client("iam");

  async function find(InstanceProfileName: string): Promise<InstanceProfile | undefined> {
    const command = new GetInstanceProfileCommand({ InstanceProfileName });
    return (await unlessMissing(iam().send(command)))?.InstanceProfile;
  }

  /** A profile holds one role: the old one goes first. */
  async function setRole(InstanceProfileName: string, wanted: string | undefined) {
    const current = roleOf(await find(InstanceProfileName));
    if (current === wanted) return;
    if (current !== undefined) {
      await iam().send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: current }));
    }
    if (wanted !== undefined) {
      await iam().send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: wanted }));
    }
  }

  async function outputs(name: string) {
    const live = await find(name);
    return {
      name,
      arn: live?.Arn ?? "",
      uniqueId: live?.InstanceProfileId ?? "",
      createDate: live?.CreateDate?.toISOString() ?? "",
      tagsAll: tagRecord(live?.Tags),
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "namePrefix", "path"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      await iam().send(
        new CreateInstanceProfileCommand({
          InstanceProfileName: name,
          Path: inputs.path,
          Tags: tagList(inputs.tags),
        }),
      );
      await setRole(name, inputs.role);
      return { id: name, outputs: await outputs(name) };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const inputs = { name: id, path: live.Path, role: roleOf(live), tags: tagRecord(live.Tags) };
      return { inputs: observed(last.inputs, inputs, { computed: ["name"] }), outputs: await outputs(id) };
    },

    async update(id, inputs) {
      await setRole(id, inputs.role);
      const current = tagRecord((await find(id))?.Tags);
      await changeTags(current, inputs.tags, {
        remove: (TagKeys) =>
          iam().send(new UntagInstanceProfileCommand({ InstanceProfileName: id, TagKeys })),
        add: (added) =>
          iam().send(new TagInstanceProfileCommand({ InstanceProfileName: id, Tags: tagList(added) })),
      });
      return outputs(id);
    },

    async delete(id) {
      if ((await find(id)) === undefined) return;
      await setRole(id, undefined);
      await unlessMissing(iam().send(new DeleteInstanceProfileCommand({ InstanceProfileName: id })));
    },
  });
}

function roleOf(profile: InstanceProfile | undefined): string | undefined {
  return profile?.Roles?.[0]?.RoleName;
}
