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

export interface ReceiverSettings {
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
      ? { ...pagerDutyReceiver(settings.pagerDuty), ...smsReceiver(settings.sns) }
      : warningReceiver(settings),
    warning: warningReceiver(settings),
    "dead-mans-switch": heartbeatReceiver(settings.sns),
    none: {},
  };
  return RECEIVERS.map((name) => ({ name, ...channels[name] }));
}

function pagerDutyReceiver({ eventsUrl }: { eventsUrl: string }) {
  return {
    pagerduty_configs: [
      {
        routing_key_file: secretFiles.pagerDutyRoutingKey,
        url: `${eventsUrl}/v2/enqueue`,
        description: template("title"),
        severity: "{{ .CommonLabels.severity }}",
        source: "AgentPay {{ .CommonLabels.environment }}",
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
        // Without one, an API that accepts and never answers holds the page back for a whole group_interval.
        timeout: "30s",
        send_resolved: true,
      },
    ],
  };
}

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

function publishTo({ region, apiUrl }: SnsSettings, topicArn: string) {
  return {
    topic_arn: topicArn,
    ...(apiUrl && { api_url: apiUrl }),
    sigv4: { region },
    // Only mail has one.
    subject: "",
  };
}

function warningReceiver({ slack, email }: ReceiverSettings) {
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
