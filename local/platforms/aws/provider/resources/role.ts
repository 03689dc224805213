import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { policyDocument } from "../policy-document.ts";
import { arnOf, atMostOne, named, refused, tags, text, wholeNumber } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

export const iamName = /^[\w+=,.@-]+$/;
export const iamCharacters = "may hold letters, digits and _ + = , . @ -";
export const iamPath = z
  .string()
  .max(512, "must have at most 512 characters")
  .regex(/^\/([\x21-\x7e]+\/)?$/, "must begin and end with /");

function schema(connection: Connection) {
  return z
    .strictObject({
      assumeRolePolicy: policyDocument("trust", 2048),
      description: text(0, 1000).optional(),
      forceDetachPolicies: z.boolean().default(false),
      inlinePolicies: refused("deprecated, use aws.iam.RolePolicy"),
      managedPolicyArns: refused("deprecated, use aws.iam.RolePolicyAttachment"),
      maxSessionDuration: wholeNumber(3600, 43_200).default(3600),
      ...named(64, iamName, iamCharacters),
      path: iamPath.default("/"),
      permissionsBoundary: arnOf("iam").optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => atMostOne(context, inputs, ["name", "namePrefix"]));
}

export function role(connection: Connection) {
  const iam = () => connection.client("iam");

  async function find(RoleName: string) {
    return (await unlessMissing(iam().send(new GetRoleCommand({ RoleName }))))?.Role;
  }

  async function liveTags(RoleName: string) {
    return tagRecord((await iam().send(new ListRoleTagsCommand({ RoleName }))).Tags);
  }

  async function outputs(name: string) {
    const live = await find(name);
    return {
      name,
      arn: live?.Arn ?? "",
      uniqueId: live?.RoleId ?? "",
      createDate: live?.CreateDate?.toISOString() ?? "",
    };
  }

  async function bound(RoleName: string, PermissionsBoundary: string | undefined) {
    if (PermissionsBoundary === undefined) {
      await unlessMissing(iam().send(new DeleteRolePermissionsBoundaryCommand({ RoleName })));
    } else {
      await iam().send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    }
  }

  /** What AWS wants gone before a role goes. The official provider does as much on its own. */
  async function release(RoleName: string, policies: boolean) {
    const { InstanceProfiles = [] } = await iam().send(new ListInstanceProfilesForRoleCommand({ RoleName }));
    for (const { InstanceProfileName } of InstanceProfiles) {
      await iam().send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName }));
    }
    if (!policies) return;
    const { AttachedPolicies = [] } = await iam().send(new ListAttachedRolePoliciesCommand({ RoleName }));
    for (const { PolicyArn } of AttachedPolicies) {
      await iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    const { PolicyNames = [] } = await iam().send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames)
      await iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "namePrefix", "path"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "forceDetachPolicies"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      await iam().send(
        new CreateRoleCommand({
          RoleName: name,
          AssumeRolePolicyDocument: inputs.assumeRolePolicy,
          Description: inputs.description,
          MaxSessionDuration: inputs.maxSessionDuration,
          Path: inputs.path,
          PermissionsBoundary: inputs.permissionsBoundary,
          Tags: tagList(inputs.tags),
        }),
      );
      return { id: name, outputs: { ...(await outputs(name)), tagsAll: inputs.tags ?? {} } };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const tagsNow = await liveTags(id);
      return {
        inputs: observed(
          last.inputs,
          {
            name: id,
            assumeRolePolicy: decodeURIComponent(live.AssumeRolePolicyDocument ?? ""),
            description: live.Description,
            maxSessionDuration: live.MaxSessionDuration ?? 3600,
            path: live.Path,
            permissionsBoundary: live.PermissionsBoundary?.PermissionsBoundaryArn,
            tags: tagsNow,
          },
          { computed: ["name"], same: { assumeRolePolicy: sameJson } },
        ),
        outputs: { ...(await outputs(id)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs, last) {
      await iam().send(
        new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: inputs.assumeRolePolicy }),
      );
      await iam().send(
        new UpdateRoleCommand({
          RoleName: id,
          Description: inputs.description ?? "",
          MaxSessionDuration: inputs.maxSessionDuration,
        }),
      );
      if (inputs.permissionsBoundary !== last.inputs.permissionsBoundary)
        await bound(id, inputs.permissionsBoundary);
      await changeTags(await liveTags(id), inputs.tags, {
        remove: (TagKeys) => iam().send(new UntagRoleCommand({ RoleName: id, TagKeys })),
        add: (added) => iam().send(new TagRoleCommand({ RoleName: id, Tags: tagList(added) })),
      });
      return { ...(await outputs(id)), tagsAll: inputs.tags ?? {} };
    },

    async delete(id, last) {
      if ((await find(id)) === undefined) return;
      await release(id, last.inputs.forceDetachPolicies);
      await unlessMissing(iam().send(new DeleteRoleCommand({ RoleName: id })));
    },
  });
}
