import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { uptimeChecks } from "../../../catalog/uptime.ts";
import { eventOf } from "../../../components/pagerduty/receivers.ts";
import { badgeUrls, gatusConfiguration, type StatusPageSettings } from "../../../components/uptime/gatus.ts";
import { gatusAlerting } from "../../../components/uptime/gatus-alerting.ts";
import { parseAnnouncements } from "../../../settings/announcements.ts";

const settings: StatusPageSettings = {
  checks: uptimeChecks({
    apiUrl: "https://api.example.com",
    websocketPath: "/ws",
    widgetUrl: "https://cdn.example.com/w.js",
    statusPageUrl: "https://status.example.com",
  }),
  intervalSeconds: 60,
  verifyCertificates: true,
  tls: false,
  announcements: { maintenance: [], incidents: [] },
  alerting: {
    toldBy: () => "route53",
    warning: ["slack", "email"],
    pages: true,
    runbookBaseUrl: "https://runbooks.example.com",
  },
};
const render = (changes: Partial<StatusPageSettings> = {}) =>
  parse(gatusConfiguration({ ...settings, ...changes }));

interface Endpoint {
  readonly name: string;
  readonly group: string;
  readonly url: string;
  readonly body?: string;
  readonly conditions: readonly string[];
  readonly ui: Record<string, boolean>;
}
const endpoints: Endpoint[] = render().endpoints;

test("customers see public names in groups, and neither ports nor the page itself", () => {
  expect(endpoints.map(({ group, name }) => `${group}: ${name}`)).toEqual([
    "AgentPay: API",
    "AgentPay: Chat connection",
    "AgentPay: Chat widget",
    "Security: API certificate",
    "Security: Chat widget certificate",
  ]);
});

test("nothing of how it is checked, or why it fails, is shown; nor are Gatus's own metrics", () => {
  for (const { ui } of endpoints) {
    for (const part of ["url", "hostname", "port", "errors", "conditions"])
      expect(ui[`hide-${part}`]).toBe(true);
  }
  expect(render()).not.toHaveProperty("metrics");
});

test("each kind is checked in full", () => {
  const [api, websocket, widget, certificate] = endpoints;
  expect(api?.conditions).toEqual(["[STATUS] == 200"]);
  expect(websocket?.url).toBe("tls://api.example.com:443");
  expect(websocket?.body).toMatch(/^GET \/ws HTTP\/1.1\r\n.*Upgrade: websocket\r\n.*\r\n\r\n$/s);
  expect(websocket?.conditions[0]).toBe("[BODY] == pat(HTTP/1.1 101*)");
  expect(widget?.conditions).toContain("len([BODY]) > 1");
  expect(certificate?.conditions).toContain("[CERTIFICATE_EXPIRATION] > 72h");
});

test("maintenance and incidents are announced; what is over is shown as past", () => {
  const { announcements } = parseAnnouncements(
    `production:
  maintenance:
    - { when: "Sunday 02:00-04:00", announced: 2026-11-20, affects: [api, websocket], text: For $5 more. }
  incidents:
    - { at: "2026-11-24T09:12:00Z", state: resolved, affects: [widget], text: It is back., over: true }
`,
    "production",
  );
  expect(render({ announcements }).announcements).toEqual([
    {
      timestamp: "2026-11-20T00:00:00Z",
      type: "information",
      // Gatus reads $$ as $.
      message: "**Planned maintenance, Sunday 02:00-04:00 UTC** (API, Chat connection): For $$5 more.",
      archived: false,
    },
    {
      timestamp: "2026-11-24T09:12:00Z",
      type: "operational",
      message: "**Chat widget**: It is back.",
      archived: true,
    },
  ]);
});

test("it answers over TLS where it has a certificate", () => {
  expect(render().web).not.toHaveProperty("tls");
  expect(render({ tls: true }).web.tls).toEqual({
    "certificate-file": "/etc/gatus/tls/certificate.pem",
    "private-key-file": "/etc/gatus/tls/private-key.pem",
  });
});

