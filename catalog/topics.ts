/** The SNS topics through which AWS, and what publishes to AWS, reaches people. */

/**
 * Where AWS keeps the metrics of what has no region: billing and Route 53. An alarm lives where its metric is, and
 * publishes to topics of its own region only.
 */
export const GLOBAL_REGION = "us-east-1";

/**
 * Regions that an account must be opted in to. AWS services there publish to another region under a name of their own.
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const OPT_IN_REGIONS: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4"],
  ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1"],
  ...["eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1"],
];

/**
 * The names of a service that publishes from one region to a topic of another.
 * @param service such as `aps`
 */
export function publisherNames(service: string, from: string, to: string): string | readonly string[] {
  const name = `${service}.amazonaws.com`;
  return from !== to && OPT_IN_REGIONS.includes(from) ? [name, `${service}.${from}.amazonaws.com`] : name;
}

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
