/** Whom Alertmanager tells, and how. Every secret is read from a file beside the configuration. */
import type { ManagedSettings, ReceiverSettings, SnsSettings } from "../shared/notifications.ts";
import { template } from "./alertmanager-templates.ts";

/** Alertmanager's configuration folder in its container. */
export const ALERTMANAGER_FOLDER = "/etc/alertmanager";

/** Files that hold the secrets. Alertmanager resolves relative ones against its working directory, hence in full. */
export const secretFiles = {
  pagerDutyRoutingKey: `${ALERTMANAGER_FOLDER}/secrets/pagerduty-routing-key`,
  slackWebhookUrl: `${ALERTMANAGER_FOLDER}/secrets/slack-webhook-url`,
  smtpPassword: `${ALERTMANAGER_FOLDER}/secrets/smtp-password`,
  /** Read by the AWS SDK in Alertmanager, where the host has no role of its own. */
  awsCredentials: `${ALERTMANAGER_FOLDER}/secrets/aws-credentials`,
} as const;

/** Stands in Amazon's definition for the ARN of the secret with PagerDuty's key, known once it has been made. */
export const ROUTING_KEY_SECRET = "arn:aws:secretsmanager:pending";

/** Receivers, as routes name them. */
export const RECEIVERS = ["critical", "warning", "info", "dead-mans-switch", "none"] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** Lists of integrations, by the key that a receiver has them under. */
type Integrations = Readonly<Record<string, readonly object[]>>;

/** What each receiver consists of. */
export function receivers(settings: ReceiverSettings): object[] {
  const { pagerDuty, managed, sns } = settings;
  const warning = messages(settings);
  const channels: Readonly<Record<ReceiverName, Integrations>> = {
    // Messages as well: where PagerDuty itself fails, they are how somebody hears of it, and of all else that pages.
    critical: pagerDuty
      ? together(pagerDutyReceiver(pagerDuty, managed), smsReceiver(sns), warning)
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

function pagerDutyReceiver(
  { eventsUrl }: { eventsUrl: string },
  managed: ManagedSettings | undefined,
): Integrations {
  return {
    pagerduty_configs: [
      {
        ...(managed ? managedRoutingKey : ownPagerDuty(eventsUrl)),
        description: template("title"),
        // Not the alert's own: PagerDuty refuses an event whose severity it does not know, and what pages is critical.
        severity: "critical",
        class: "{{ (index (or .Alerts.Firing .Alerts) 0).Labels.alertname }}",
        component: "{{ .CommonLabels.service }}",
        client: "AgentPay dashboard",
        client_url: template("dashboard"),
        source: "AgentPay {{ .CommonLabels.environment }}",
        // `firing` and `resolved` replace Alertmanager's own lists of labels. The links are in the first one as well.
        details: { firing: template("details"), resolved: "" },
        send_resolved: true,
      },
    ],
  };
}

function ownPagerDuty(eventsUrl: string) {
  return {
    routing_key_file: secretFiles.pagerDutyRoutingKey,
    url: `${eventsUrl}/v2/enqueue`,
    links: [
      { href: template("runbook"), text: "Runbook" },
      { href: template("dashboard"), text: "Dashboard" },
    ],
    // Without one, an API that accepts and never answers holds the page back for a whole group_interval.
    timeout: "30s",
  };
}

const managedRoutingKey = {
  routing_key: {
    aws_secrets_manager: {
      secret_arn: ROUTING_KEY_SECRET,
      secret_key: "routing_key",
      refresh_interval: "5m",
    },
  },
};

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
