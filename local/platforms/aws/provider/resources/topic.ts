import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { arnOf, atMostOne, json, oneOf, problem, region, tags, text, wholeNumber } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";
import { topicPolicyDocument } from "./topic-policy.ts";

/** Attributes of a topic by input. The emulator reads back only those marked `emulated`. */
const attributes = {
  ...feedback("application"),
  ...feedback("firehose"),
  ...feedback("http"),
  ...feedback("lambda"),
  ...feedback("sqs"),
  archivePolicy: { attribute: "ArchivePolicy" },
  contentBasedDeduplication: { attribute: "ContentBasedDeduplication", emulated: true },
  deliveryPolicy: { attribute: "DeliveryPolicy", emulated: true },
  displayName: { attribute: "DisplayName", emulated: true },
  fifoThroughputScope: { attribute: "FifoThroughputScope" },
  kmsMasterKeyId: { attribute: "KmsMasterKeyId", emulated: true },
  policy: { attribute: "Policy", emulated: true },
  signatureVersion: { attribute: "SignatureVersion" },
  tracingConfig: { attribute: "TracingConfig" },
} as const satisfies Record<string, { attribute: string; emulated?: true }>;

type AttributeInput = keyof typeof attributes;
const attributeInputs = Object.keys(attributes) as AttributeInput[];

type Protocol = "application" | "firehose" | "http" | "lambda" | "sqs";
type Capital<Name extends Protocol> = Name extends "http"
  ? "HTTP"
  : Name extends "sqs"
    ? "SQS"
    : Capitalize<Name>;

/** The three delivery-status inputs of one protocol. */
function feedback<Name extends Protocol>(protocol: Name) {
  const prefix =
    protocol.length < 5 ? protocol.toUpperCase() : protocol.charAt(0).toUpperCase() + protocol.slice(1);
  return Object.fromEntries(
    ["FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate"].map((ending) => [
      `${protocol}${ending}`,
      { attribute: `${prefix as Capital<Name>}${ending}` },
    ]),
  ) as Record<
    `${Name}${"FailureFeedbackRoleArn" | "SuccessFeedbackRoleArn" | "SuccessFeedbackSampleRate"}`,
    { attribute: string; emulated?: true }
  >;
}

const role = arnOf("iam").optional();
const sampleRate = wholeNumber(0, 100).optional();

/** What the emulator does not read back. */
const kind = "topic";

function schema(connection: Connection) {
  return z
    .strictObject({
      applicationFailureFeedbackRoleArn: role,
      applicationSuccessFeedbackRoleArn: role,
      applicationSuccessFeedbackSampleRate: sampleRate,
      firehoseFailureFeedbackRoleArn: role,
      firehoseSuccessFeedbackRoleArn: role,
      firehoseSuccessFeedbackSampleRate: sampleRate,
      httpFailureFeedbackRoleArn: role,
      httpSuccessFeedbackRoleArn: role,
      httpSuccessFeedbackSampleRate: sampleRate,
      lambdaFailureFeedbackRoleArn: role,
      lambdaSuccessFeedbackRoleArn: role,
      lambdaSuccessFeedbackSampleRate: sampleRate,
      sqsFailureFeedbackRoleArn: role,
      sqsSuccessFeedbackRoleArn: role,
      sqsSuccessFeedbackSampleRate: sampleRate,
      archivePolicy: json.optional(),
      contentBasedDeduplication: z.boolean().default(false),
      deliveryPolicy: json.optional(),
      displayName: text(0, 100).optional(),
      fifoThroughputScope: oneOf(["Topic", "MessageGroup"]).optional(),
      fifoTopic: z.boolean().default(false),
      kmsMasterKeyId: z.string().optional(),
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      policy: topicPolicyDocument.optional(),
      region: region().optional(),
      signatureVersion: wholeNumber(1, 2).optional(),
      tags: tags(connection.defaultTags),
      tracingConfig: oneOf(["PassThrough", "Active"]).optional(),
    })
    .superRefine((inputs, context) => {
      atMostOne(context, inputs, ["name", "namePrefix"]);
      checkName(inputs, context);
      for (const property of ["archivePolicy", "fifoThroughputScope", "contentBasedDeduplication"] as const) {
        if (!inputs.fifoTopic && inputs[property]) {
          problem(context, property, "is for FIFO topics only (fifoTopic: true)");
        }
      }
    });
}

interface Named {
  readonly name?: string | undefined;
  readonly namePrefix?: string | undefined;
  readonly fifoTopic: boolean;
}

