import {
  AddTagsToResourceCommand,
  CreateDBParameterGroupCommand,
  DeleteDBParameterGroupCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  ListTagsForResourceCommand,
  ModifyDBParameterGroupCommand,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-rds";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameMembers } from "../handler.ts";
import { physicalName } from "../names.ts";
import { atMostOne, oneOf, problem, region, tags, text } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

const families =
  /^(postgres(9\.6|1[0-8])|mysql(5\.7|8\.[04])|mariadb(10\.\d{1,2}|11\.\d)|aurora-postgresql1[1-8]|aurora-mysql(5\.7|8\.0)|oracle-(ee|se2)(-cdb)?-(19|21)|sqlserver-(ee|se|ex|web)-1[3-6]\.0)$/;

/** PostgreSQL parameters that take effect at a restart only: AWS refuses `immediate` for them. */
const staticPostgres: ReadonlySet<string> = new Set([
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "huge_pages",
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "pg_stat_statements.max",
  "rds.logical_replication",
  "shared_buffers",
  "shared_preload_libraries",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_buffers",
]);

/** How many parameters AWS takes in one call. */
const chunk = 20;

function groupName(maximum: number, ending: RegExp, sentence: string) {
  return text(1, maximum).regex(ending, sentence);
}

const parameter = z.strictObject({
  name: text(1, 255),
  value: z.string("must be a string"),
  applyMethod: oneOf(["immediate", "pending-reboot"]).default("immediate"),
});

function schema(connection: Connection) {
  return z
    .strictObject({
      description: text(1, 255).default("Managed by Pulumi"),
      family: z.string().regex(families, "must be a parameter group family such as postgres16"),
      name: groupName(
        255,
        /^[a-z](-?[a-z0-9])*$/,
        "must begin with a letter and hold lower-case letters, digits and single hyphens, none at the end",
      ).optional(),
      namePrefix: groupName(
        229,
        /^[a-z](-?[a-z0-9])*-?$/,
        "must begin with a letter and hold lower-case letters, digits and single hyphens",
      ).optional(),
      parameters: z.array(parameter).optional(),
      region: region().optional(),
      skipDestroy: z.boolean().default(false),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => {
      atMostOne(context, inputs, ["name", "namePrefix"]);
      const parameters = inputs.parameters ?? [];
      const names = parameters.map((each) => each.name);
      parameters.forEach(({ name, applyMethod }, index) => {
        if (names.indexOf(name) !== index) problem(context, ["parameters", index, "name"], `repeats ${name}`);
        const atRestart = /postgres/.test(inputs.family) && staticPostgres.has(name);
        if (atRestart && applyMethod === "immediate") {
          const message = `must be pending-reboot: ${name} is static and takes effect at a restart only`;
          problem(context, ["parameters", index, "applyMethod"], message);
        }
      });
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;
type Parameter = z.output<typeof parameter>;

export function parameterGroup(connection: Connection) {
  const rds = (inputs: Inputs) => connection.client("rds", inputs.region);

  async function find(DBParameterGroupName: string, inputs: Inputs) {
    const command = new DescribeDBParameterGroupsCommand({ DBParameterGroupName });
    return (await unlessMissing(rds(inputs).send(command)))?.DBParameterGroups?.[0];
  }

  async function liveParameters(DBParameterGroupName: string, inputs: Inputs): Promise<Parameter[]> {
    const command = new DescribeDBParametersCommand({ DBParameterGroupName });
    const { Parameters = [] } = await rds(inputs).send(command);
    return Parameters.map(({ ParameterName = "", ParameterValue = "", ApplyMethod = "immediate" }) => ({
      name: ParameterName,
      value: ParameterValue,
      applyMethod: ApplyMethod as Parameter["applyMethod"],
    }));
  }

  async function modify(DBParameterGroupName: string, inputs: Inputs) {
    const all = (inputs.parameters ?? []).map((each) => ({
      ParameterName: each.name,
      ParameterValue: each.value,
      ApplyMethod: each.applyMethod,
    }));
    for (let start = 0; start < all.length; start += chunk) {
      const Parameters = all.slice(start, start + chunk);
      await rds(inputs).send(new ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters }));
    }
  }

  async function create(name: string, inputs: Inputs) {
    await rds(inputs).send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: inputs.family,
        Description: inputs.description,
        Tags: tagList(inputs.tags),
      }),
    );
    await modify(name, inputs);
  }

  async function remove(DBParameterGroupName: string, inputs: Inputs) {
    await unlessMissing(rds(inputs).send(new DeleteDBParameterGroupCommand({ DBParameterGroupName })));
  }

  async function liveTags(ResourceName: string | undefined, inputs: Inputs) {
    return tagRecord((await rds(inputs).send(new ListTagsForResourceCommand({ ResourceName }))).TagList);
  }

  async function outputs(name: string, inputs: Inputs) {
    const live = await find(name, inputs);
    return {
      name,
      arn: live?.DBParameterGroupArn ?? "",
      region: inputs.region ?? connection.region,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["description", "family", "name", "namePrefix", "region"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "skipDestroy"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName.toLowerCase());
      await create(name, inputs);
      return { id: name, outputs: await outputs(name, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const tagsNow = await liveTags(live.DBParameterGroupArn, last.inputs);
      return {
        inputs: observed(
          last.inputs,
          {
            name: id,
            description: live.Description,
            family: live.DBParameterGroupFamily,
            parameters: await liveParameters(id, last.inputs),
            region: last.inputs.region,
            tags: tagsNow,
          },
          { computed: ["name"], same: { parameters: sameMembers } },
        ),
        outputs: { ...(await outputs(id, last.inputs)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs) {
      const wanted = new Set((inputs.parameters ?? []).map((each) => each.name));
      const live = await liveParameters(id, inputs);
      if (live.every((each) => wanted.has(each.name))) {
        await modify(id, inputs);
        const ResourceName = (await find(id, inputs))?.DBParameterGroupArn;
        await changeTags(await liveTags(ResourceName, inputs), inputs.tags, {
          remove: (TagKeys) => rds(inputs).send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys })),
          add: (added) =>
            rds(inputs).send(new AddTagsToResourceCommand({ ResourceName, Tags: tagList(added) })),
        });
      } else {
        // The emulator can't reset a parameter to its default.
        await remove(id, inputs);
        await create(id, inputs);
      }
      return outputs(id, inputs);
    },

    async delete(id, last) {
      if (!last.inputs.skipDestroy) await remove(id, last.inputs);
    },
  });
}
