/** What Alertmanager itself makes of our configuration: who is told what, and in which words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metrics } from "../../../catalog/metrics/index.ts";
import {
  type AlertmanagerUnderTest,
  type PostedAlert,
  startAlertmanager,
} from "../../support/alertmanager.ts";
import { eventually } from "../../support/eventually.ts";

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
    const outage = alert("FirstOne", { severity: "critical", service: "paging" }, DESCRIPTION);
    await alertmanager.post([outage]);
    const event = JSON.parse(await message("/v2/enqueue", "FirstOne"));
    expect(event).toMatchObject({
      event_action: "trigger",
      client: "AgentPay dashboard",
      links: [
        { text: "Runbook", href: "https://example.com/FirstOne.md" },
        { text: "Dashboard", href: "https://example.com/d/x?viewPanel=1&name=FirstOne" },
      ],
      payload: {
        summary: "FirstOne: FirstOne is being tried. [production]",
        source: "AgentPay production",
        severity: "critical",
        class: "FirstOne",
        component: "paging",
        custom_details: { num_firing: 1, num_resolved: 0 },
      },
    });
    const { firing } = event.payload.custom_details;
    expect(firing.split("\n").slice(0, 4)).toEqual([
      "1 alert firing",
      "",
      "FirstOne: FirstOne is being tried.",
      DESCRIPTION,
    ]);
    expect(firing).toContain("Runbook https://example.com/FirstOne.md");

    await alertmanager.post([{ ...outage, endsAt: new Date().toISOString() }]);
    const end = JSON.parse(await message("/v2/enqueue", '"resolve"'));
    expect(end.dedup_key).toBe(event.dedup_key);
    expect(end.payload.summary).toBe("Resolved: FirstOne: FirstOne is being tried. [production]");
  });

  test("a critical is sent to phones as well, short, with what it is about, and not through the topic that pages", async () => {
    await alertmanager.post([
      alert("OnThePhone", { severity: "critical", service: "phone", endpoint: "websocket", host: "edge-1" }),
    ]);
    const text =
      "OnThePhone: OnThePhone is being tried. (websocket, edge-1) [production] https://example.com/OnThePhone.md";
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

  test("a message of many warnings stays short", async () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      alert("Many", { severity: "warning", service: "many", instance: `server-${index}` }),
    );
    await alertmanager.post(many);
    const text = await message("/slack", "(7 alerts)");
    expect(text.match(/It is a test\./g)).toHaveLength(5);
    expect(text).toContain("Only the first 5 of 7 are shown here.");
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

describe("routes that fail loud", () => {
  const [pager, slack] = ["/v2/enqueue", "/slack"];
  const told = async (path: string, name: string) => expect(await message(path, name)).toContain(name);
  const ofPager = (name: string) =>
    alertmanager.sent.filter(({ path, body }) => path === pager && body.includes(name));

  test.each([
    ["NoSeverity", {}],
    ["Misspelt", { severity: "criticl" }],
    ["Shouted", { severity: "Warning" }],
    ["NobodyKnowsIt", { severity: "page" }],
    ["NoneButNoWatchdog", { severity: "none" }],
  ])("an alert whose severity nobody knows pages: %s", async (name, labels) => {
    await alertmanager.post([alert(name, { service: "api", ...labels })]);
    expect(JSON.parse(await message(pager, name)).payload.severity).toBe("critical");
    await told(slack, name);
  });

  test("an alert that has lost its environment pages", async () => {
    await alertmanager.post([alert("NoEnvironment", { severity: "critical", environment: "" })]);
    await told(pager, "NoEnvironment");
  });

  test("of another environment it is told where that environment's worst is told", async () => {
    await alertmanager.post([alert("StagingMisspelt", { severity: "criticl", environment: "staging" })]);
    await told(slack, "StagingMisspelt");
    expect(ofPager("StagingMisspelt")).toEqual([]);
  });

  test("criticals are seen in Slack too; warnings and info there alone", async () => {
    await alertmanager.post([
      alert("SeenToo", { severity: "critical" }),
      alert("OnlyWarned", { severity: "warning" }),
      alert("OnlyNoted", { severity: "info", service: "noted" }),
    ]);
    for (const name of ["SeenToo", "OnlyWarned", "OnlyNoted"]) await told(slack, name);
    expect(ofPager("SeenToo")).toHaveLength(1);
    expect([...ofPager("OnlyWarned"), ...ofPager("OnlyNoted")]).toEqual([]);
  });

  test("a heartbeat of another environment keeps no switch from ringing", async () => {
    await alertmanager.post([alert("Watchdog", { severity: "none", environment: "staging" })]);
    await alertmanager.post([alert("AfterTheWatchdog", { severity: "critical" })]);
    await told(pager, "AfterTheWatchdog");
    const ofStaging = alertmanager.sent.filter(({ body }) => body.includes("of+staging+works"));
    expect(ofStaging).toEqual([]);
    expect(alertmanager.sent.filter(({ body }) => body.includes('"Watchdog:'))).toEqual([]);
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
