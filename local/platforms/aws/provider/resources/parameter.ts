import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { exactlyOne, oneOf, problem, region, tags, text } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

/** Bytes that a value may have, by tier. */
const capacity = { Standard: 4096, Advanced: 8192, "Intelligent-Tiering": 8192 } as const;

const parameterName = z
  .string()
  .max(1011, "must have at most 1011 characters")
  .regex(/^[A-Za-z0-9_./-]+$/, "may hold letters, digits and _ . - /")
  .superRefine((name, context) => {
    if (name.includes("/") && !name.startsWith("/")) {
      problem(context, [], "must begin with / when it holds a / (a fully qualified name)");
    }
    if (/^\/?(aws|ssm)/i.test(name))
      problem(context, [], "must not begin with aws or ssm, which AWS keeps for itself");
    if (name.split("/").length > 16) problem(context, [], "must have at most 15 levels");
  });

const value = z.string().min(1, "must not be empty").optional();

function schema(connection: Connection) {
  return z
    .strictObject({
      name: parameterName.optional(),
      type: oneOf(["String", "StringList", "SecureString"]),
      value,
      insecureValue: value,
      valueWo: value,
      valueWoVersion: z.int("must be a whole number").optional(),
      allowedPattern: text(0, 1024).optional(),
      arn: z.string().optional(),
      dataType: oneOf(["text", "aws:ssm:integration", "aws:ec2:image"]).optional(),
      description: text(0, 1024).optional(),
      keyId: text(1, 256).optional(),
      overwrite: z.boolean().optional(),
      region: region().optional(),
      tags: tags(connection.defaultTags),
      tier: oneOf(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
    })
    .superRefine((inputs, context) => {
      exactlyOne(context, inputs, ["value", "insecureValue", "valueWo"]);
      if ((inputs.valueWo === undefined) !== (inputs.valueWoVersion === undefined)) {
        problem(context, "valueWoVersion", "goes with valueWo: give both or neither");
      }
      if (inputs.type === "SecureString" && inputs.insecureValue !== undefined) {
        problem(context, "insecureValue", "is not for type SecureString: use value");
      }
      for (const name of valueInputs) checkValue(inputs, name, context);
    });
}

const valueInputs = ["value", "insecureValue", "valueWo"] as const;
type ValueInput = (typeof valueInputs)[number];

interface ValueRules {
  readonly tier?: keyof typeof capacity | undefined;
  readonly allowedPattern?: string | undefined;
}

type Values = ValueRules & { readonly [Name in ValueInput]?: string | undefined };

function checkValue(inputs: Values, name: ValueInput, context: z.core.$RefinementCtx): void {
  const content = inputs[name];
  if (content === undefined) return;
  const tier = inputs.tier ?? "Standard";
  const bytes = Buffer.byteLength(content);
  if (bytes > capacity[tier]) {
    const advice = tier === "Standard" ? " (tier Advanced takes 8192)" : "";
    problem(context, name, `has ${bytes} bytes; tier ${tier} takes ${capacity[tier]}${advice}`);
  }
  if (inputs.allowedPattern && !matches(inputs.allowedPattern, content)) {
    problem(context, name, "does not match allowedPattern");
  }
}

function matches(pattern: string, content: string): boolean {
  try {
    return new RegExp(pattern, "u").test(content);
  } catch {
    return false;
  }
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function parameter(connection: Connection) {
  const ssm = (inputs: Inputs) => connection.client("ssm", inputs.region);

  async function put(Name: string, inputs: Inputs, Overwrite: boolean) {
    await ssm(inputs).send(
      new PutParameterCommand({
        Name,
        Overwrite,
        Type: inputs.type,
        Value: inputs.value ?? inputs.insecureValue ?? inputs.valueWo,
        AllowedPattern: inputs.allowedPattern,
        DataType: inputs.dataType,
        Description: inputs.description ?? "",
        KeyId: inputs.type === "SecureString" ? inputs.keyId : undefined,
        Tier: inputs.tier,
        // AWS refuses tags together with Overwrite.
        Tags: Overwrite ? undefined : tagList(inputs.tags),
      }),
    );
  }

  async function find(Name: string, inputs: Inputs) {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const found = (await unlessMissing(ssm(inputs).send(command)))?.Parameter;
    if (found === undefined) return undefined;
    const filter = { Key: "Name", Option: "Equals", Values: [Name] };
    const described = await ssm(inputs).send(new DescribeParametersCommand({ ParameterFilters: [filter] }));
    return { ...described.Parameters?.[0], ...found };
  }

  async function liveTags(id: string, inputs: Inputs) {
    const command = new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: id });
    return tagRecord((await ssm(inputs).send(command)).TagList);
  }

  function changeParameterTags(id: string, inputs: Inputs, current: Record<string, string>) {
    const target = { ResourceType: "Parameter", ResourceId: id } as const;
    return changeTags(current, inputs.tags, {
      remove: (TagKeys) => ssm(inputs).send(new RemoveTagsFromResourceCommand({ ...target, TagKeys })),
      add: (added) => ssm(inputs).send(new AddTagsToResourceCommand({ ...target, Tags: tagList(added) })),
    });
  }

  async function outputs(name: string, inputs: Inputs) {
    const live = await find(name, inputs);
    return {
      name,
      arn: live?.ARN ?? "",
      version: live?.Version ?? 0,
      dataType: live?.DataType ?? "text",
      tier: live?.Tier ?? "Standard",
      keyId: live?.KeyId ?? "",
      hasValueWo: inputs.valueWo !== undefined,
      region: inputs.region ?? connection.region,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "dataType", "region"],
    deleteBeforeReplace: true,
    secretOutputs: ["value", "valueWo"],
    writeOnly: ["arn", "overwrite", "valueWo", "valueWoVersion"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      await put(name, inputs, inputs.overwrite ?? false);
      if (inputs.overwrite) await changeParameterTags(name, inputs, await liveTags(name, inputs));
      return { id: name, outputs: await outputs(name, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const tagsNow = await liveTags(id, last.inputs);
      const plain = last.inputs.insecureValue !== undefined && live.Type !== "SecureString";
      const writeOnly = last.inputs.valueWo !== undefined;
      return {
        inputs: observed(
          last.inputs,
          {
            name: id,
            type: live.Type as Inputs["type"],
            insecureValue: plain ? live.Value : undefined,
            value: plain || writeOnly ? undefined : live.Value,
            allowedPattern: live.AllowedPattern,
            dataType: live.DataType as Inputs["dataType"],
            description: live.Description,
            keyId: live.KeyId,
            tier: live.Tier as Inputs["tier"],
            region: last.inputs.region,
            tags: tagsNow,
          },
          {
            computed: ["name", "dataType", "keyId", "tier"],
            same: { tier: (given, now) => given === now || given === "Intelligent-Tiering" },
          },
        ),
        outputs: { ...(await outputs(id, last.inputs)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs) {
      await put(id, inputs, inputs.overwrite ?? true);
      await changeParameterTags(id, inputs, await liveTags(id, inputs));
      return outputs(id, inputs);
    },

    async delete(id, last) {
      await unlessMissing(ssm(last.inputs).send(new DeleteParameterCommand({ Name: id })));
    },
  });
}
