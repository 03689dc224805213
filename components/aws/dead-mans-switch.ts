import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { heartbeatSilent, silenceDescription } from "../../catalog/dead-mans-switch.ts";
import { GLOBAL_REGION, topicName } from "../../catalog/topics.ts";
import { publishPolicy, type RegionalTopics, rolePublishPolicy } from "./alert-topics.ts";

export interface DeadMansSwitchArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** IAM role (or user) that may publish the heartbeat; undefined leaves it to whoever the account's IAM lets. */
  publisherArn: string | undefined;
  /** Where Amazon's engine evaluates the rules and publishes it; undefined where it is another. */
  managedRules: { accountId: string; region: string } | undefined;
  /** Topics of the global region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/**
 * Alarms when the alerting itself is dead. The Watchdog, an alert that always fires, goes through Prometheus and
 * Alertmanager to a topic of its own; AWS, which shares nothing with them, pages when it stops coming.
 */
export class DeadMansSwitch extends pulumi.ComponentResource {
  readonly alarmName: pulumi.Output<string>;
  readonly heartbeatTopicArn: pulumi.Output<string>;

  constructor(name: string, args: DeadMansSwitchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DeadMansSwitch", name, {}, opts);
    const region = GLOBAL_REGION;
    const heartbeat = new Topic(
      `${name}-heartbeat`,
      { name: topicName(args.namePrefix, "heartbeat"), displayName: "AgentPay heartbeat", region },
      { parent: this },
    );
    const permission = args.managedRules
      ? publishPolicy(heartbeat.arn, { ...args.managedRules, topicRegion: region, by: ["managedRules"] })
      : args.publisherArn && rolePublishPolicy(heartbeat.arn, args.publisherArn);
    if (permission) {
      const policy = pulumi.jsonStringify(permission);
      new TopicPolicy(`${name}-heartbeat-policy`, { arn: heartbeat.arn, policy, region }, { parent: this });
    }
    const alarm = new MetricAlarm(
      `${name}-alarm`,
      {
        name: `${args.namePrefix}-alerting-silent`,
        alarmDescription: silenceDescription(args.runbookBaseUrl),
        ...heartbeatSilent,
        dimensions: { TopicName: heartbeat.name },
        alarmActions: [args.topics.criticalArn],
        okActions: [args.topics.criticalArn],
        region,
      },
      { parent: this },
    );

    this.alarmName = alarm.name;
    this.heartbeatTopicArn = heartbeat.arn;
    this.registerOutputs({ alarmName: this.alarmName, heartbeatTopicArn: this.heartbeatTopicArn });
  }
}
