/** Where messages of alerts go, as a stack's settings want it. */
import { GLOBAL_REGION, topicArn } from "../../catalog/topics.ts";
import type { Settings } from "../../settings/schema.ts";
import { fromContainer } from "./addresses.ts";
import { namePrefix } from "./names.ts";
import type { Pager } from "./pager.ts";

export interface SnsSettings {
  readonly region: string;
  /** Another endpoint than AWS's own, for an emulator. */
  readonly apiUrl: string | undefined;
  /** Takes the Watchdog; its silence is an alarm. */
  readonly heartbeatTopicArn: string;
  /** Takes criticals for phones; undefined where there is no number. */
  readonly smsTopicArn: string | undefined;
}

/** An Alertmanager that is Amazon's: it tells SNS and a few pagers alone, and reads no file of ours. */
export interface ManagedSettings {
  /** Takes warnings, for mail. */
  readonly warningTopicArn: string;
  readonly region: string;
}

export interface ReceiverSettings {
  /** Undefined where Alertmanager is ours. */
  readonly managed?: ManagedSettings | undefined;
  /** Undefined where the stack does not page. */
  readonly pager: Pick<Pager, "name" | "keyFile" | "receiver" | "managed"> | undefined;
  /** Undefined where there is no webhook. */
  readonly slack: { readonly channel: string } | undefined;
  /** Undefined where there is no mail server or nobody to write to. */
  readonly email:
    | {
        readonly smtpHost: string;
        readonly from: string;
        readonly to: readonly string[];
        readonly username: string | undefined;
        readonly requireTls: boolean;
      }
    | undefined;
  /** Undefined where there is no AWS. */
  readonly sns: SnsSettings | undefined;
}

export interface NotificationSettings extends ReceiverSettings {
  /** The stack's own environment. */
  readonly environment: string;
}

/** What Alertmanager may notify in this stack. */
export function notificationSettings(settings: Settings, pager: Pager | undefined): NotificationSettings {
  const { environment, notifications } = settings;
  const { slackWebhookUrl, slackChannel, smtpHost, smtpFrom, smtpUsername, smtpRequireTls, emails } =
    notifications;
  return {
    environment,
    sns: snsSettings(settings),
    pager,
    slack: slackWebhookUrl === undefined ? undefined : { channel: slackChannel },
    email:
      smtpHost === undefined || smtpFrom === undefined || emails.length === 0
        ? undefined
        : { smtpHost, from: smtpFrom, to: emails, username: smtpUsername, requireTls: smtpRequireTls },
  };
}

function snsSettings(settings: Settings): SnsSettings | undefined {
  const { aws, notifications } = settings;
  if (!aws.enabled) return undefined;
  const arn = (purpose: "heartbeat" | "sms") => topicArn(aws.accountId, namePrefix(settings), purpose);
  return {
    region: GLOBAL_REGION,
    apiUrl: aws.endpointUrl && fromContainer(aws.endpointUrl),
    heartbeatTopicArn: arn("heartbeat"),
    smsTopicArn: notifications.smsNumbers.length > 0 ? arn("sms") : undefined,
  };
}
