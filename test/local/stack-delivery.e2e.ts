/**
 * What the program delivers and shows, on the real engine and the local stack's services: pages, messages, emails, the
 * status page, dashboards, reports, and the proof of all of it. What is made, changed and removed is stack.e2e.ts.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { type Dashboard, queriesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../catalog/promql/variables.ts";
import { previewPages } from "../../local/dashboards/preview.ts";
import { startFault, stopFault } from "../../local/drills/fault-requests.ts";
import type { Email } from "../../local/platforms/inbox/model.ts";
import { known, reviewSchema } from "../../operations/weekly/model.ts";
import { noBrowser, visit } from "../support/browser.ts";
import { deployedStack, grafana, grafanaPassword, pagerDutyToken } from "../support/deployed-stack.ts";
import { eventually } from "../support/eventually.ts";
import { portOffsets } from "../support/port-offsets.ts";

/** The command, as package.json has it. */
const VERIFY = "verify";

const { stack, url, json, secretOutput, aws } = deployedStack(portOffsets.delivery);

interface PagerDutyEvents {
  readonly events: readonly {
    readonly event_action: string;
    readonly dedup_key: string;
    payload?: unknown;
  }[];
}

test("a critical alert opens an incident in PagerDuty, and a warning reaches Slack", async () => {
  const alert = (severity: string) => ({
    labels: { alertname: "RoutingTest", severity, service: "api", environment: "local" },
    annotations: {
      summary: "A test of the routes.",
      description: "It comes from a test.",
      runbook_url: "https://example.com/RoutingTest.md",
      dashboard_url: "https://example.com/d/x",
    },
  });
  const send = (body: unknown) =>
    fetch(`${url("alertmanager")}/api/v2/alerts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const event = (action: string) =>
    eventually(`a ${action} event`, async () => {
      const { events } = await json<PagerDutyEvents>("pagerduty", "/local/events");
      return events.find(
        (each) => each.event_action === action && JSON.stringify(each).includes("RoutingTest"),
      );
    });

  await send([alert("critical"), alert("warning")]);
  const triggered = await event("trigger");
  expect(JSON.stringify(triggered)).toContain("https://example.com/RoutingTest.md");
  await eventually("a Slack message", async () => {
    const messages = await json<{ title: string }[]>("inbox", "/local/messages");
    return messages.find(({ title }) => title.includes("RoutingTest"));
  });
});

interface EmulatedTopics {
  readonly sns: {
    readonly Topic: readonly { readonly name: string; readonly sent_notifications: readonly string[][] }[];
  };
}

test("the Watchdog beats in the topic that the dead man's switch listens to, and a critical is sent to phones", async () => {
  const messages = async (name: string) => {
    const { sns } = await json<EmulatedTopics>("aws", "/moto-api/data.json");
    const sent = sns.Topic.find((topic) => topic.name === name)?.sent_notifications ?? [];
    return sent.map(([, message = ""]) => message);
  };
  await eventually("a heartbeat", async () =>
    (await messages("agentpay-local-heartbeat")).find((text) => text === "The alerting of local works."),
  );
  await eventually("an SMS", async () =>
    (await messages("agentpay-local-sms")).find((text) => text.startsWith("RoutingTest: ")),
  );
  // What pages already through Alertmanager must not page through AWS as well.
  expect((await messages("agentpay-local-critical")).join()).not.toContain("RoutingTest");
});

test("AWS's alarms page and warn, from both regions; so do budgets and anomalies, when charges come", async () => {
  const inGlobalRegion = new CloudWatchClient(aws("us-east-1"));
  const inHomeRegion = new CloudWatchClient(aws("eu-central-1"));
  const ring = (client: CloudWatchClient, AlarmName: string) =>
    client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a test" }));
  await ring(inGlobalRegion, "agentpay-local-billing-100-percent");
  const warnings = ["api-errors", "host-memory-high", "host-disk-full", "hosts-missing"];
  for (const name of warnings) await ring(inHomeRegion, `agentpay-local-${name}`);
  // Beyond every budget.
  const charge = (Value: number, ...Dimensions: { Name: string; Value: string }[]) => ({
    MetricName: "EstimatedCharges",
    Dimensions: [...Dimensions, { Name: "Currency", Value: "USD" }],
    Value,
  });
  await inGlobalRegion.send(
    new PutMetricDataCommand({
      Namespace: "AWS/Billing",
      MetricData: [charge(9000), charge(130, { Name: "ServiceName", Value: "AmazonCloudWatch" })],
    }),
  );

  await eventually("a page", async () => {
    const { events } = await json<PagerDutyEvents>("pagerduty", "/local/events");
    return events.find((event) => JSON.stringify(event).includes("agentpay-local-billing-100-percent"));
  });
  const overBudget = "AWS Budgets: agentpay-local-monthly has exceeded your alert threshold";
  const subjects = [
    ...warnings.map((name) => `ALARM: "agentpay-local-${name}" in eu-central-1`),
    overBudget,
    "AWS Budgets: agentpay-local-daily has exceeded your alert threshold",
    "AWS Cost Management: Cost anomaly detected in AmazonCloudWatch",
  ];
  for (const subject of subjects) {
    const email = await eventually(subject, async () => {
      const emails = await json<Email[]>("inbox", "/local/emails");
      return emails.find((each) => each.subject === subject);
    });
    expect(email.to).toEqual(["oncall@agentpay.example"]);
  }
  const told = await eventually("all that the monthly budget tells", async () => {
    const emails = await json<Email[]>("inbox", "/local/emails");
    const monthly = emails.filter(({ subject }) => subject === overBudget);
    return monthly.length < 4
      ? undefined
      : monthly.map(({ text }) => /Alert Type: (\w+)\s+Alert Threshold: > (\d+%)/.exec(text)?.slice(1));
  });
  expect(told.toSorted()).toEqual([
    ["ACTUAL", "100%"],
    ["ACTUAL", "50%"],
    ["ACTUAL", "80%"],
    ["FORECASTED", "100%"],
  ]);
});

interface Shown {
  readonly name: string;
  readonly results: readonly { readonly success: boolean }[];
}

/** How the status page shows each endpoint now, by its public name. */
async function shown(): Promise<Record<string, boolean | undefined>> {
  const statuses = await json<readonly Shown[]>("gatus", "/api/v1/endpoints/statuses");
  return Object.fromEntries(statuses.map(({ name, results }) => [name, results.at(-1)?.success]));
}

const publicNames = ["API", "Chat connection", "Chat widget", "API certificate", "Chat widget certificate"];

test("the status page shows every public endpoint as well, and nothing internal", async () => {
  await eventually("an all green page", async () => {
    const now = await shown();
    return publicNames.every((name) => now[name]) ? true : undefined;
  });
  const told = await fetch(`${url("gatus")}/api/v1/endpoints/statuses`).then((answer) => answer.text());
  expect(told).not.toMatch(/localhost|127\.0\.0\.1|healthz|hostname|conditionResults|errors/);
  expect((await fetch(`${url("gatus")}/metrics`)).status).toBe(404);
});

test.skipIf(noBrowser)("a browser shows the status page with its public names", async () => {
  const { page, problems } = await visit(url("gatus"));
  await page.waitForFunction(
    `${JSON.stringify(publicNames)}.every((name) => document.body.innerText.includes(name))`,
  );
  const text = String(await page.evaluate("document.body.innerText"));
  expect(text).toContain("AgentPay status");
  expect(text).not.toMatch(/localhost|127\.0\.0\.1|healthz/);
  expect(problems).toEqual([]);
});

test("a refused handshake is seen by the prober and on the page while the port is open, and its end too", async () => {
  await startFault(url("agentpayApi"), { name: "handshake-refused" });
  const probes = async () => {
    const answer = await json<{
      data: { result: { metric: { endpoint: string }; value: [number, string] }[] };
    }>("prometheus", "/api/v1/query?query=probe_success");
    return Object.fromEntries(answer.data.result.map(({ metric, value }) => [metric.endpoint, value[1]]));
  };
  await eventually("a red chat connection", async () => {
    const [page, probed] = [await shown(), await probes()];
    return !page["Chat connection"] && probed["websocket"] === "0" ? true : undefined;
  });
  expect((await probes())["websocket-port"]).toBe("1");
  expect((await shown())["API"]).toBe(true);
  await stopFault(url("agentpayApi"), "handshake-refused");
  await eventually("a green chat connection", async () =>
    (await shown())["Chat connection"] && (await probes())["websocket"] === "1" ? true : undefined,
  );
});

/**
 * What only shows something once its time has come: a day or a week of past, an alert that waits. Or where there is a
 * second Alertmanager, a replica of the database, a session that waits, an engine elsewhere, targets to be looked up.
 */
const EMPTY_ON_A_HEALTHY_DAY = [
  "agentpay-technical conversationsVersusUsual",
  "agentpay-technical conversionVersusUsual",
  "agentpay-technical requestsAnswered",
  "agentpay-technical restarts",
  "agentpay-technical routesRefused",
  "agentpay-technical webSocketConnectionsVersusBefore",
  "agentpay-cost anomaly",
  "agentpay-data replicationLag",
  "agentpay-data sessionsBlocked",
  "agentpay-data slotsBehind",
  "agentpay-on-call firingAlerts",
  "agentpay-on-call pendingAlerts",
  "agentpay-on-call history",
  "agentpay-meta clusterMembers",
  "agentpay-meta samplesBehind",
  "agentpay-meta samplesLost",
  "agentpay-meta samplesDiscarded",
  "agentpay-meta replicasKept",
  "agentpay-meta discoveryFailures",
];

test("every query of every panel returns data from the Prometheus that scrapes AgentPay", async () => {
  const all: readonly Dashboard[] = dashboards;
  const queries = all.flatMap(({ uid, panels }) =>
    Object.entries(panels).flatMap(([key, panel]) =>
      queriesOf(panel).map(({ expression }) => ({ place: `${uid} ${key}`, expression })),
    ),
  );
  const emptyNow = async () => {
    const answers = await Promise.all(
      queries.map(async ({ place, expression }) => {
        const path = `/api/v1/query?query=${encodeURIComponent(replaceVariables(expression))}`;
        const { data } = await json<{ data: { result: unknown[] } }>("prometheus", path);
        return data.result.length === 0 ? [`${place}: ${expression}`] : [];
      }),
    );
    return answers
      .flat()
      .filter((line) => !EMPTY_ON_A_HEALTHY_DAY.some((place) => line.startsWith(`${place}:`)));
  };
  let empty: readonly string[] = [];
  const complete = async () => {
    empty = await emptyNow();
    return empty.length === 0 ? true : undefined;
  };
  // The first checkout takes its time.
  await eventually("data for every query", complete).catch(() => expect(empty).toEqual([]));
  // A panel's newest point is a little older than now.
  await eventually("data in every panel", async () => {
    const pages = await previewPages(stack().ports);
    return pages.every((page) => page.empty.length === 0) || undefined;
  });
});

test.skipIf(noBrowser)(
  "a browser shows every dashboard complete: no error, every panel drawn, no hole",
  async () => {
    const all: readonly Dashboard[] = dashboards;
    for (const { uid, title, panels } of all) {
      const { page, problems } = await visit(`${url("grafana")}/d/${uid}`);
      const drawn = await page.$$eval("main section", (sections) =>
        sections.map((section) => section.outerHTML),
      );
      expect(problems).toEqual([]);
      expect(await page.title()).toBe(title);
      expect(drawn).toHaveLength(Object.keys(panels).length);
      for (const panel of drawn) {
        expect(panel).not.toMatch(/No data|class="message (problem|missing)"/);
        expect(panel).toMatch(/<svg|<td|class="(bars|states)"|<b |class="message nothing"/);
      }
      await page.close();
    }
  },
);

test.skipIf(noBrowser)("a preview of each dashboard is one file that a browser shows complete", async () => {
  const pages = await previewPages(stack().ports);
  expect(pages.map(({ uid }) => uid)).toEqual(dashboards.map(({ uid }) => uid));
  await Promise.all(
    pages.map(async ({ uid, html, empty, problems }) => {
      expect({ uid, empty, problems }).toEqual({ uid, empty: [], problems: [] });
      const file = join(stack().paths.home, `${uid}.html`);
      await writeFile(file, html);
      const visited = await visit(pathToFileURL(file).href);
      expect(visited.problems).toEqual([]);
      expect(await visited.page.$$eval("main figure svg", (charts) => charts.length)).toBeGreaterThan(0);
      await visited.page.close();
    }),
  );
});

interface Verified {
  readonly results: readonly { readonly id: string; readonly status: string; readonly detail: string }[];
}

/** A line, as the agent of a host ships it: the local stack has no hosts. */
async function ship(logGroupName: string): Promise<void> {
  const client = new CloudWatchLogsClient(aws("eu-central-1"));
  const stream = { logGroupName, logStreamName: "i-0123456789abcdef0" };
  const message = JSON.stringify({ timestamp: new Date().toISOString(), level: "info", event: "shipped" });
  await client.send(new CreateLogStreamCommand(stream));
  await client.send(new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message }] }));
}

test("the cost report is printed, and sent to finance, by the function that was deployed", async () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const COST_REPORT = "local/cli/cost-report.ts";
  const printed = await stack().run(COST_REPORT, "--date", yesterday, "--dry-run");
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringMatching(/LLM Costs +\$[\d.]+/) });
  // The database's history is being written while this runs: only its own figures are compared.
  expect(printed.stdout).toMatch(/Infrastructure +\$1\d\.\d\d/);
  expect(await stack().run(COST_REPORT, "--edition", "weekly")).toMatchObject({ code: 0 });
  expect(await stack().run(COST_REPORT)).toMatchObject({ code: 0 });
  const email = await eventually("the report", async () =>
    (await json<Email[]>("inbox", "/local/emails")).find(({ subject }) => subject.includes(yesterday)),
  );
  expect(email).toMatchObject({ to: ["finance@agentpay.example"], html: expect.stringContaining("<table") });
});

test("the week is reviewed by all who know something of it: printed, as a page, and mailed to those on call", async () => {
  const file = join(stack().paths.home, "weekly.html");
  const wanted = ["--stack", "local", "--json", "--html", file, "--mail"];
  const { code, stdout, output } = await stack().run("operations/cli.ts", "weekly", ...wanted);
  expect(code, output).toBe(0);
  const review = reviewSchema.parse(JSON.parse(stdout));
  // Nobody was paged in a week before the stack was there. GitHub's token is not there at all.
  expect(review.pages).toMatchObject({ count: 0, byAlert: [] });
  const unknown = Object.entries(review).flatMap(([name, part]) => (known(Object(part)) ? [] : [name]));
  expect(unknown).toEqual(["firings", "untried", "drift"]);
  // The database has two months of past, Prometheus some minutes of this week.
  expect(review.figures.find(({ name }) => name === "Conversations")?.value).toBeGreaterThan(100);
  expect(review.figures.find(({ name }) => name === "Revenue")?.value).toBeUndefined();
  expect(review.budgets).toMatchObject({ objectives: [] });
  const page = await readFile(file, "utf8");
  const title = `local: the week of`;
  const email = await eventually("the review's mail", async () =>
    (await json<Email[]>("inbox", "/local/emails")).find(({ subject }) => subject.startsWith(title)),
  );
  expect(email.to).toEqual(["oncall@agentpay.example"]);
  expect(email.html?.trim()).toBe(page.trim());
  if (!noBrowser) expect((await visit(pathToFileURL(file).href)).problems).toEqual([]);
  const said = `${output}${page}${JSON.stringify(email)}`;
  const dsn = await secretOutput("appEnvironment", "SENTRY_DSN");
  for (const secret of [pagerDutyToken, grafanaPassword, dsn]) expect(said).not.toContain(secret);
});

test("the database has what monitoring needs, and its slow statements are logged", async () => {
  expect(await stack().run("operations/cli.ts", "database", "verify", "--local")).toMatchObject({
    code: 0,
    stdout: expect.not.stringContaining("failed"),
  });
});

test("verify proves every item of the checklist, and finds what was broken behind Pulumi's back", async () => {
  const verified = async (): Promise<Verified["results"]> =>
    (JSON.parse((await stack().command(VERIFY, "--json")).stdout) as Verified).results;
  for (const logGroupName of ["/agentpay/api", "/agentpay/worker"]) await ship(logGroupName);
  const unproven = (await verified()).filter(({ status }) => status !== "proven");
  expect(unproven.map(({ id }) => id)).toEqual([
    "agent-associations",
    "datadog-pipeline",
    "structured-logging",
    "cost-anomalies",
  ]);

  await json("grafana", "/api/dashboards/uid/agentpay-slo", { ...grafana, method: "DELETE" });
  const { code, output } = await stack().command(VERIFY);
  expect(code).toBe(1);
  expect(output).toContain("agentpay-slo answered 404");
  for (const secret of [
    pagerDutyToken,
    grafanaPassword,
    await secretOutput("appEnvironment", "SENTRY_DSN"),
  ]) {
    expect(output).not.toContain(secret);
  }
});
