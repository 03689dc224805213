/** Whom Alertmanager tells, and how. Every secret is read from a file beside the configuration. */
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

export interface SnsSettings {
  readonly region: string;
  /** Another endpoint than AWS's own, for an emulator. */
  readonly apiUrl: string | undefined;
  /** Takes the Watchdog; its silence is an alarm. */
  readonly heartbeatTopicArn: string;
  /** Takes criticals for phones; undefined where there is no number. */
  readonly smsTopicArn: string | undefined;
}

/** An Alertmanager that is Amazon's: it tells SNS and PagerDuty alone, and reads no file of ours. */
export interface ManagedSettings {
  /** Takes warnings, for mail. */
  readonly warningTopicArn: string;
  readonly region: string;
}

/** Stands in Amazon's definition for the ARN of the secret with PagerDuty's key, known once it has been made. */
export const ROUTING_KEY_SECRET = "arn:aws:secretsmanager:pending";

export interface ReceiverSettings {
  /** Undefined where Alertmanager is ours. */
  readonly managed?: ManagedSettings | undefined;
  /** Undefined where the stack does not page. */
  readonly pagerDuty: { readonly eventsUrl: string } | undefined;
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

/** Receivers, as routes name them. */
export const RECEIVERS = ["critical", "warning", "dead-mans-switch", "none"] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** What each receiver consists of. */
export function receivers(settings: ReceiverSettings): object[] {
  const channels: Readonly<Record<ReceiverName, object>> = {
    critical: settings.pagerDuty
      ? { ...pagerDutyReceiver(settings.pagerDuty, settings.managed), ...smsReceiver(settings.sns) }
      : warningReceiver(settings),
    warning: warningReceiver(settings),
    "dead-mans-switch": heartbeatReceiver(settings.sns),
    none: {},
  };
  return RECEIVERS.map((name) => ({ name, ...channels[name] }));
}

function pagerDutyReceiver({ eventsUrl }: { eventsUrl: string }, managed: ManagedSettings | undefined) {
  return {
    pagerduty_configs: [
      {
        ...(managed ? managedRoutingKey : ownPagerDuty(eventsUrl)),
        description: template("title"),
        severity: "{{ .CommonLabels.severity }}",
        class: "{{ (index (or .Alerts.Firing .Alerts) 0).Labels.alertname }}",
        component: "{{ .CommonLabels.service }}",
        client: "AgentPay dashboard",
        client_url: template("dashboard"),
        // `firing` and `resolved` replace Alertmanager's own lists of labels.
        details: { firing: template("details"), resolved: "" },
        links: [
          { href: template("runbook"), text: "Runbook" },
          { href: template("dashboard"), text: "Dashboard" },
        ],
        send_resolved: true,
      },
    ],
  };
}

function ownPagerDuty(eventsUrl: string) {
  return {
    routing_key_file: secretFiles.pagerDutyRoutingKey,
    url: `${eventsUrl}/v2/enqueue`,
    source: "AgentPay {{ .CommonLabels.environment }}",
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

function smsReceiver(sns: SnsSettings | undefined) {
  if (sns?.smsTopicArn === undefined) return {};
  return {
    sns_configs: [{ ...publishTo(sns, sns.smsTopicArn), message: template("sms"), send_resolved: true }],
  };
}

function heartbeatReceiver(sns: SnsSettings | undefined) {
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

function warningReceiver({ slack, email, managed }: ReceiverSettings) {
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
