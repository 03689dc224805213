/** SNS topics, queues and AWS's own notices: nobody else publishes, nobody else reads, and somebody listens. */
import type { BudgetArgs } from "@pulumi/aws/budgets/budget.js";
import type { TopicPolicyArgs } from "@pulumi/aws/sns/topicPolicy.js";
import type { TopicSubscriptionArgs } from "@pulumi/aws/sns/topicSubscription.js";
import type { QueueArgs } from "@pulumi/aws/sqs/queue.js";
import { each, resourceRule } from "../rule.ts";
import { closedPolicy } from "./resource-policies.ts";
import { BUDGET, QUEUE, TOPIC, TOPIC_POLICY, TOPIC_SUBSCRIPTION } from "./types.ts";

const publicPolicy = resourceRule<TopicPolicyArgs>({
  name: "aws-sns-topic-disallow-public-policy",
  description: "A topic's policy lets nobody outside the account publish or subscribe.",
  severity: "critical",
  remediation:
    "Name the publishing services or roles, and bind services to the account by aws:SourceAccount.",
  types: [TOPIC, TOPIC_POLICY],
  requirements: ({ props }) => closedPolicy(props),
});

/** What an emulator tells: it leaves no machine. */
const THIS_MACHINE = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/;

const subscription = resourceRule<TopicSubscriptionArgs>({
  name: "aws-sns-topicsubscription-enforce-tls",
  description: "What a topic tells travels encrypted.",
  severity: "high",
  remediation: "Subscribe an https address, a queue, a function, an email address or a phone number.",
  types: [TOPIC_SUBSCRIPTION],
  *requirements({ props }) {
    yield {
      ...{ path: "protocol", must: "must not be plain http" },
      holds: () => props.protocol !== "http" || THIS_MACHINE.test(String(props.endpoint ?? "")),
    };
  },
});

const queue = resourceRule<QueueArgs>({
  name: "aws-sqs-queue-enable-encryption",
  description: "A queue keeps its messages encrypted: what failed may hold anything.",
  severity: "medium",
  remediation: "Leave sqsManagedSseEnabled on, as AWS does, or give a key of KMS.",
  types: [QUEUE],
  *requirements({ props }) {
    yield {
      ...{ path: "sqsManagedSseEnabled", must: "must be on, or a key of KMS given" },
      holds: () => props.sqsManagedSseEnabled !== false || "kmsMasterKeyId" in props,
    };
  },
});

const budget = resourceRule<BudgetArgs>({
  name: "aws-budgets-budget-missing-subscriber",
  description: "A budget tells somebody before it is spent.",
  severity: "medium",
  remediation: "Give each of the budget's notifications a topic or an address.",
  types: [BUDGET],
  *requirements({ props }) {
    yield {
      ...{ path: "notifications", must: "must not be empty" },
      holds: () => (props.notifications?.length ?? 0) > 0,
    };
    yield* each(
      "notifications",
      props.notifications,
      "must have a subscriber",
      (notification) =>
        (notification.subscriberSnsTopicArns?.length ?? 0) > 0 ||
        (notification.subscriberEmailAddresses?.length ?? 0) > 0,
    );
  },
});

export const snsRules = [publicPolicy, subscription, queue, budget];
