/** What is sent to PagerDuty's Events API v2, by Alertmanager and by Gatus. */
import { template } from "../shared/notification-text.ts";
import type { GatusRequest, Integrations } from "../shared/pager.ts";

/** In the secret that Amazon's Alertmanager reads, the name of the key. */
export const ROUTING_KEY = "routing_key";

/** Where a page's details say which alert it is. */
export const DETAILS = { name: "alertname", service: "service" } as const;

const ALERT_NAME = "{{ (index (or .Alerts.Firing .Alerts) 0).Labels.alertname }}";
const COMPONENT = "{{ .CommonLabels.service }}";

/** @param keyFile path of the file with the routing key */
export function ownReceiver(eventsUrl: string, keyFile: string): Integrations {
  return receiver({
    routing_key_file: keyFile,
    url: `${eventsUrl}/v2/enqueue`,
    links: [
      { href: template("runbook"), text: "Runbook" },
      { href: template("dashboard"), text: "Dashboard" },
    ],
    // Without one, an API that accepts and never answers holds the page back for a whole group_interval.
    timeout: "30s",
  });
}

/** For Amazon's Alertmanager, which reads no file. */
export function managedReceiver(secretArn: string): Integrations {
  return receiver({
    routing_key: {
      aws_secrets_manager: { secret_arn: secretArn, secret_key: ROUTING_KEY, refresh_interval: "5m" },
    },
  });
}

function receiver(way: object): Integrations {
  return {
    pagerduty_configs: [
      {
        ...way,
        description: template("title"),
        // Not the alert's own: PagerDuty refuses an event whose severity it does not know, and what pages is critical.
        severity: "critical",
        class: ALERT_NAME,
        component: COMPONENT,
        client: "AgentPay dashboard",
        client_url: template("dashboard"),
        source: "AgentPay {{ .CommonLabels.environment }}",
        // `firing` and `resolved` replace Alertmanager's own lists of labels. The links are in the first one as well. The
        // names are what incidents.ts knows a report by: of an event, PagerDuty's documents promise these details alone.
        details: {
          firing: template("details"),
          resolved: "",
          [DETAILS.name]: ALERT_NAME,
          [DETAILS.service]: COMPONENT,
        },
        send_resolved: true,
      },
    ],
  };
}

/** Not Gatus's own PagerDuty, whose keys of incidents are random, and whose address is fixed. */
export function eventOf(eventsUrl: string, routingKey: string, namePrefix: string): GatusRequest {
  const event = {
    routing_key: routingKey,
    event_action: "[ALERT_TRIGGERED_OR_RESOLVED]",
    dedup_key: `${namePrefix}/[ENDPOINT_GROUP]/[ENDPOINT_NAME]`,
    payload: { summary: "[ALERT_DESCRIPTION]", source: `Gatus of ${namePrefix}`, severity: "critical" },
  };
  return {
    url: `${eventsUrl}/v2/enqueue`,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(event),
    placeholders: { ALERT_TRIGGERED_OR_RESOLVED: { TRIGGERED: "trigger", RESOLVED: "resolve" } },
  };
}
