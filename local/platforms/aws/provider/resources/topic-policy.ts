import { GetTopicAttributesCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { z } from "zod";
import { list } from "../../../../../policies/policy-document.ts";
import { parseJson } from "../../../../../toolkit/json.ts";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { isObject, policyDocument, statementsOf } from "../policy-document.ts";
import { arnOf, problem, region } from "../schema.ts";

/** Actions that a topic's policy may name; AWS refuses others, and `sns:*`, as "out of service scope". */
const topicActions = [
  "addpermission",
  "deletetopic",
  "getdataprotectionpolicy",
  "gettopicattributes",
  "listsubscriptionsbytopic",
  "listtagsforresource",
  "publish",
  "putdataprotectionpolicy",
  "receive",
  "removepermission",
  "settopicattributes",
  "subscribe",
];

/** A policy that a topic can have. */
export const topicPolicyDocument = policyDocument("resource", 30_720).superRefine((document, context) => {
  for (const [index, statement] of statementsOf(document).entries()) {
    for (const action of list(statement.Action).map(String)) {
      const [service = "", name = ""] = action.toLowerCase().split(":");
      if (service !== "sns" || !topicActions.includes(name)) {
        problem(
          context,
          [],
          `Statement ${index + 1} must name actions of a topic such as sns:Publish, not ${action}`,
        );
      }
    }
  }
});

const inputs = z
  .strictObject({
    arn: arnOf("sns"),
    policy: topicPolicyDocument,
    region: region().optional(),
  })
  .superRefine((given, context) => {
    for (const [index, statement] of statementsOf(given.policy).entries()) {
      const strangers = list(statement.Resource).filter((resource) => resource !== given.arn);
      if (strangers.length > 0) {
        problem(context, "policy", `Statement ${index + 1} Resource must be the topic's own ARN`);
      }
    }
  });

type Inputs = z.output<typeof inputs>;

/** The `Id` of the policy that every topic is born with. */
const defaultPolicyId = "__default_policy_ID";

/** What AWS gives a new topic: its owner may use it, nobody else. Removing a TopicPolicy puts it back. */
function defaultPolicy(arn: string, accountId: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Id: defaultPolicyId,
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });
}

export function topicPolicy(connection: Connection) {
  const sns = (given: Inputs) => connection.client("sns", given.region);

  async function find(TopicArn: string, given: Inputs) {
    return (await unlessMissing(sns(given).send(new GetTopicAttributesCommand({ TopicArn }))))?.Attributes;
  }

  function set(given: Inputs, AttributeValue: string) {
    const command = new SetTopicAttributesCommand({
      TopicArn: given.arn,
      AttributeName: "Policy",
      AttributeValue,
    });
    return sns(given).send(command);
  }

  function outputs(given: Inputs) {
    return { owner: given.arn.split(":")[4] ?? "", region: given.region ?? connection.region };
  }

  return handler({
    inputs,
    replaceOn: ["arn", "region"],

    async create(given) {
      await set(given, given.policy);
      return { id: given.arn, outputs: outputs(given) };
    },

    taken: (id) => ({ id, inputs: { arn: id } }),

    async read(id, last) {
      const policy = (await find(id, last.inputs))?.["Policy"];
      if (policy === undefined || isDefault(policy)) return undefined;
      const live = { arn: id, policy, region: last.inputs.region };
      return {
        inputs: observed(last.inputs, live, { same: { policy: sameJson } }),
        outputs: outputs(last.inputs),
      };
    },

    async update(_id, given) {
      await set(given, given.policy);
      return outputs(given);
    },

    async delete(id, last) {
      await unlessMissing(set(last.inputs, defaultPolicy(id, outputs(last.inputs).owner)));
    },
  });
}

function isDefault(policy: string): boolean {
  const parsed = parseJson(policy);
  return isObject(parsed) && parsed["Id"] === defaultPolicyId;
}
