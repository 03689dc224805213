import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import * as pulumi from "@pulumi/pulumi";

export interface AlertTopicsArgs {
  /** Prefix of the topics' names, such as `agentpay-production`. */
  topicPrefix: string;
  /** Region of the topics: an alarm can only publish to a topic of its own region. */
  region: string;
  /** The account whose services may publish, 12 digits. */
  accountId: string;
  /** Where PagerDuty takes SNS messages; undefined where the stack does not page. Secret: it holds the key. */
  pagerDutyEndpoint: pulumi.Output<string> | undefined;
  /** Whether that endpoint is plain http, as a local service's is. @default false */
  pagerDutyOverHttp?: boolean;
  /** Phone numbers in E.164 form that receive criticals. */
  smsNumbers: readonly string[];
  /** Addresses that receive warnings. Each must confirm the message that AWS sends. */
  emails: readonly string[];
}

/** Where AWS alarms go: one SNS topic per severity, in one region. */
export class AlertTopics extends pulumi.ComponentResource {
  readonly criticalArn: pulumi.Output<string>;
  readonly warningArn: pulumi.Output<string>;

  constructor(name: string, args: AlertTopicsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:AlertTopics", name, {}, opts);
    const critical = this.topic(name, "critical", args);
    const warning = this.topic(name, "warning", args);

    if (args.pagerDutyEndpoint) {
      new TopicSubscription(
        `${name}-critical-pagerduty`,
        {
          topic: critical.arn,
          protocol: args.pagerDutyOverHttp ? "http" : "https",
          endpoint: args.pagerDutyEndpoint,
          endpointAutoConfirms: true,
          region: args.region,
        },
        { parent: this, additionalSecretOutputs: ["endpoint"] },
      );
    }
    for (const [index, endpoint] of args.smsNumbers.entries()) {
      new TopicSubscription(
        `${name}-critical-sms-${index}`,
        { topic: critical.arn, protocol: "sms", endpoint, region: args.region },
        { parent: this },
      );
    }
    for (const [index, endpoint] of args.emails.entries()) {
      new TopicSubscription(
        `${name}-warning-email-${index}`,
        { topic: warning.arn, protocol: "email", endpoint, region: args.region },
        { parent: this },
      );
    }

    this.criticalArn = critical.arn;
    this.warningArn = warning.arn;
    this.registerOutputs({ criticalArn: this.criticalArn, warningArn: this.warningArn });
  }

  private topic(name: string, severity: "critical" | "warning", args: AlertTopicsArgs): Topic {
    const topic = new Topic(
      `${name}-${severity}`,
      {
        name: `${args.topicPrefix}-${severity}`,
        displayName: `AgentPay ${severity}`,
        region: args.region,
      },
      { parent: this },
    );
    new TopicPolicy(
      `${name}-${severity}-policy`,
      {
        arn: topic.arn,
        policy: pulumi.jsonStringify(publishPolicy(topic.arn, args.accountId)),
        region: args.region,
      },
      { parent: this },
    );
    return topic;
  }
}

/** AWS services that publish alerts. A topic policy replaces the default one, so each must be named. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"];

/** Lets exactly the alerting services of this account publish. */
export function publishPolicy(topicArn: pulumi.Input<string>, accountId: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlertingServicesPublish",
        Effect: "Allow",
        Principal: { Service: PUBLISHERS },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  };
}
