/** The SNS topics through which AWS, and what publishes to AWS, reaches people. */

/**
 * Where AWS keeps the metrics of what has no region: billing and Route 53. An alarm lives where its metric is, and
 * publishes to topics of its own region only.
 */
export const GLOBAL_REGION = "us-east-1";

/**
 * `critical` and `warning` take AWS's own alarms, in each region that has some. The others exist once, in the global
 * region: `heartbeat` takes the Watchdog, and its silence is the alarm; `sms` takes Prometheus's criticals, since
 * `critical` would page for them a second time.
 */
export type TopicPurpose = "critical" | "warning" | "heartbeat" | "sms";

/** @param prefix such as `agentpay-production` */
export function topicName(prefix: string, purpose: TopicPurpose): string {
  return `${prefix}-${purpose}`;
}

/** Known before the topic is made, so that a preview shows Alertmanager's whole configuration. */
export function topicArn(
  accountId: string,
  prefix: string,
  purpose: TopicPurpose,
  region = GLOBAL_REGION,
): string {
  return `arn:aws:sns:${region}:${accountId}:${topicName(prefix, purpose)}`;
}
