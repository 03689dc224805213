/** Whom Alertmanager tells, and how. Every secret is read from a file beside the configuration. */
import { SettingsError } from "../../settings/messages.ts";
import { template } from "../shared/notification-text.ts";
import type { ReceiverSettings, SnsSettings } from "../shared/notifications.ts";
import type { Integrations, Pager } from "../shared/pager.ts";

/** Alertmanager's configuration folder in its container. */
export const ALERTMANAGER_FOLDER = "/etc/alertmanager";

/** Holds a file for each secret. Alertmanager resolves relative paths against its working directory, hence in full. */
export const SECRETS_FOLDER = `${ALERTMANAGER_FOLDER}/secrets`;

export const secretFiles = {
  slackWebhookUrl: `${SECRETS_FOLDER}/slack-webhook-url`,
  smtpPassword: `${SECRETS_FOLDER}/smtp-password`,
  /** Read by the AWS SDK in Alertmanager, where the host has no role of its own. */
  awsCredentials: `${SECRETS_FOLDER}/aws-credentials`,
} as const;

/** The file with what Alertmanager pages with. */
export function keyFileOf({ keyFile }: Pick<Pager, "keyFile">): string {
  return `${SECRETS_FOLDER}/${keyFile}`;
}

/** Stands in Amazon's definition for the ARN of the secret with the pager's key, known once it has been made. */
export const PAGER_SECRET = "arn:aws:secretsmanager:pending";

/** Receivers, as routes name them. */
export const RECEIVERS = ["critical", "warning", "info", "dead-mans-switch", "none"] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** What each receiver consists of. */
export function receivers(settings: ReceiverSettings): object[] {
  const { pager, managed, sns } = settings;
  const warning = messages(settings);
  const channels: Readonly<Record<ReceiverName, Integrations>> = {
    // Messages as well: where the pager itself fails, they are how somebody hears of it, and of all else that pages.
    critical: pager
      ? together(pagerReceiver(pager, managed !== undefined), smsReceiver(sns), warning)
      : warning,
    warning,
    // One place to look it up in. Mail is for what wants something of its reader, unless there is nothing else.
    info: messages(settings.slack ? { ...settings, email: undefined } : settings),
    "dead-mans-switch": heartbeatReceiver(sns),
    none: {},
  };
  return RECEIVERS.map((name) => ({ name, ...channels[name] }));
}

function together(...all: readonly Integrations[]): Integrations {
  const keys = new Set(all.flatMap((integrations) => Object.keys(integrations)));
  return Object.fromEntries(
    [...keys].map((key) => [key, all.flatMap((integrations) => integrations[key] ?? [])]),
  );
}

function pagerReceiver(pager: NonNullable<ReceiverSettings["pager"]>, managed: boolean): Integrations {
  if (!managed) return pager.receiver(keyFileOf(pager));
  if (pager.managed === undefined) {
    throw new SettingsError(
      `Amazon's Alertmanager can't tell ${pager.name}: set metrics.engine to container or remote`,
    );
  }
  return pager.managed.receiver(PAGER_SECRET);
}

function smsReceiver(sns: SnsSettings | undefined): Integrations {
  if (sns?.smsTopicArn === undefined) return {};
  return {
    sns_configs: [{ ...publishTo(sns, sns.smsTopicArn), message: template("sms"), send_resolved: true }],
  };
}

function heartbeatReceiver(sns: SnsSettings | undefined): Integrations {
  if (sns === undefined) return {};
  const message = "The alerting of {{ .CommonLabels.environment }} works.";
  return { sns_configs: [{ ...publishTo(sns, sns.heartbeatTopicArn), message, send_resolved: false }] };
}

function publishTo({ region, apiUrl }: Pick<SnsSettings, "region" | "apiUrl">, topicArn: string) {
  return {
    topic_arn: topicArn,
    ...(apiUrl && { api_url: apiUrl }),
    sigv4: { region },
    // Only mail has one.
    subject: "",
  };
}

/** By Slack and email, or by the topic that mails for an Alertmanager that is Amazon's. */
function messages({ slack, email, managed }: ReceiverSettings): Integrations {
  if (managed) {
    const { warningTopicArn, region } = managed;
    const to = publishTo({ region, apiUrl: undefined }, warningTopicArn);
    const text = { subject: template("title"), message: template("details") };
    return { sns_configs: [{ ...to, ...text, send_resolved: true }] };
  }
  return {
    ...(slack && {
      slack_configs: [
        {
          api_url_file: secretFiles.slackWebhookUrl,
          channel: slack.channel,
          color: template("slack.color"),
          title: template("title"),
          title_link: template("runbook"),
          text: template("slack"),
          // What a phone shows of it while locked.
          fallback: template("title"),
          send_resolved: true,
        },
      ],
    }),
    ...(email && {
      email_configs: email.to.map((to) => ({
        to,
        from: email.from,
        smarthost: email.smtpHost,
        require_tls: email.requireTls,
        ...(email.username && {
          auth_username: email.username,
          auth_password_file: secretFiles.smtpPassword,
        }),
        headers: { Subject: template("title") },
        html: template("email"),
        text: template("details"),
        send_resolved: true,
      })),
    }),
  };
}
