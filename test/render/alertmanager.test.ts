import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { alerts } from "../../catalog/alerts/index.ts";
import {
  alertmanagerConfiguration,
  type NotificationSettings,
  secretFiles,
} from "../../render/alertmanager.ts";
import { notificationSettings } from "../../render/index.ts";
import { parseSettings } from "../../settings.ts";
import { configurationOf, type Overrides, type Stack } from "../support/program.ts";

type Configuration = Readonly<Record<string, unknown>>;
interface Receiver {
  readonly name: string;
  readonly pagerduty_configs?: readonly Configuration[];
  readonly slack_configs?: readonly Configuration[];
  readonly email_configs?: readonly Configuration[];
}
interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly routes?: readonly Route[];
}
interface Document {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibit_rules: readonly {
    source_matchers: readonly string[];
    target_matchers: readonly string[];
    equal: readonly string[];
  }[];
}

function render(settings: NotificationSettings): Document {
  return parse(alertmanagerConfiguration(settings));
}

function renderStack(stack: Stack, overrides: Overrides = {}): Document {
  return render(notificationSettings(parseSettings(stack, configurationOf(stack, overrides))));
}

function receiver(document: Document, name: string): Receiver {
  const found = document.receivers.find((each) => each.name === name);
  if (!found) throw new Error(`there is no receiver ${name}`);
  return found;
}

const channels = ({ name: _, ...configurations }: Receiver) => Object.keys(configurations).toSorted();

describe("channels", () => {
  test("production pages for criticals; warnings go to Slack and email", () => {
    const document = renderStack("production");
    expect(channels(receiver(document, "critical"))).toEqual(["pagerduty_configs"]);
    expect(channels(receiver(document, "warning"))).toEqual(["email_configs", "slack_configs"]);
    expect(channels(receiver(document, "none"))).toEqual([]);
  });

  test("staging does not page: criticals go where warnings go", () => {
    const document = renderStack("staging");
    const { name: _, ...critical } = receiver(document, "critical");
    const { name: __, ...warning } = receiver(document, "warning");
    expect(critical).toEqual(warning);
    expect(channels(receiver(document, "critical"))).toEqual(["slack_configs"]);
    expect(JSON.stringify(document)).not.toContain("pagerduty");
  });

  test("PagerDuty gets severity, class, component, runbook and dashboard, with the key from a file", () => {
    const [pagerDuty] = receiver(renderStack("production"), "critical").pagerduty_configs ?? [];
    expect(pagerDuty).toMatchObject({
      routing_key_file: "/etc/alertmanager/secrets/pagerduty-routing-key",
      url: "https://events.pagerduty.com/v2/enqueue",
      severity: "{{ .CommonLabels.severity }}",
      class: "{{ .CommonLabels.alertname }}",
      component: "{{ .CommonLabels.service }}",
      send_resolved: true,
    });
    expect(JSON.stringify(pagerDuty?.["links"])).toMatch(/runbook_url.*dashboard_url/);
  });

  test("Slack's address and the mail server's password come from files", () => {
    const { slack_configs: slack, email_configs: email } = receiver(renderStack("production"), "warning");
    expect(slack).toMatchObject([
      {
        api_url_file: "/etc/alertmanager/secrets/slack-webhook-url",
        channel: "#alerts",
        send_resolved: true,
      },
    ]);
    expect(email).toMatchObject([
      {
        to: "oncall@agentpay.com",
        from: "alerts@agentpay.com",
        smarthost: "email-smtp.eu-central-1.amazonaws.com:587",
        auth_username: "agentpay-alerts",
        auth_password_file: "/etc/alertmanager/secrets/smtp-password",
        send_resolved: true,
      },
    ]);
  });

  test("each address gets mail of its own; without a user there is no password", () => {
    const overrides = { "notifications.emails": ["a@x.com", "b@x.com"], "notifications.smtpUsername": "" };
    const email = receiver(renderStack("production", overrides), "warning").email_configs ?? [];
    expect(email.map(({ to }) => to)).toEqual(["a@x.com", "b@x.com"]);
    expect(JSON.stringify(email)).not.toContain("auth_");
  });

  test.each([
    ["a mail server but nobody to write to", { "notifications.emails": [] }, ["slack_configs"]],
    ["no mail server", { "notifications.smtpHost": "" }, ["slack_configs"]],
    ["no webhook", { "notifications.slackWebhookUrl": "" }, ["email_configs"]],
  ])("%s", (_why, overrides, expected) => {
    expect(channels(receiver(renderStack("production", overrides), "warning"))).toEqual(expected);
  });
});

