/** Severity -> Alertmanager's routes and receivers. Every secret is read from a file beside the configuration. */
import { toYaml } from "./yaml.ts";

/** Alertmanager's configuration folder in its container. */
export const ALERTMANAGER_FOLDER = "/etc/alertmanager";

/** Files that hold the secrets. Alertmanager resolves relative ones against its working directory, hence in full. */
export const secretFiles = {
  pagerDutyRoutingKey: `${ALERTMANAGER_FOLDER}/secrets/pagerduty-routing-key`,
  slackWebhookUrl: `${ALERTMANAGER_FOLDER}/secrets/slack-webhook-url`,
  smtpPassword: `${ALERTMANAGER_FOLDER}/secrets/smtp-password`,
} as const;

export interface NotificationSettings {
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
      }
    | undefined;
}

const summary = "{{ .CommonLabels.alertname }}: {{ .CommonAnnotations.summary }}";
const details = "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}";

/** alertmanager.yml */
export function alertmanagerConfiguration(settings: NotificationSettings): string {
  return toYaml({
    global: { resolve_timeout: "5m" },
    route: {
      // An alert that no route below takes is a defect of ours: it goes where people look.
      receiver: "warning",
      group_by: ["alertname", "service", "environment"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [
        {
          receiver: "critical",
          matchers: ['severity="critical"'],
          // One outage is one incident, whatever the number of its symptoms.
          group_by: ["service", "environment"],
          group_wait: "10s",
          repeat_interval: "4h",
        },
        { receiver: "warning", matchers: ['severity="warning"'] },
        { receiver: "none", matchers: ['severity=~"info|none"'] },
      ],
    },
    inhibit_rules: [
      // A dead API also fails and delays requests: one page is enough.
      {
        source_matchers: ['alertname="APIDown"'],
        target_matchers: ['alertname=~"HighErrorRate|ElevatedErrorRate|SlowAPIResponses"'],
        equal: ["environment"],
      },
      {
        source_matchers: ['alertname="HighErrorRate"'],
        target_matchers: ['alertname="ElevatedErrorRate"'],
        equal: ["service", "environment"],
      },
    ],
    receivers: [
      {
        name: "critical",
        ...(settings.pagerDuty ? pagerDutyReceiver(settings.pagerDuty) : warningReceivers(settings)),
      },
      { name: "warning", ...warningReceivers(settings) },
      { name: "none" },
    ],
  });
}

function pagerDutyReceiver({ eventsUrl }: { eventsUrl: string }) {
  return {
    pagerduty_configs: [
      {
        routing_key_file: secretFiles.pagerDutyRoutingKey,
        url: `${eventsUrl}/v2/enqueue`,
        severity: "{{ .CommonLabels.severity }}",
        class: "{{ .CommonLabels.alertname }}",
        component: "{{ .CommonLabels.service }}",
        description: summary,
        details: { details },
        links: [
          { href: "{{ (index .Alerts 0).Annotations.runbook_url }}", text: "Runbook" },
          { href: "{{ (index .Alerts 0).Annotations.dashboard_url }}", text: "Dashboard" },
        ],
        send_resolved: true,
      },
    ],
  };
}

function warningReceivers({ slack, email }: NotificationSettings) {
  return {
    ...(slack && {
      slack_configs: [
        {
          api_url_file: secretFiles.slackWebhookUrl,
          channel: slack.channel,
          title: summary,
          text: `${details}{{ (index .Alerts 0).Annotations.runbook_url }}`,
          send_resolved: true,
        },
      ],
    }),
    ...(email && {
      email_configs: email.to.map((to) => ({
        to,
        from: email.from,
        smarthost: email.smtpHost,
        ...(email.username && {
          auth_username: email.username,
          auth_password_file: secretFiles.smtpPassword,
        }),
        headers: { Subject: summary },
        send_resolved: true,
      })),
    }),
  };
}
