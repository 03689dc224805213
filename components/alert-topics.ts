import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import * as pulumi from "@pulumi/pulumi";
import { TOPIC_REGION, type TopicPurpose, topicName } from "../catalog/topics.ts";

export interface AlertTopicsArgs {
  /** Prefix of the topics' names, such as `agentpay-production`. */
  topicPrefix: string;
  /** The account whose services may publish, 12 digits. */
  accountId: string;
  /** Where PagerDuty takes SNS messages; undefined where the stack does not page. Secret: it holds the key. */
  pagerDutyEndpoint: pulumi.Output<string> | undefined;
  /** Whether that endpoint is plain http, as a local service's is. @default false */
  pagerDutyOverHttp?: boolean;
  /** Phone numbers in E.164 form that receive criticals. */
  smsNumbers: readonly string[];
  /** IAM role (or user) of Alertmanager's host, which sends SMS for Prometheus; undefined where IAM alone decides. */
  publisherArn: string | undefined;
  /** Addresses that receive warnings. Each must confirm the message that AWS sends. */
  emails: readonly string[];
}

/**
 * Where AWS alarms go: one SNS topic per severity, in one region. Prometheus's criticals page through Alertmanager, and
 * only need the SMS: they get a topic of their own, since `critical` would page a second time.
 */
export class AlertTopics extends pulumi.ComponentResource {
  readonly criticalArn: pulumi.Output<string>;
  readonly warningArn: pulumi.Output<string>;

  constructor(name: string, args: AlertTopicsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:AlertTopics", name, {}, opts);
    const critical = this.topic(name, "critical", args);
    const warning = this.topic(name, "warning", args);
    for (const topic of [critical, warning]) {
      this.policy(topic, publishPolicy(topic.resource.arn, args.accountId));
    }

    if (args.pagerDutyEndpoint) {
      new TopicSubscription(
        `${name}-critical-pagerduty`,
        {
          topic: critical.resource.arn,
          protocol: args.pagerDutyOverHttp ? "http" : "https",
          endpoint: args.pagerDutyEndpoint,
          endpointAutoConfirms: true,
          region: TOPIC_REGION,
        },
        { parent: this, additionalSecretOutputs: ["endpoint"] },
      );
    }
    this.subscribe(critical, "sms", args.smsNumbers);
    this.subscribe(warning, "email", args.emails);
    if (args.smsNumbers.length > 0) {
      const sms = this.topic(name, "sms", args);
      if (args.publisherArn) this.policy(sms, rolePublishPolicy(sms.resource.arn, args.publisherArn));
      this.subscribe(sms, "sms", args.smsNumbers);
    }

    this.criticalArn = critical.resource.arn;
    this.warningArn = warning.resource.arn;
    this.registerOutputs({ criticalArn: this.criticalArn, warningArn: this.warningArn });
  }

  private topic(name: string, purpose: TopicPurpose, { topicPrefix }: AlertTopicsArgs): NamedTopic {
    const resource = new Topic(
      `${name}-${purpose}`,
      { name: topicName(topicPrefix, purpose), displayName: `AgentPay ${purpose}`, region: TOPIC_REGION },
      { parent: this },
    );
    return { name: `${name}-${purpose}`, resource };
  }

  private policy({ name, resource }: NamedTopic, policy: object): void {
    new TopicPolicy(
      `${name}-policy`,
      { arn: resource.arn, policy: pulumi.jsonStringify(policy), region: TOPIC_REGION },
      { parent: this },
    );
  }

  private subscribe(topic: NamedTopic, protocol: "sms" | "email", endpoints: readonly string[]): void {
    // On `sms` itself, "sms-sms" would say it twice.
    const suffix = topic.name.endsWith(`-${protocol}`) ? "" : `-${protocol}`;
    for (const endpoint of endpoints) {
      new TopicSubscription(
        // By the address, not by its place in the list: who comes or goes must not make the others confirm again.
        `${topic.name}${suffix}-${endpoint}`,
        { topic: topic.resource.arn, protocol, endpoint, region: TOPIC_REGION },
        { parent: this },
      );
    }
  }
}

interface NamedTopic {
  /** The resource's name. */
  readonly name: string;
  readonly resource: Topic;
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

/** Lets exactly that role, or user, publish. */
export function rolePublishPolicy(topicArn: pulumi.Input<string>, roleArn: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlertmanagerPublishes",
        Effect: "Allow",
        Principal: { AWS: roleArn },
        Action: "sns:Publish",
        Resource: topicArn,
      },
    ],
  };
}
