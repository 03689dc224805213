/** Incidents on a real Alertmanager: each is opened, none hides another, and each is ended, whatever happens meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../../catalog/alerts/alert.ts";
import { inhibitions, selectedAlerts } from "../../../catalog/inhibitions.ts";
import { parseAnnouncements } from "../../../settings/announcements.ts";
import { parseSettings } from "../../../settings/settings.ts";
import {
  type AlertmanagerOptions,
  type AlertmanagerUnderTest,
  type PostedAlert,
  startAlertmanager,
} from "../../support/alertmanager.ts";
import { eventually } from "../../support/eventually.ts";

type Labels = Readonly<Record<string, string>>;
interface PagerEvent {
  readonly event_action: "trigger" | "resolve";
  readonly dedup_key: string;
  readonly payload: { readonly summary: string };
}

function alert(name: string, labels: Labels = {}): PostedAlert {
  return {
    labels: { alertname: name, environment: "production", severity: "critical", service: "api", ...labels },
    annotations: {
      summary: "It is a test.",
      runbook_url: "https://example.com/r",
      dashboard_url: "https://example.com/d",
    },
  };
}
const ended = (posted: PostedAlert): PostedAlert => ({ ...posted, endsAt: new Date().toISOString() });

/** What PagerDuty was told of an alert, oldest first. */
function events({ sent }: AlertmanagerUnderTest, name: string): readonly PagerEvent[] {
  const all = sent
    .filter(({ path }) => path === "/v2/enqueue")
    .map(({ body }) => JSON.parse(body) as PagerEvent);
  const keys = new Set(
    all.filter(({ payload }) => payload.summary.includes(`${name}:`)).map(({ dedup_key }) => dedup_key),
  );
  return all.filter(({ dedup_key }) => keys.has(dedup_key));
}
const actions = (alertmanager: AlertmanagerUnderTest, name: string) =>
  events(alertmanager, name).map(({ event_action }) => event_action);

/** A busy pair may both tell the same: PagerDuty takes it as one, by its key. */
const withoutRepeats = (all: readonly string[]) => all.filter((action, index) => action !== all[index - 1]);

/**
 * Waits until these were told, last of all: of a pair, the one that hears of an end later may tell the alert once more
 * in between.
 */
async function until(alertmanager: AlertmanagerUnderTest, name: string, expected: readonly string[]) {
  const seen = () => JSON.stringify(withoutRepeats(actions(alertmanager, name)).slice(-expected.length));
  await eventually(
    `${name}: ${expected.join(", ")}`,
    async () => seen() === JSON.stringify(expected) || undefined,
  );
}

/** Longer than Alertmanager's intervals in a test: what would come has come. */
const A_WHILE = 3000;

