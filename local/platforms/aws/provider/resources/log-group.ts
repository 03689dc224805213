import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { arnOf, atMostOne, named, oneOf, problem, region, tags } from "../schema.ts";
import { changeTags } from "../tags.ts";

/** Days that CloudWatch Logs offers; 0 keeps events for ever. */
const retentions = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** What the emulator does not keep of a group. */
const kind = "log-group";

export const logGroupName = /^[A-Za-z0-9_/.#-]+$/;
export const logGroupCharacters = "may hold letters, digits and _ / . # -";

function schema(connection: Connection) {
  return z
    .strictObject({
      ...named(512, logGroupName, logGroupCharacters),
      retentionInDays: z
        .literal(retentions, `must be one of ${retentions.join(", ")} (0 keeps events for ever)`)
        .default(0),
      kmsKeyId: arnOf("kms").optional(),
      logGroupClass: oneOf(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).optional(),
      skipDestroy: z.boolean().default(false),
      deletionProtectionEnabled: z.boolean().optional(),
      region: region().optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => {
      atMostOne(context, inputs, ["name", "namePrefix"]);
      if (/^aws\//.test(inputs.name ?? inputs.namePrefix ?? "")) {
        problem(context, "name", "must not begin with aws/, which AWS keeps for itself");
      }
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;

/** The group of exactly that name. */
export async function findLogGroup(
  connection: Connection,
  name: string,
  place: string | undefined,
): Promise<LogGroup | undefined> {
  const logs = connection.client("logs", place);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.find((group) => group.logGroupName === name);
}

export function logGroup(connection: Connection) {
  const logs = (inputs: Inputs) => connection.client("logs", inputs.region);
  /** Two accounts may have groups of one name. */
  const keyOf = async (inputs: Inputs, id: string) =>
    `${(await connection.caller()).accountId} ${inputs.region ?? connection.region} ${id}`;

  async function outputs(inputs: Inputs, name: string) {
    const group = await findLogGroup(connection, name, inputs.region);
    return {
      name,
      arn: arnWithoutStreams(group),
      region: inputs.region ?? connection.region,
      logGroupClass: group?.logGroupClass ?? inputs.logGroupClass ?? "STANDARD",
      deletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
      tagsAll: inputs.tags ?? {},
    };
  }

  async function keepForever(inputs: Inputs, logGroupName: string) {
    await logs(inputs).send(new DeleteRetentionPolicyCommand({ logGroupName }));
  }

  async function retain(inputs: Inputs, logGroupName: string) {
    const { retentionInDays } = inputs;
    if (retentionInDays === 0) await keepForever(inputs, logGroupName);
    else await logs(inputs).send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  }

  async function keep(inputs: Inputs, name: string) {
    const { kmsKeyId, deletionProtectionEnabled } = inputs;
    connection.store.set(kind, await keyOf(inputs, name), { kmsKeyId, deletionProtectionEnabled });
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "namePrefix", "logGroupClass", "region"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "skipDestroy"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      await logs(inputs).send(
        new CreateLogGroupCommand({
          logGroupName: name,
          kmsKeyId: inputs.kmsKeyId,
          logGroupClass: inputs.logGroupClass,
          tags: inputs.tags,
        }),
      );
      if (inputs.retentionInDays > 0) await retain(inputs, name);
      await keep(inputs, name);
      return { id: name, outputs: await outputs(inputs, name) };
    },

    async read(id, last) {
      const group = await findLogGroup(connection, id, last.inputs.region);
      if (group === undefined) return undefined;
      const resourceArn = arnWithoutStreams(group);
      const { tags: live = {} } = await logs(last.inputs).send(
        new ListTagsForResourceCommand({ resourceArn }),
      );
      const kept = connection.store.get(kind, await keyOf(last.inputs, id));
      const inputs = observed(
        last.inputs,
        {
          name: id,
          retentionInDays: (group.retentionInDays ?? 0) as Inputs["retentionInDays"],
          kmsKeyId: (kept ? kept["kmsKeyId"] : group.kmsKeyId) as string | undefined,
          logGroupClass: group.logGroupClass as Inputs["logGroupClass"],
          deletionProtectionEnabled: kept?.["deletionProtectionEnabled"] as boolean | undefined,
          region: last.inputs.region,
          tags: live,
        },
        { computed: ["name", "logGroupClass"] },
      );
      return { inputs, outputs: { ...(await outputs(last.inputs, id)), tagsAll: live } };
    },

    async update(id, inputs) {
      const group = await findLogGroup(connection, id, inputs.region);
      if ((group?.retentionInDays ?? 0) !== inputs.retentionInDays) await retain(inputs, id);
      const resourceArn = arnWithoutStreams(group);
      const { tags: live = {} } = await logs(inputs).send(new ListTagsForResourceCommand({ resourceArn }));
      await changeTags(live, inputs.tags, {
        remove: (tagKeys) => logs(inputs).send(new UntagResourceCommand({ resourceArn, tagKeys })),
        add: (added) => logs(inputs).send(new TagResourceCommand({ resourceArn, tags: added })),
      });
      await keep(inputs, id);
      return outputs(inputs, id);
    },

    async delete(id, last) {
      if (last.inputs.skipDestroy) return;
      const key = await keyOf(last.inputs, id);
      if (connection.store.get(kind, key)?.["deletionProtectionEnabled"] === true) {
        throw new Error(`log group ${id} is protected: set deletionProtectionEnabled to false first`);
      }
      await unlessMissing(logs(last.inputs).send(new DeleteLogGroupCommand({ logGroupName: id })));
      connection.store.delete(kind, key);
    },
  });
}

/** AWS reports a group's ARN with `:*` for its streams; the provider without. */
function arnWithoutStreams(group: LogGroup | undefined): string {
  return (group?.logGroupArn ?? group?.arn ?? "").replace(/:\*$/, "");
}
