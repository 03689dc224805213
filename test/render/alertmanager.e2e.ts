/** What Alertmanager itself makes of our configuration: who is told what, and what mutes what. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { inhibitions, selectedAlerts } from "../../catalog/inhibitions.ts";
import { metrics } from "../../catalog/metrics.ts";
import { type AlertmanagerUnderTest, type PostedAlert, startAlertmanager } from "../support/alertmanager.ts";
import { eventually } from "../support/eventually.ts";

let alertmanager: AlertmanagerUnderTest;
beforeAll(async () => {
  alertmanager = await startAlertmanager("production");
});
afterAll(() => alertmanager.stop());

/** The first message to a service that says `text`. */
function message(path: string, text: string): Promise<string> {
  return eventually(`${text} at ${path}`, async () => {
    const found = alertmanager.sent.find((each) => each.path === path && each.body.includes(text));
    return found?.body;
  });
}

/** SNS takes forms. */
function smsOrHeartbeat(topic: string): Promise<URLSearchParams> {
  return eventually(`a message to ${topic}`, async () =>
    alertmanager.sent
      .map(({ body }) => new URLSearchParams(body))
      .find((form) => form.get("TopicArn")?.endsWith(topic)),
  );
}

function alert(name: string, labels: Record<string, string>, description = "It is a test."): PostedAlert {
  return {
    labels: { alertname: name, environment: "production", ...labels },
    annotations: {
      summary: `${name} is being tried.`,
      description,
      runbook_url: `https://example.com/${name}.md`,
      dashboard_url: `https://example.com/d/x?viewPanel=1&name=${name}`,
    },
  };
}

describe("messages", () => {
  /** What YAML would make a map, a list or a number of. */
  const DESCRIPTION = "Share of failures: 7%. - not a list: not a map";

  test("PagerDuty gets one readable event for an outage, with links, and its end", async () => {
    const both = ["FirstOne", "SecondOne"].map((name) =>
      alert(name, { severity: "critical", service: "paging" }, DESCRIPTION),
    );
    await alertmanager.post(both);
    const event = JSON.parse(await message("/v2/enqueue", "SecondOne"));
    expect(event).toMatchObject({
      event_action: "trigger",
      client: "AgentPay dashboard",
      links: [
        { text: "Runbook", href: "https://example.com/FirstOne.md" },
        { text: "Dashboard", href: "https://example.com/d/x?viewPanel=1&name=FirstOne" },
      ],
      payload: {
        summary: "FirstOne: FirstOne is being tried. [production] (2 alerts)",
        source: "AgentPay production",
        severity: "critical",
        class: "FirstOne",
        component: "paging",
        custom_details: { num_firing: 2, num_resolved: 0 },
      },
    });
    const { firing } = event.payload.custom_details;
    expect(firing.split("\n").slice(0, 4)).toEqual([
      "2 alerts firing",
      "",
      "FirstOne: FirstOne is being tried.",
      DESCRIPTION,
    ]);
    expect(firing).toContain("Runbook https://example.com/SecondOne.md");

    const ended = new Date().toISOString();
    await alertmanager.post(both.map((each) => ({ ...each, endsAt: ended })));
    const end = JSON.parse(await message("/v2/enqueue", '"resolve"'));
    expect(end.dedup_key).toBe(event.dedup_key);
    expect(end.payload.summary).toBe("Resolved: FirstOne: FirstOne is being tried. [production] (2 alerts)");
  });

  test("a critical is sent to phones as well, short, and not through the topic that pages", async () => {
    await alertmanager.post([alert("OnThePhone", { severity: "critical", service: "phone" })]);
    const text = "OnThePhone: OnThePhone is being tried. [production] https://example.com/OnThePhone.md";
    const form = await eventually("the SMS", async () =>
      alertmanager.sent
        .map(({ body }) => new URLSearchParams(body))
        .find((each) => each.get("Message")?.startsWith("OnThePhone")),
    );
    expect(form.get("Message")).toBe(text);
    expect(form.get("TopicArn")).toBe("arn:aws:sns:us-east-1:111122223333:agentpay-production-sms");
    expect(form.has("Subject")).toBe(false);
  });

  test("Slack gets a warning in two lines and a link, its marks escaped, and its end in green", async () => {
    const warning = alert("Warned", { severity: "warning", service: "slack" }, "5% of <unmatched> & others.");
    await alertmanager.post([warning]);
    const [attachment] = JSON.parse(await message("/slack", "Warned")).attachments;
    expect(attachment).toMatchObject({
      title: "Warned: Warned is being tried. [production]",
      title_link: "https://example.com/Warned.md",
      fallback: "Warned: Warned is being tried. [production]",
      text:
        "5% of &lt;unmatched&gt; &amp; others.\n" +
        "<https://example.com/Warned.md|Runbook> · <https://example.com/d/x?viewPanel=1&name=Warned|Dashboard>",
      color: "warning",
    });
    await alertmanager.post([{ ...warning, endsAt: new Date().toISOString() }]);
    expect(await message("/slack", "Resolved: Warned")).toContain('"color":"good"');
  });

  test("a page of many alerts stays short", async () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      alert(`Many${index}`, { severity: "critical", service: "many" }),
    );
    await alertmanager.post(many);
    const { firing } = JSON.parse(await message("/v2/enqueue", "7 alerts firing")).payload.custom_details;
    expect(firing.match(/^Runbook /gm)).toHaveLength(5);
    expect(firing).toContain("Only the first 5 of 7 are shown here.");
  });

  test("an alert of staging reaches no pager and no phone, whatever its severity", async () => {
    await alertmanager.post([
      alert("StagingDown", { severity: "critical", environment: "staging", service: "api" }),
    ]);
    await message("/slack", "StagingDown");
    const elsewhere = alertmanager.sent.filter(({ path }) => path !== "/slack");
    expect(elsewhere.filter(({ body }) => body.includes("StagingDown"))).toEqual([]);
  });

  test("the Watchdog becomes a heartbeat, and nobody hears of it", async () => {
    await alertmanager.post([alert("Watchdog", { severity: "none", service: "monitoring" })]);
    const form = await smsOrHeartbeat("-heartbeat");
    expect(form.get("Message")).toBe("The alerting of production works.");
    expect(alertmanager.sent.filter(({ body }) => body.includes("Watchdog"))).toEqual([]);
  });
});

