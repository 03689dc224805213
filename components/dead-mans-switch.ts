import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION, topicName } from "../catalog/topics.ts";
import { type RegionalTopics, rolePublishPolicy } from "./alert-topics.ts";

/**
 * There is a heartbeat a minute: some may be late, or lost, before anybody is woken. In single minutes, since CloudWatch
 * looks at a few periods more than these before it believes that data is missing.
 */
const SILENT_MINUTES = 5;

export interface DeadMansSwitchArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** IAM role (or user) that may publish the heartbeat; undefined leaves it to whoever the account's IAM lets. */
  publisherArn: string | undefined;
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
    if (args.publisherArn) {
      const policy = pulumi.jsonStringify(rolePublishPolicy(heartbeat.arn, args.publisherArn));
      new TopicPolicy(`${name}-heartbeat-policy`, { arn: heartbeat.arn, policy, region }, { parent: this });
    }
    const alarm = new MetricAlarm(
      `${name}-alarm`,
      {
        name: `${args.namePrefix}-alerting-silent`,
        alarmDescription:
          `No heartbeat of Prometheus and Alertmanager for ${SILENT_MINUTES} minutes: no alert reaches anybody. ` +
          `Runbook: ${args.runbookBaseUrl}/Watchdog.md`,
        namespace: "AWS/SNS",
        metricName: "NumberOfMessagesPublished",
        dimensions: { TopicName: heartbeat.name },
        statistic: "Sum",
        period: 60,
        evaluationPeriods: SILENT_MINUTES,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        // SNS reports nothing where nothing is published: that is the very case.
        treatMissingData: "breaching",
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
