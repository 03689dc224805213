import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { z } from "zod";
import { parseJson } from "../../../../../toolkit/json.ts";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { isObject } from "../policy-document.ts";
import { arn, arnOf, email, json, oneOf, problem, refused, region, wholeNumber } from "../schema.ts";

/** What each protocol delivers to. Messages never quote the endpoint: it may hold a key. */
const endpoints = {
  application: [arnOf("sns"), "an application endpoint's ARN"],
  email: [email, "an e-mail address"],
  "email-json": [email, "an e-mail address"],
  firehose: [arnOf("firehose"), "a delivery stream's ARN"],
  http: [url("http:"), "a URL that begins with http://"],
  https: [url("https:"), "a URL that begins with https://"],
  lambda: [arnOf("lambda"), "a function's ARN"],
  sms: [z.string().regex(/^\+[1-9]\d{1,14}$/), "a phone number such as +14155550123"],
  sqs: [arnOf("sqs"), "a queue's ARN"],
} as const;

type Protocol = keyof typeof endpoints;
const protocols = Object.keys(endpoints) as [Protocol, ...Protocol[]];

function url(protocol: string) {
  return z.string().refine((text) => URL.canParse(text) && new URL(text).protocol === protocol);
}

/** Attributes of a subscription by input. */
const attributes = {
  deliveryPolicy: "DeliveryPolicy",
  filterPolicyScope: "FilterPolicyScope",
  filterPolicy: "FilterPolicy",
  rawMessageDelivery: "RawMessageDelivery",
  redrivePolicy: "RedrivePolicy",
  subscriptionRoleArn: "SubscriptionRoleArn",
} as const;

type AttributeInput = keyof typeof attributes;
const attributeInputs = Object.keys(attributes) as AttributeInput[];

const inputs = z
  .strictObject({
    topic: arnOf("sns"),
    protocol: oneOf(protocols),
    endpoint: z.string(),
    confirmationTimeoutInMinutes: wholeNumber(1, 4320).default(1),
    deliveryPolicy: json.optional(),
    endpointAutoConfirms: z.boolean().default(false),
    filterPolicy: json.optional(),
    filterPolicyScope: oneOf(["MessageAttributes", "MessageBody"]).optional(),
    rawMessageDelivery: z.boolean().default(false),
    redrivePolicy: json.optional(),
    region: region().optional(),
    replayPolicy: refused("the emulator keeps no archive to replay"),
    subscriptionRoleArn: arn.optional(),
  })
  .superRefine((given, context) => {
    const [shape, wanted] = endpoints[given.protocol];
    if (!shape.safeParse(given.endpoint).success) {
      problem(context, "endpoint", `must be ${wanted} for protocol ${given.protocol}`);
    }
    if (given.filterPolicyScope !== undefined && given.filterPolicy === undefined) {
      problem(context, "filterPolicyScope", "is for subscriptions with a filterPolicy");
    }
    if ((given.protocol === "firehose") !== (given.subscriptionRoleArn !== undefined)) {
      problem(
        context,
        "subscriptionRoleArn",
        "is required with protocol firehose, and not allowed with others",
      );
    }
    if (given.rawMessageDelivery && !["http", "https", "sqs", "firehose"].includes(given.protocol)) {
      problem(context, "rawMessageDelivery", "is for protocols http, https, sqs and firehose");
    }
    if (given.deliveryPolicy !== undefined && !["http", "https"].includes(given.protocol)) {
      problem(context, "deliveryPolicy", "is for protocols http and https");
    }
    if (given.redrivePolicy !== undefined && !hasDeadLetterQueue(given.redrivePolicy)) {
      problem(context, "redrivePolicy", "must name a queue's ARN as deadLetterTargetArn");
    }
  });

type Inputs = z.output<typeof inputs>;

function hasDeadLetterQueue(policy: string): boolean {
  const parsed = parseJson(policy);
  return isObject(parsed) && arnOf("sqs").safeParse(parsed["deadLetterTargetArn"]).success;
}

/**
 * A subscription. The emulator delivers for real: whatever `endpoint` names is called when something is published,
 * so the local stack must subscribe local services only.
 */
export function topicSubscription(connection: Connection) {
  const sns = (given: Inputs) => connection.client("sns", given.region);

  async function find(SubscriptionArn: string, given: Inputs) {
    const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
    return (await unlessMissing(sns(given).send(command)))?.Attributes;
  }

  async function set(SubscriptionArn: string, given: Inputs, before: Partial<Inputs>) {
    for (const name of attributeInputs.filter((each) => given[each] !== before[each])) {
      // Without a value AWS forgets the attribute; a filter policy is forgotten as the empty object.
      const AttributeValue = given[name]?.toString() ?? (name === "filterPolicy" ? "{}" : undefined);
      const command = { SubscriptionArn, AttributeName: attributes[name], AttributeValue };
      await sns(given).send(new SetSubscriptionAttributesCommand(command));
    }
  }

  async function outputs(id: string, given: Inputs) {
    const live = await find(id, given);
    return {
      arn: id,
      ownerId: live?.["Owner"] ?? "",
      pendingConfirmation: live?.["PendingConfirmation"] === "true",
      confirmationWasAuthenticated: live?.["ConfirmationWasAuthenticated"] === "true",
      filterPolicyScope:
        given.filterPolicyScope ?? (given.filterPolicy === undefined ? "" : "MessageAttributes"),
      region: given.region ?? connection.region,
    };
  }

  return handler({
    inputs,
    replaceOn: ["endpoint", "protocol", "topic", "region"],
    writeOnly: ["confirmationTimeoutInMinutes", "endpointAutoConfirms"],

    async create(given) {
      const command = new SubscribeCommand({
        TopicArn: given.topic,
        Protocol: given.protocol,
        Endpoint: given.endpoint,
        ReturnSubscriptionArn: true,
      });
      const { SubscriptionArn = "" } = await sns(given).send(command);
      await set(SubscriptionArn, given, { rawMessageDelivery: false });
      return { id: SubscriptionArn, outputs: await outputs(SubscriptionArn, given) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const { FilterPolicy } = live;
      return {
        inputs: observed(
          last.inputs,
          {
            topic: live["TopicArn"],
            protocol: live["Protocol"] as Protocol,
            endpoint: live["Endpoint"],
            deliveryPolicy: live["DeliveryPolicy"],
            filterPolicy: FilterPolicy === "{}" ? undefined : FilterPolicy,
            filterPolicyScope: live["FilterPolicyScope"] as Inputs["filterPolicyScope"],
            rawMessageDelivery: live["RawMessageDelivery"]?.toLowerCase() === "true",
            redrivePolicy: live["RedrivePolicy"],
            subscriptionRoleArn: live["SubscriptionRoleArn"],
            region: last.inputs.region,
          },
          {
            computed: ["filterPolicyScope"],
            same: { deliveryPolicy: sameJson, filterPolicy: sameJson, redrivePolicy: sameJson },
          },
        ),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(id, given, last) {
      await set(id, given, last.inputs);
      return outputs(id, given);
    },

    async delete(id, last) {
      await unlessMissing(sns(last.inputs).send(new UnsubscribeCommand({ SubscriptionArn: id })));
    },
  });
}
