import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { pagerOf } from "../../../components/pagers/index.ts";
import {
  alertmanagerConfiguration,
  alertmanagerFiles,
  keyFileOf,
  secretFiles,
} from "../../../components/prometheus/alertmanager.ts";
import { type NotificationSettings, notificationSettings } from "../../../components/shared/notifications.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides, type Stack } from "../../support/program.ts";

type Configuration = Readonly<Record<string, unknown>>;
interface Receiver {
  readonly name: string;
  readonly pagerduty_configs?: readonly Configuration[];
  readonly slack_configs?: readonly Configuration[];
  readonly email_configs?: readonly Configuration[];
  readonly sns_configs?: readonly Configuration[];
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
}

function render(settings: NotificationSettings): Document {
  return parse(alertmanagerConfiguration(settings));
}

function renderStack(stack: Stack, overrides: Overrides = {}): Document {
  const settings = parseSettings(stack, configurationOf(stack, overrides));
  return render(notificationSettings(settings, pagerOf(settings)));
}

function receiver(document: Document, name: string): Receiver {
  const found = document.receivers.find((each) => each.name === name);
  if (!found) throw new Error(`there is no receiver ${name}`);
  return found;
}

const channels = ({ name: _, ...configurations }: Receiver) => Object.keys(configurations).toSorted();

describe("channels", () => {
  test("production pages for criticals, and writes of them as of warnings; info goes to Slack", () => {
    const document = renderStack("production");
    expect(channels(receiver(document, "critical"))).toEqual([
      ...["email_configs", "pagerduty_configs", "slack_configs", "sns_configs"],
    ]);
    expect(channels(receiver(document, "info"))).toEqual(["slack_configs"]);
    expect(channels(receiver(document, "dead-mans-switch"))).toEqual(["sns_configs"]);
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
    expect(pagerDuty?.["details"]).toHaveProperty("firing");
    expect(pagerDuty).toMatchObject({
      routing_key_file: "/etc/alertmanager/secrets/pagerduty-routing-key",
      url: "https://events.pagerduty.com/v2/enqueue",
      severity: "critical",
      component: "{{ .CommonLabels.service }}",
      send_resolved: true,
    });
    expect(pagerDuty?.["links"]).toMatchObject([{ text: "Runbook" }, { text: "Dashboard" }]);
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
        require_tls: true,
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
    const document = renderStack("production", overrides);
    for (const name of ["warning", "info"]) expect(channels(receiver(document, name))).toEqual(expected);
    expect(channels(receiver(document, "critical"))).toEqual(expect.arrayContaining(expected));
  });
});

describe("routes", () => {
  test("severity alone decides; what no route takes is taken for the worst", () => {
    const { route } = renderStack("production");
    expect(route.receiver).toBe("critical");
    expect(route.routes?.map(({ receiver: name, matchers }) => [name, matchers])).toEqual([
      ["dead-mans-switch", ['alertname="Watchdog"', 'environment="production"']],
      ["none", ['alertname="Watchdog"']],
      ["info", ['severity="info"']],
      ["warning", ['environment=~"development|local|staging|test"']],
      ["warning", ['severity="warning"']],
    ]);
  });

  test("other environments are named: an alert that lost its environment still pages", () => {
    for (const stack of ["production", "local"] as const) {
      const others = renderStack(stack).route.routes?.flatMap(({ matchers = [] }) =>
        matchers.filter((matcher) => matcher.startsWith("environment=~")),
      );
      expect(others).toHaveLength(1);
      expect(others?.[0]).toMatch(/^environment=~"[a-z|]+"$/);
      expect(others?.[0]).toContain("staging");
      expect(others?.[0]).not.toContain(stack);
    }
  });

  test("each critical is an incident; warnings of one kind are one message", () => {
    const { route } = renderStack("production");
    expect(route.group_by).toEqual(["..."]);
    const warnings = route.routes?.filter(({ receiver: name }) => name === "warning");
    expect(warnings?.map(({ group_by }) => group_by)).toEqual([
      ["alertname", "service", "environment"],
      ["alertname", "service", "environment"],
    ]);
  });

  test("nothing is muted: its end would never be told", () => {
    for (const stack of ["production", "staging", "local"] as const) {
      expect(JSON.stringify(renderStack(stack))).not.toMatch(/inhibit|time_interval/);
    }
  });
});