test("badges are at the addresses that Gatus makes of group and name", () => {
  expect(badgeUrls("https://status.example.com", settings.checks)["websocket"]).toEqual({
    health: "https://status.example.com/api/v1/endpoints/agentpay_chat-connection/health/badge.svg",
    uptime30d: "https://status.example.com/api/v1/endpoints/agentpay_chat-connection/uptimes/30d/badge.svg",
    responseTime24h:
      "https://status.example.com/api/v1/endpoints/agentpay_chat-connection/response-times/24h/badge.svg",
  });
});

describe("where Gatus is the checker that tells", () => {
  const alerting = { ...settings.alerting, toldBy: () => "gatus" as const };
  interface Told {
    readonly name: string;
    readonly alerts: readonly { type: string; description: string; "failure-threshold": number }[];
    readonly "maintenance-windows"?: readonly unknown[];
  }
  const told = (changes: Partial<StatusPageSettings> = {}): Told[] =>
    render({ alerting, ...changes }).endpoints;
  const typesOf = ({ alerts }: Told) => alerts.map(({ type }) => type);

  test("criticals page, and warnings go to Slack and by email, with their runbook, after 2 minutes", () => {
    const [api, , widget, certificate] = told();
    expect(api && typesOf(api)).toEqual(["custom"]);
    expect(widget && typesOf(widget)).toEqual(["slack", "email"]);
    expect(api?.alerts[0]).toMatchObject({ "failure-threshold": 2, "send-on-resolved": true });
    expect(api?.alerts[0]?.description).toMatch(
      /^EndpointUnreachable api: .* Runbook: https:\/\/runbooks.example.com\/EndpointUnreachable.md$/,
    );
    expect(certificate?.alerts[0]?.description).toMatch(/^CertificateAboutToExpire api-certificate: /);
    expect(told({ intervalSeconds: 10 })[0]?.alerts[0]?.["failure-threshold"]).toBe(12);
  });

  test("without a pager, criticals go where warnings go", () => {
    const [api] = told({ alerting: { ...alerting, pages: false } });
    expect(api && typesOf(api)).toEqual(["slack", "email"]);
  });

  test("announced work mutes what it affects, and nothing else", () => {
    const file = `production:
  maintenance:
    - { when: Sunday 02:00-04:00, announced: 2026-11-20, affects: [api], text: Work }
    - { when: 2026-12-24 20:00-24:00, announced: 2026-11-20, affects: [api], text: Work }
    - { when: Monday 02:00-04:00, announced: 2026-11-20, affects: [api], text: Work, over: true }
`;
    const { announcements } = parseAnnouncements(file, "production");
    const [api, websocket] = told({ announcements });
    expect(api?.["maintenance-windows"]).toEqual([
      { start: "02:00", duration: "120m", every: ["Sunday"] },
      { start: "20:00", duration: "240m", every: ["Thursday"] },
    ]);
    expect(websocket).not.toHaveProperty("maintenance-windows");
  });

  test("its channels are one file of its own, with one key an endpoint in PagerDuty", () => {
    const channels = {
      pager: eventOf("https://events.example.com", "sentinel", "agentpay-test"),
      slackWebhookUrl: "https://hooks.example.com/$x",
      email: { smtpHost: "mail:25", from: "a@b.c", to: ["d@e.f", "g@h.i"], username: "u", password: "p" },
    };
    const { custom, slack, email } = parse(gatusAlerting(channels)).alerting;
    expect(custom).toMatchObject({ url: "https://events.example.com/v2/enqueue", method: "POST" });
    expect(JSON.parse(custom.body)).toMatchObject({
      routing_key: "sentinel",
      dedup_key: "agentpay-test/[ENDPOINT_GROUP]/[ENDPOINT_NAME]",
    });
    expect(slack).toEqual({ "webhook-url": "https://hooks.example.com/$$x" });
    expect(email).toMatchObject({ host: "mail", port: 25, to: "d@e.f,g@h.i", password: "p" });
    const none = { ...channels, pager: undefined, slackWebhookUrl: undefined, email: undefined };
    expect(parse(gatusAlerting(none))).toEqual({ alerting: {} });
  });
});

test("where another checker tells, Gatus only shows", () => {
  for (const endpoint of endpoints) expect(endpoint).not.toHaveProperty("alerts");
});