describe("routes", () => {
  test("severity alone decides; what no route takes goes where people look", () => {
    const { route } = renderStack("production");
    expect(route.receiver).toBe("warning");
    expect(route.routes?.map(({ receiver: name, matchers }) => [name, matchers])).toEqual([
      ["critical", ['severity="critical"']],
      ["warning", ['severity="warning"']],
      ["none", ['severity=~"info|none"']],
    ]);
  });

  test("one outage is one incident", () => {
    const { route } = renderStack("production");
    expect(route.group_by).toEqual(["alertname", "service", "environment"]);
    expect(route.routes?.[0]?.group_by).toEqual(["service", "environment"]);
  });
});

describe("inhibition", () => {
  const names = new Set(alerts.map(({ name }) => name));
  const { inhibit_rules: rules } = renderStack("production");
  const alertsIn = (matchers: readonly string[]) =>
    matchers
      .filter((matcher) => matcher.startsWith("alertname="))
      .flatMap((matcher) =>
        matcher
          .replace(/^alertname=~?/, "")
          .replaceAll('"', "")
          .split("|"),
      );

  test("names alerts that exist", () => {
    const named = rules.flatMap((rule) => [
      ...alertsIn(rule.source_matchers),
      ...alertsIn(rule.target_matchers),
    ]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });

  test("never lets an alert mute itself, and stays within an environment", () => {
    for (const rule of rules) {
      const targets = alertsIn(rule.target_matchers);
      expect(alertsIn(rule.source_matchers).filter((name) => targets.includes(name))).toEqual([]);
      expect(rule.equal).toContain("environment");
    }
  });
});

describe("any notification settings", () => {
  const text = fc.stringMatching(/^[a-z]{1,10}$/);
  const settings: fc.Arbitrary<NotificationSettings> = fc.record({
    pagerDuty: fc.option(fc.record({ eventsUrl: text.map((host) => `https://${host}.com`) }), {
      nil: undefined,
    }),
    slack: fc.option(fc.record({ channel: text.map((name) => `#${name}`) }), { nil: undefined }),
    email: fc.option(
      fc.record({
        smtpHost: text.map((host) => `${host}:25`),
        from: text.map((name) => `${name}@x.com`),
        to: fc.array(
          text.map((name) => `${name}@x.com`),
          { minLength: 1, maxLength: 3 },
        ),
        username: fc.option(text, { nil: undefined }),
      }),
      { nil: undefined },
    ),
  });

  test("leave nothing dangling: every route has its receiver, every file its channel", () => {
    fc.assert(
      fc.property(settings, (given) => {
        const document = render(given);
        const receivers = document.receivers.map(({ name }) => name);
        expect(receivers).toEqual([...new Set(receivers)]);
        const routes = [document.route, ...(document.route.routes ?? [])];
        expect(routes.filter(({ receiver: name }) => !receivers.includes(name))).toEqual([]);
        const textual = JSON.stringify(document);
        expect(textual.includes(secretFiles.pagerDutyRoutingKey)).toBe(given.pagerDuty !== undefined);
        expect(textual.includes(secretFiles.slackWebhookUrl)).toBe(given.slack !== undefined);
        expect(textual.includes(secretFiles.smtpPassword)).toBe(given.email?.username !== undefined);
      }),
    );
  });
});