describe.each([1, 2] as const)("%i Alertmanager(s)", (replicas) => {
  let alertmanager: AlertmanagerUnderTest;
  beforeAll(async () => {
    alertmanager = await startAlertmanager("production", { replicas });
  });
  afterAll(() => alertmanager.stop());

  test("no cause mutes what has been told: its end is told while the cause fires, and when it fires anew somebody hears", async () => {
    const [symptom, cause] = [
      alert("WorkerQueueStalled", { service: "worker", queue: "default" }),
      alert("RedisDown", { service: "redis", instance: "redis:9121" }),
    ];
    await alertmanager.post([symptom]);
    await until(alertmanager, "WorkerQueueStalled", ["trigger"]);
    await alertmanager.post([cause]);
    await until(alertmanager, "RedisDown", ["trigger"]);
    await alertmanager.post([ended(symptom)]);
    await until(alertmanager, "WorkerQueueStalled", ["trigger", "resolve"]);
    await alertmanager.post([symptom]);
    await until(alertmanager, "WorkerQueueStalled", ["trigger", "resolve", "trigger"]);
    await alertmanager.post([ended(symptom), ended(cause)]);
    await until(alertmanager, "WorkerQueueStalled", ["trigger", "resolve", "trigger", "resolve"]);
    await until(alertmanager, "RedisDown", ["trigger", "resolve"]);
  });

  test("a total outage pages although a host died before, and although its database's exporter is refused", async () => {
    await alertmanager.post([
      alert("HostDown", { service: "hosts", host: "hosta" }),
      alert("PostgresDown", { service: "postgres", instance: "replica:9187" }),
    ]);
    await until(alertmanager, "HostDown", ["trigger"]);
    await alertmanager.post([alert("APIDown", { job: "agentpay-api" }), alert("HighErrorRate")]);
    await until(alertmanager, "APIDown", ["trigger"]);
    await until(alertmanager, "HighErrorRate", ["trigger"]);
  });

  test("what joins an incident that is acknowledged has an incident of its own", async () => {
    const worse = [
      alert("APIAvailabilityBudgetBurn", { slo: "api-availability", long: "6h" }),
      alert("APIAvailabilityBudgetBurn", { slo: "api-availability", long: "1h" }),
      alert("EndpointUnreachable", { service: "edge", endpoint: "websocket" }),
      alert("EndpointUnreachable", { service: "edge", endpoint: "api" }),
      alert("PostgresDown", { service: "postgres", instance: "primary:9187" }),
    ];
    for (const each of worse) await alertmanager.post([each]);
    const keys = () => [
      ...new Set(
        ["APIAvailabilityBudgetBurn", "EndpointUnreachable", "PostgresDown"].flatMap((name) =>
          events(alertmanager, name).map(({ dedup_key }) => dedup_key),
        ),
      ),
    ];
    // With the database's replica of the test before.
    await eventually("an incident each", async () => keys().length >= worse.length + 1 || undefined);
  });

  test("an end during a restart is told, and nothing is told twice", async () => {
    const [short, long] = [alert("EndsMeanwhile"), alert("Outlasts")];
    await alertmanager.post([short, long]);
    await until(alertmanager, "EndsMeanwhile", ["trigger"]);
    await until(alertmanager, "Outlasts", ["trigger"]);
    await alertmanager.down();
    await alertmanager.up();
    // Prometheus sends both again: it tells an end for a quarter of an hour.
    await alertmanager.post([ended(short), long]);
    await until(alertmanager, "EndsMeanwhile", ["trigger", "resolve"]);
    await sleep(A_WHILE);
    expect(actions(alertmanager, "Outlasts")).toEqual(["trigger"]);
  });

  test("an end is told although every Alertmanager was killed, once whom they told was written down", async () => {
    const short = alert("EndsWhileKilled");
    await alertmanager.post([short]);
    await until(alertmanager, "EndsWhileKilled", ["trigger"]);
    await sleep(A_WHILE);
    await alertmanager.down("SIGKILL");
    await alertmanager.up();
    await alertmanager.post([ended(short)]);
    await until(alertmanager, "EndsWhileKilled", ["trigger", "resolve"]);
  });
});

describe("Alertmanager mutes nothing", () => {
  let alertmanager: AlertmanagerUnderTest;
  beforeAll(async () => {
    alertmanager = await startAlertmanager("production");
  });
  afterAll(() => alertmanager.stop());

  /** Labels that expressions leave, the same for all. */
  const LEFT = { queue: "default", instance: "i", host: "h", job: "j" };
  const labelsOf = ({ name, severity, service, labels }: Alert, pair: string) =>
    alert(name, { ...LEFT, severity, service, ...labels, pair });

  test("each symptom that Prometheus tells of is told, though its cause fires: it is another fault", async () => {
    const pairs = inhibitions.flatMap(({ source, targets }) =>
      selectedAlerts(source).flatMap((cause) =>
        selectedAlerts(targets).map((symptom) => ({ cause, symptom })),
      ),
    );
    await alertmanager.post(
      pairs.flatMap(({ cause, symptom }, index) => [
        labelsOf(cause, `${index}`),
        labelsOf(symptom, `${index}`),
      ]),
    );
    const paging = pairs.filter(({ symptom }) => symptom.severity === "critical");
    const names = [...new Set(paging.map(({ symptom }) => symptom.name))];
    const count = (name: string) =>
      new Set(events(alertmanager, name).map(({ dedup_key }) => dedup_key)).size;
    const expected = (name: string) =>
      pairs
        .filter(
          ({ cause, symptom }) =>
            (cause.severity === "critical" && cause.name === name) ||
            (symptom.severity === "critical" && symptom.name === name),
        )
        .flatMap(({ cause, symptom }) =>
          [cause, symptom].filter((each) => each.name === name && each.severity === "critical"),
        ).length;
    await eventually(
      "an incident for each",
      async () => names.every((name) => count(name) === expected(name)) || undefined,
    );
    const muted = (await alertmanager.alerts()).filter(({ status }) => status.state !== "active");
    expect(muted).toEqual([]);
  });
});

