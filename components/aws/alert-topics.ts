import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION, publisherNames, type TopicPurpose, topicName } from "../../catalog/topics.ts";
import type { SnsEndpoint } from "../shared/pager.ts";

export interface AlertTopicsArgs {
  /** Prefix of the topics' names, such as `agentpay-production`. */
  topicPrefix: string;
  /** Where the stack's own alarms live, such as `eu-central-1`. */
  homeRegion: string;
  /** The account whose services may publish, 12 digits. */
  accountId: string;
  /** Where the pager takes SNS messages, with its key in names; undefined where the stack does not page. */
  pager: (SnsEndpoint & { key: string }) | undefined;
  /** Phone numbers in E.164 form that receive criticals. */
  smsNumbers: readonly string[];
  /** IAM role (or user) of Alertmanager's host, which sends SMS for Prometheus; undefined where IAM alone decides. */
  publisherArn: string | undefined;
  /** Whether Amazon's engine evaluates the rules: it then publishes warnings, and criticals for phones. */
  managedRules: boolean;
  /** Addresses that receive warnings and criticals. Each must confirm the messages that AWS sends, one for each topic. */
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
      if (args.managedRules) {
        const { accountId, homeRegion: region } = args;
        const where = { accountId, region, topicRegion: GLOBAL_REGION };
        const policy = publishPolicy(sms.resource.arn, { ...where, by: ["managedRules"] });
        this.policy(sms, policy);
      } else if (args.publisherArn) {
        this.policy(sms, rolePublishPolicy(sms.resource.arn, args.publisherArn));
      }
      this.subscribe(sms, "sms", args.smsNumbers);
    }
    this.byRegion = { [GLOBAL_REGION]: this.inGlobalRegion, [args.homeRegion]: this.inHomeRegion };
    this.registerOutputs({ byRegion: this.byRegion });
  }

  private severityTopics(name: string, region: string, args: AlertTopicsArgs): RegionalTopics {
    const critical = this.topic(name, "critical", region, args);
    const warning = this.topic(name, "warning", region, args);
    /** Its ARN, once its policy is there: AWS checks whether budgets and anomaly detection may publish. */
    const permitted = (topic: NamedTopic) => {
      const { managedRules, homeRegion } = args;
      const by = publishersOf(topic.purpose, region, managedRules && region === homeRegion);
      const policy = publishPolicy(topic.resource.arn, { accountId: args.accountId, region, by });
      return this.policy(topic, policy).arn;
    };
    const [criticalArn, warningArn] = [permitted(critical), permitted(warning)];
    // Criticals as well: whoever reads them there hears of an alarm that the pager lost.
    for (const topic of [critical, warning]) this.subscribe(topic, "email", args.emails);
    if (args.pager) {
      new TopicSubscription(
        `${critical.name}-${args.pager.key}`,
        {
          topic: critical.resource.arn,
          protocol: args.pager.protocol,
          endpoint: args.pager.endpoint,
          endpointAutoConfirms: true,
          region,
        },
        { parent: this, additionalSecretOutputs: ["endpoint"] },
      );
    }
    this.subscribe(critical, "sms", args.smsNumbers);
    return { criticalArn, warningArn };
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
    return { name: `${name}-${purpose}`, purpose, region, resource };
  }

  private policy({ name, region, resource }: NamedTopic, policy: object): TopicPolicy {
    return new TopicPolicy(
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
  readonly purpose: TopicPurpose;
  readonly region: string;
  readonly resource: Topic;
}

/** What each of AWS's alerting services publishes for: its own service name, and the ARNs of what may be behind it. */
const publishers = {
  alarms: (accountId: string, region: string) => ({
    service: "cloudwatch",
    actions: "sns:Publish",
    sources: `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`,
  }),
  budgets: (accountId: string) => ({
    service: "budgets",
    actions: "sns:Publish",
    sources: `arn:aws:budgets::${accountId}:*`,
  }),
  // https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-AMPpermission.html
  managedRules: (accountId: string, region: string) => ({
    service: "aps",
    actions: ["sns:Publish", "sns:GetTopicAttributes"],
    sources: `arn:aws:aps:${region}:${accountId}:workspace/*`,
  }),
  // AWS documents no source ARN for it.
  costAnomalies: () => ({ service: "costalerts", actions: "sns:Publish", sources: undefined }),
} as const;
export type Publisher = keyof typeof publishers;

/**
 * Costs have no region: their services publish to the warnings of the global one.
 * @param managedRules whether the engine of the rules is Amazon's, and in this region
 */
export function publishersOf(
  purpose: TopicPurpose,
  region: string,
  managedRules = false,
): readonly Publisher[] {
  if (purpose !== "warning") return ["alarms"];
  return [
    "alarms",
    ...(region === GLOBAL_REGION ? (["budgets", "costAnomalies"] as const) : []),
    ...(managedRules ? (["managedRules"] as const) : []),
  ];
}

export interface PublishPolicyArgs {
  /** 12 digits. */
  readonly accountId: string;
  /** Where what publishes is. */
  readonly region: string;
  /** Where the topic is. Default: in the same region. */
  readonly topicRegion?: string;
  readonly by: readonly Publisher[];
}

/**
 * Lets exactly those alerting services publish, and only for this account: a service that AWS runs for everybody would
 * otherwise publish on anybody's behalf.
 */
export function publishPolicy(
  topicArn: pulumi.Input<string>,
  { accountId, region, topicRegion = region, by }: PublishPolicyArgs,
) {
  return {
    Version: "2012-10-17",
    Statement: by.map((publisher) => {
      const { service, actions, sources } = publishers[publisher](accountId, region);
      return {
        Sid: `${publisher.charAt(0).toUpperCase()}${publisher.slice(1)}Publish`,
        Effect: "Allow",
        Principal: { Service: publisherNames(service, region, topicRegion) },
        Action: actions,
        Resource: topicArn,
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ...(sources === undefined ? {} : { ArnLike: { "aws:SourceArn": sources } }),
        },
      };
    }),
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