function checkName({ name, namePrefix, fifoTopic }: Named, context: z.core.$RefinementCtx): void {
  const pattern = fifoTopic ? /^[\w-]{1,251}\.fifo$/ : /^[\w-]{1,256}$/;
  if (name !== undefined && !pattern.test(name)) {
    const ending = fifoTopic ? ", ending in .fifo" : "";
    problem(context, "name", `must have 1 to 256 letters, digits, _ and -${ending}`);
  }
  if (namePrefix !== undefined && !/^[\w-]{1,230}$/.test(namePrefix)) {
    problem(context, "namePrefix", "must have 1 to 230 letters, digits, _ and -");
  }
}

type Inputs = z.output<ReturnType<typeof schema>>;

/** AWS takes every attribute as a text; an absent one as the empty text. */
function asAttribute(value: Inputs[AttributeInput]): string {
  return value === undefined ? "" : String(value);
}

export function topic(connection: Connection) {
  const sns = (inputs: Inputs) => connection.client("sns", inputs.region);

  async function set(TopicArn: string, inputs: Inputs, before?: Inputs) {
    const changed = attributeInputs.filter(
      (name) => asAttribute(inputs[name]) !== (before ? asAttribute(before[name]) : ""),
    );
    for (const name of changed) {
      // A topic without a policy of its own keeps the one that AWS gives it, or that a TopicPolicy set.
      if (name === "policy" && inputs.policy === undefined) continue;
      if (name === "contentBasedDeduplication" && !inputs.fifoTopic) continue;
      const { attribute } = attributes[name];
      const command = { TopicArn, AttributeName: attribute, AttributeValue: asAttribute(inputs[name]) };
      await sns(inputs).send(new SetTopicAttributesCommand(command));
    }
    const kept = attributeInputs.filter((name) => !isEmulated(name)).map((name) => [name, inputs[name]]);
    connection.store.set(kind, TopicArn, Object.fromEntries(kept));
  }

  async function find(TopicArn: string, inputs: Inputs) {
    return (await unlessMissing(sns(inputs).send(new GetTopicAttributesCommand({ TopicArn }))))?.Attributes;
  }

  async function liveTags(ResourceArn: string, inputs: Inputs) {
    return tagRecord((await sns(inputs).send(new ListTagsForResourceCommand({ ResourceArn }))).Tags);
  }

  async function outputs(arn: string, inputs: Inputs) {
    const live = await find(arn, inputs);
    return {
      arn,
      name: arn.split(":").at(-1) ?? "",
      owner: live?.["Owner"] ?? "",
      policy: live?.["Policy"] ?? "",
      beginningArchiveTime: "",
      signatureVersion: inputs.signatureVersion ?? 1,
      tracingConfig: inputs.tracingConfig ?? "PassThrough",
      region: inputs.region ?? connection.region,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "namePrefix", "fifoTopic", "region"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix"],

    async create(inputs, logicalName) {
      const command = new CreateTopicCommand({
        Name: physicalName(inputs, logicalName, inputs.fifoTopic ? ".fifo" : ""),
        Attributes: inputs.fifoTopic ? { FifoTopic: "true" } : {},
        Tags: tagList(inputs.tags),
      });
      const { TopicArn = "" } = await sns(inputs).send(command);
      await set(TopicArn, inputs);
      return { id: TopicArn, outputs: await outputs(TopicArn, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const kept = connection.store.get(kind, id) ?? {};
      const tagsNow = await liveTags(id, last.inputs);
      const read = attributeInputs.map((name) => [
        name,
        isEmulated(name) ? fromAttribute(live[attributes[name].attribute], last.inputs[name]) : kept[name],
      ]);
      return {
        inputs: observed(
          last.inputs,
          {
            ...(Object.fromEntries(read) as Partial<Inputs>),
            name: id.split(":").at(-1),
            fifoTopic: live["FifoTopic"] === "true",
            region: last.inputs.region,
            tags: tagsNow,
          },
          {
            computed: ["name", "policy", "fifoThroughputScope", "signatureVersion", "tracingConfig"],
            same: { policy: sameJson, deliveryPolicy: sameJson, archivePolicy: sameJson },
          },
        ),
        outputs: { ...(await outputs(id, last.inputs)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs, last) {
      await set(id, inputs, last.inputs);
      await changeTags(await liveTags(id, inputs), inputs.tags, {
        remove: (TagKeys) => sns(inputs).send(new UntagResourceCommand({ ResourceArn: id, TagKeys })),
        add: (added) => sns(inputs).send(new TagResourceCommand({ ResourceArn: id, Tags: tagList(added) })),
      });
      return outputs(id, inputs);
    },

    async delete(id, last) {
      await unlessMissing(sns(last.inputs).send(new DeleteTopicCommand({ TopicArn: id })));
      connection.store.delete(kind, id);
    },
  });
}

function isEmulated(name: AttributeInput): boolean {
  return "emulated" in attributes[name];
}

function fromAttribute(attribute: string | undefined, like: Inputs[AttributeInput]) {
  if (typeof like === "boolean") return attribute?.toLowerCase() === "true";
  return attribute;
}