describe("AWS", () => {
  const topic = (name: string) => `arn:aws:sns:us-east-1:111122223333:agentpay-production-${name}`;

  test("the heartbeat goes to a topic of its own, every minute, and has no end", () => {
    const document = renderStack("production");
    expect(receiver(document, "dead-mans-switch").sns_configs).toMatchObject([
      { topic_arn: topic("heartbeat"), sigv4: { region: "us-east-1" }, send_resolved: false },
    ]);
    const [watchdog] = document.route.routes ?? [];
    expect(watchdog).toMatchObject({ group_wait: "0s", group_interval: "30s", repeat_interval: "50s" });
  });

  test("SMS go to a topic that does not page as well", () => {
    const [sms] = receiver(renderStack("production"), "critical").sns_configs ?? [];
    expect(sms).toMatchObject({ topic_arn: topic("sms"), send_resolved: true });
    const without = renderStack("production", { "notifications.smsNumbers": [] });
    expect(channels(receiver(without, "critical"))).not.toContain("sns_configs");
  });

  test("credentials are never in the configuration", () => {
    for (const stack of ["production", "local"] as const) {
      expect(JSON.stringify(renderStack(stack))).not.toMatch(/access_key|secret_key|profile/);
    }
  });

  test("an emulator on this machine is reached from the container; AWS itself needs no address", () => {
    const url = (stack: Stack) =>
      receiver(renderStack(stack), "dead-mans-switch").sns_configs?.map((config) => config["api_url"]);
    expect(url("local")).toEqual(["http://host.docker.internal:8103"]);
    expect(url("production")).toEqual([undefined]);
  });

  test("without AWS there is neither", () => {
    const overrides = { "aws.enabled": false, "uptime.enabled": false, "database.enabled": false };
    const document = renderStack("production", overrides);
    expect(channels(receiver(document, "critical"))).not.toContain("sns_configs");
    expect(channels(receiver(document, "dead-mans-switch"))).toEqual([]);
  });
});

describe("templates", () => {
  const settings = parseSettings("production", configurationOf("production"));
  const files = alertmanagerFiles(notificationSettings(settings, pagerOf(settings)));
  const text = files["templates/agentpay.tmpl"] ?? "";
  const defined = [...text.matchAll(/define "([^"]+)"/g)].map(([, name]) => name);
  const used = [
    ...Object.values(files)
      .join("\n")
      .matchAll(/template "([^"]+)"/g),
  ].map(([, name]) => name);

  test("every one that is used is there, and none is there for nothing", () => {
    expect([...new Set(used)].toSorted()).toEqual(defined.toSorted());
  });
});

describe("any notification settings", () => {
  const text = fc.stringMatching(/^[a-z]{1,10}$/);
  const settings: fc.Arbitrary<NotificationSettings> = fc.record({
    environment: fc.constantFrom("production", "staging", "local", "preview-7"),
    sns: fc.option(
      fc.record({
        region: fc.constant("us-east-1"),
        apiUrl: fc.option(fc.constant("http://localhost:1"), { nil: undefined }),
        heartbeatTopicArn: text,
        smsTopicArn: fc.option(text, { nil: undefined }),
      }),
      { nil: undefined },
    ),
    pager: fc.option(
      fc.record({
        name: text,
        keyFile: text,
        receiver: fc.constant((keyFile: string) => ({ webhook_configs: [{ url_file: keyFile }] })),
        managed: fc.constant(undefined),
      }),
      { nil: undefined },
    ),
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
        requireTls: fc.boolean(),
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
        expect(textual.includes("webhook_configs")).toBe(given.pager !== undefined);
        if (given.pager) expect(textual).toContain(`"${keyFileOf(given.pager)}"`);
        expect(textual.includes(secretFiles.slackWebhookUrl)).toBe(given.slack !== undefined);
        expect(textual.includes(secretFiles.smtpPassword)).toBe(given.email?.username !== undefined);
      }),
    );
  });
});