describe("inhibition", () => {
  /** Labels that the alert's expression would leave, the same for all. */
  const LEFT = { queue: "default", instance: "i", provider: "p" };
  const labelsOf = ({ name, severity, service, labels }: Alert, environment: string) =>
    alert(name, { ...LEFT, severity, service, ...labels, environment });
  /** Each in an environment of its own, so that no other rule's source is there. */
  const pairs = inhibitions
    .flatMap(({ name, source, targets, equal }) =>
      selectedAlerts(source).flatMap((cause) =>
        selectedAlerts(targets)
          .filter((symptom) => equal.every((label) => cause.labels?.[label] === symptom.labels?.[label]))
          .map((symptom) => ({ name, cause, symptom })),
      ),
    )
    .map((pair, index) => ({ ...pair, environment: `pair-${index}` }));

  test("every cause mutes each of its symptoms, and not itself", async () => {
    expect(pairs.length).toBeGreaterThan(60);
    await alertmanager.post(
      pairs.flatMap(({ cause, symptom, environment }) => [
        labelsOf(cause, environment),
        labelsOf(symptom, environment),
      ]),
    );
    // Alertmanager decides when it is about to send: once a group has waited.
    const wrong = async () => {
      const all = await alertmanager.alerts();
      return pairs.filter(({ cause, symptom, environment }) => {
        const here = all.filter(({ labels }) => labels["environment"] === environment);
        const of = ({ name, labels = {} }: Alert) =>
          here.find((each) => each.labels["alertname"] === name && each.labels["long"] === labels["long"]);
        const [source, target] = [of(cause), of(symptom)];
        const muted = source && target?.status.inhibitedBy.includes(source.fingerprint);
        return !muted || source.status.state !== "active";
      });
    };
    await eventually(
      "every symptom to be muted",
      async () => ((await wrong()).length === 0 ? true : undefined),
      20,
    );
    expect(await wrong()).toEqual([]);
  });

  test("a symptom without its cause, or with one of another environment, is told", async () => {
    const symptom = alert("SlowAPIResponses", { severity: "warning", service: "api", environment: "alone" });
    const cause = alert("APIDown", { severity: "critical", service: "api", environment: "elsewhere" });
    await alertmanager.post([cause, symptom]);
    expect(await message("/slack", "[alone]")).toContain("SlowAPIResponses");
  });

  // Releases before 0.34.1 told of the symptom as soon as one of two causes was over.
  test("a symptom of two causes stays muted while one of them lasts", async () => {
    const labels = { severity: "critical", service: "hosts", environment: "two-hosts" };
    const hosts = ["10.0.0.1", "10.0.0.2"].map((host) =>
      alert("HostDown", { ...labels, host, instance: host, job: "agentpay-api" }),
    );
    const symptom = alert("APIInstanceDown", { ...labels, instance: "10.0.0.2", job: "agentpay-api" });
    const muted = async () =>
      (await alertmanager.alerts()).find(
        ({ labels: { alertname, environment } }) =>
          alertname === "APIInstanceDown" && environment === "two-hosts",
      )?.status.inhibitedBy.length;
    await alertmanager.post([...hosts, symptom]);
    await eventually("it to be muted", async () => ((await muted()) ? true : undefined), 20);
    await alertmanager.post([
      { ...(hosts[0] as PostedAlert), endsAt: new Date().toISOString() },
      hosts[1] as PostedAlert,
    ]);
    // A few rounds of the group's interval, which is a second here.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(await muted()).toBe(1);
    const told = alertmanager.sent.filter(({ body }) => body.includes("[two-hosts]"));
    expect(told.filter(({ body }) => body.includes("APIInstanceDown"))).toEqual([]);
  });
});

describe("the server itself", () => {
  test("the catalogue knows every reason that it gives for a failed notification", async () => {
    const exposition = await (await alertmanager.get("/metrics")).text();
    const failed = exposition.matchAll(
      /^alertmanager_notifications_failed_total\{integration="pagerduty",reason="(\w+)"\}/gm,
    );
    const reasons = [...failed].map(([, reason]) => reason);
    expect(reasons.toSorted()).toEqual([...metrics.alertmanagerNotificationsFailed.labels.reason]);
  });

  test("no page of elsewhere may read its API", async () => {
    const { headers, ok } = await alertmanager.get("/api/v2/alerts", { Origin: "https://elsewhere.example" });
    expect(ok).toBe(true);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});