describe("when PagerDuty fails", () => {
  test.each([
    ["it refuses", 400],
    ["it is down", 500],
    ["the key is revoked", 403],
  ])("%s: Slack has the critical, also without a phone number", async (_how, status) => {
    const overrides = { "notifications.smsNumbers": [] };
    const alertmanager = await startAlertmanager("production", { pagerDuty: () => status, overrides });
    try {
      await alertmanager.post([alert("AlertmanagerNotificationsFailing", { service: "monitoring" })]);
      await eventually("the message in Slack", async () =>
        alertmanager.sent.find(
          ({ path, body }) => path === "/slack" && body.includes("AlertmanagerNotificationsFailing"),
        ),
      );
    } finally {
      await alertmanager.stop();
    }
  });
});

/** Every kind of setting that Alertmanager's configuration is made of, but the environment, which is another stack. */
const variations: readonly (readonly [string, AlertmanagerOptions])[] = [
  [
    "work is announced",
    {
      settings: (configuration) =>
        parseSettings("production", configuration, {
          announced: parseAnnouncements(
            'production: { maintenance: [{ when: "2027-12-04 20:00-24:00", announced: 2026-11-20, affects: [api, websocket, widget], text: Work. }] }',
            "production",
          ),
        }),
    },
  ],
  ["no phone numbers", { overrides: { "notifications.smsNumbers": [] } }],
  ["another phone number", { overrides: { "notifications.smsNumbers": ["+14155550199"] } }],
  [
    "no Slack",
    { overrides: { "notifications.slackWebhookUrl": "", "notifications.smtpHost": "127.0.0.1:1" } },
  ],
  ["another channel", { overrides: { "notifications.slackChannel": "#elsewhere" } }],
  [
    "email",
    {
      overrides: { "notifications.smtpHost": "127.0.0.1:1", "notifications.emails": ["a@x.com", "b@x.com"] },
    },
  ],
  ["no pager", { overrides: { "pagerduty.enabled": false } }],
  ["no AWS", { overrides: { "aws.enabled": false, "uptime.enabled": false, "database.enabled": false } }],
  ["another threshold", { overrides: { "alertThresholds.HighErrorRate": 0.2 } }],
  ["replicas", { replicas: 2, overrides: { "metrics.replicas": 2 } }],
];

test("keys of open incidents survive every deployment of other settings", async () => {
  const posted = [
    alert("APIDown"),
    alert("EndpointUnreachable", { service: "edge", endpoint: "api" }),
    alert("SlowAPIResponses", { severity: "warning" }),
    alert("RAGEmptyResultsHigh", { severity: "info", service: "rag" }),
    alert("OfStaging", { environment: "staging" }),
    alert("Unknown", { severity: "unknown" }),
    alert("Watchdog", { severity: "none", service: "monitoring" }),
  ];
  const keysWith = async (options: AlertmanagerOptions) => {
    const alertmanager = await startAlertmanager("production", options);
    try {
      await alertmanager.post(posted);
      return await eventually("every group", async () => {
        const keys = await alertmanager.groupKeys().catch(() => ({}));
        return Object.keys(keys).length === posted.length ? keys : undefined;
      });
    } finally {
      await alertmanager.stop();
    }
  };
  const usual = await keysWith({});
  expect(usual).toMatchObject({
    APIDown: '{}:{alertname="APIDown", environment="production", service="api", severity="critical"}',
    SlowAPIResponses:
      '{}/{severity="warning"}:{alertname="SlowAPIResponses", environment="production", service="api"}',
  });
  for (const [what, options] of variations) expect([what, await keysWith(options)]).toEqual([what, usual]);
});
