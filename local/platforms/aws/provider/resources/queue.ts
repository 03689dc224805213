import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { atMostOne, named, refused, region, tags, text, wholeNumber } from "../schema.ts";
import { changeTags } from "../tags.ts";

const onlyPlain = "queues here are dead-letter queues";

/** The inputs that are numbers, with the attribute and the default of each. */
const numbers = {
  delaySeconds: ["DelaySeconds", 0],
  maxMessageSize: ["MaximumMessageSize", 262_144],
  messageRetentionSeconds: ["MessageRetentionPeriod", 345_600],
  receiveWaitTimeSeconds: ["ReceiveMessageWaitTimeSeconds", 0],
  visibilityTimeoutSeconds: ["VisibilityTimeout", 30],
} as const satisfies Record<string, readonly [QueueAttributeName, number]>;
type NumberInput = keyof typeof numbers;

function schema(connection: Connection) {
  return z
    .strictObject({
      ...named(80, /^[a-zA-Z0-9_-]+$/, "may hold letters, digits, _ and -"),
      delaySeconds: wholeNumber(0, 900).optional(),
      maxMessageSize: wholeNumber(1024, 1_048_576).optional(),
      messageRetentionSeconds: wholeNumber(60, 1_209_600).optional(),
      receiveWaitTimeSeconds: wholeNumber(0, 20).optional(),
      visibilityTimeoutSeconds: wholeNumber(0, 43_200).optional(),
      region: region().optional(),
      sqsManagedSseEnabled: z.boolean().optional(),
      kmsMasterKeyId: text(1, 256).optional(),
      kmsDataKeyReusePeriodSeconds: wholeNumber(60, 86_400).optional(),
      tags: tags(connection.defaultTags),
      contentBasedDeduplication: refused(onlyPlain),
      deduplicationScope: refused(onlyPlain),
      fifoQueue: refused(onlyPlain),
      fifoThroughputLimit: refused(onlyPlain),
      policy: refused(onlyPlain),
      redriveAllowPolicy: refused(onlyPlain),
      redrivePolicy: refused(onlyPlain),
    })
    .superRefine((inputs, context) => {
      atMostOne(context, inputs, ["name", "namePrefix"]);
      atMostOne(context, inputs, ["sqsManagedSseEnabled", "kmsMasterKeyId"]);
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;

/** Its id is its URL. */
export function queue(connection: Connection) {
  const sqs = (inputs: Inputs) => connection.client("sqs", inputs.region);

  const attributes = (inputs: Inputs): Record<string, string> =>
    Object.fromEntries(
      (Object.keys(numbers) as NumberInput[]).map((name) => {
        const [attribute, standard] = numbers[name];
        return [attribute, String(inputs[name] ?? standard)];
      }),
    );

  async function find(QueueUrl: string, inputs: Inputs) {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
    return (await unlessMissing(sqs(inputs).send(command)))?.Attributes;
  }

  async function outputs(url: string, inputs: Inputs) {
    const arn = (await find(url, inputs))?.["QueueArn"] ?? "";
    return { arn, url, name: arn.split(":").at(-1) ?? "", tagsAll: inputs.tags ?? {} };
  }

  const liveTags = async (QueueUrl: string, inputs: Inputs) =>
    (await sqs(inputs).send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {};

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "namePrefix", "region"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "sqsManagedSseEnabled", "kmsMasterKeyId", "kmsDataKeyReusePeriodSeconds"],

    async create(inputs, logicalName) {
      const QueueName = physicalName(inputs, logicalName);
      const command = new CreateQueueCommand({
        QueueName,
        Attributes: attributes(inputs),
        tags: inputs.tags,
      });
      const { QueueUrl = "" } = await sqs(inputs).send(command);
      return { id: QueueUrl, outputs: await outputs(QueueUrl, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const counted = (Object.keys(numbers) as NumberInput[]).flatMap((name) => {
        const [attribute, standard] = numbers[name];
        const value = Number(live[attribute] ?? standard);
        return last.inputs[name] === undefined && value === standard ? [] : [[name, value]];
      });
      const seen = {
        name: live["QueueArn"]?.split(":").at(-1),
        ...Object.fromEntries(counted),
        region: last.inputs.region,
        tags: await liveTags(id, last.inputs),
      };
      return {
        inputs: observed(last.inputs, seen as Partial<Inputs>, { computed: ["name"] }),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(QueueUrl, inputs) {
      await sqs(inputs).send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes(inputs) }));
      await changeTags(await liveTags(QueueUrl, inputs), inputs.tags, {
        remove: (TagKeys) => sqs(inputs).send(new UntagQueueCommand({ QueueUrl, TagKeys })),
        add: (Tags) => sqs(inputs).send(new TagQueueCommand({ QueueUrl, Tags })),
      });
      return outputs(QueueUrl, inputs);
    },

    async delete(QueueUrl, last) {
      await unlessMissing(sqs(last.inputs).send(new DeleteQueueCommand({ QueueUrl })));
    },
  });
}
