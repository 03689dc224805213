/** SNS topics and AWS's own notices: nobody else publishes, and somebody listens. */
import type { BudgetArgs } from "@pulumi/aws/budgets/budget.js";
import type { TopicPolicyArgs } from "@pulumi/aws/sns/topicPolicy.js";
import { each, resourceRule } from "../rule.ts";
import { closedPolicy } from "./access.ts";
import { BUDGET, TOPIC, TOPIC_POLICY } from "./types.ts";

const publicPolicy = resourceRule<TopicPolicyArgs>({
  name: "aws-sns-topic-disallow-public-policy",
  description: "A topic's policy lets nobody outside the account publish or subscribe.",
  severity: "critical",
  remediation:
    "Name the publishing services or roles, and bind services to the account by aws:SourceAccount.",
  types: [TOPIC, TOPIC_POLICY],
  requirements: ({ props }) => closedPolicy(props),
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

export const snsRules = [publicPolicy, budget];
