import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION, type TopicPurpose, topicName } from "../catalog/topics.ts";

export interface AlertTopicsArgs {
  /** Prefix of the topics' names, such as `agentpay-production`. */
  topicPrefix: string;
  /** Where the stack's own alarms live, such as `eu-central-1`. */
  homeRegion: string;
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
  /** Addresses that receive warnings, and criticals where the stack does not page. Each must confirm the message that AWS sends. */
  emails: readonly string[];
}

/** Where the alarms of one region go. */
export interface RegionalTopics {
  readonly criticalArn: pulumi.Output<string>;
  readonly warningArn: pulumi.Output<string>;
}

/**
 * Where AWS alarms go: one SNS topic per severity, in each region that has alarms, since an alarm can't publish to
 * another region. Prometheus's criticals page through Alertmanager, and only need the SMS: they get a topic of their
 * own, since `critical` would page a second time.
 */
export class AlertTopics extends pulumi.ComponentResource {
  /** For alarms on billing and Route 53, in `GLOBAL_REGION`. */
  readonly inGlobalRegion: RegionalTopics;
  /** For all other alarms. The same topics where the home region is the global one. */
  readonly inHomeRegion: RegionalTopics;
  readonly byRegion: Readonly<Record<string, RegionalTopics>>;

  constructor(name: string, args: AlertTopicsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:AlertTopics", name, {}, opts);
    this.inGlobalRegion = this.severityTopics(name, GLOBAL_REGION, args);
    this.inHomeRegion =
      args.homeRegion === GLOBAL_REGION
        ? this.inGlobalRegion
        : this.severityTopics(`${name}-home`, args.homeRegion, args);
    if (args.smsNumbers.length > 0) {
      const sms = this.topic(name, "sms", GLOBAL_REGION, args);
      if (args.publisherArn) this.policy(sms, rolePublishPolicy(sms.resource.arn, args.publisherArn));
      this.subscribe(sms, "sms", args.smsNumbers);
    }
    this.byRegion = { [GLOBAL_REGION]: this.inGlobalRegion, [args.homeRegion]: this.inHomeRegion };
    this.registerOutputs({ byRegion: this.byRegion });
  }

  private severityTopics(name: string, region: string, args: AlertTopicsArgs): RegionalTopics {
    const critical = this.topic(name, "critical", region, args);
    const warning = this.topic(name, "warning", region, args);
    for (const topic of [critical, warning]) {
      this.policy(topic, publishPolicy(topic.resource.arn, args.accountId));
      if (topic === warning || !args.pagerDutyEndpoint) this.subscribe(topic, "email", args.emails);
    }
    if (args.pagerDutyEndpoint) {
      new TopicSubscription(
        `${critical.name}-pagerduty`,
        {
          topic: critical.resource.arn,
          protocol: args.pagerDutyOverHttp ? "http" : "https",
          endpoint: args.pagerDutyEndpoint,
          endpointAutoConfirms: true,
          region,
        },
        { parent: this, additionalSecretOutputs: ["endpoint"] },
      );
    }
    this.subscribe(critical, "sms", args.smsNumbers);
    return { criticalArn: critical.resource.arn, warningArn: warning.resource.arn };
  }

  private topic(
    name: string,
    purpose: TopicPurpose,
    region: string,
    { topicPrefix }: AlertTopicsArgs,
  ): NamedTopic {
    const resource = new Topic(
      `${name}-${purpose}`,
      { name: topicName(topicPrefix, purpose), displayName: `AgentPay ${purpose}`, region },
      { parent: this },
    );
    return { name: `${name}-${purpose}`, region, resource };
  }

  private policy({ name, region, resource }: NamedTopic, policy: object): void {
    new TopicPolicy(
      `${name}-policy`,
      { arn: resource.arn, policy: pulumi.jsonStringify(policy), region },
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
        { topic: topic.resource.arn, protocol, endpoint, region: topic.region },
        { parent: this },
      );
    }
  }
}

interface NamedTopic {
  /** The resource's name. */
  readonly name: string;
  readonly region: string;
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
