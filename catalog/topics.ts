/** The SNS topics through which AWS, and what publishes to AWS, reaches people. */

/** Billing and Route 53 metrics exist in this region only, and an alarm publishes to topics of its own region. */
export const TOPIC_REGION = "us-east-1";

/**
 * `critical` and `warning` take AWS's own alarms. `heartbeat` takes the Watchdog, and its silence is the alarm. `sms`
 * takes Prometheus's criticals: `critical` would page for them a second time.
 */
export type TopicPurpose = "critical" | "warning" | "heartbeat" | "sms";

/** @param prefix such as `agentpay-production` */
export function topicName(prefix: string, purpose: TopicPurpose): string {
  return `${prefix}-${purpose}`;
}

/** Known before the topic is made, so that a preview shows Alertmanager's whole configuration. */
export function topicArn(accountId: string, prefix: string, purpose: TopicPurpose): string {
  return `arn:aws:sns:${TOPIC_REGION}:${accountId}:${topicName(prefix, purpose)}`;
}
