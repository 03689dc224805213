/**
 * The whole program on the real engine, against the local stack's services: what is made, kept secret, changed,
 * drifted and delivered. How the stack comes, heals and goes is cli/local-stack.e2e.ts. The tests build on one
 * another, in order.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeDBParameterGroupsCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListHealthChecksCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Dashboard, queriesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../catalog/promql.ts";
import { steps } from "../../ci/deploy/steps.ts";
import type { DriftResult } from "../../ci/drift/check.ts";
import { stateFile } from "../../local/cli/half-made.ts";
import { previewPages } from "../../local/dashboards/preview.ts";
import type { Ports } from "../../local/ports.ts";
import type { Email } from "../../local/services/inbox/model.ts";
import { readConfiguration } from "../../settings-file.ts";
import { noBrowser, visit } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { type LocalStackUnderTest, localStack } from "../support/local-stack.ts";

/** The commands, as package.json has them. */
const VERIFY = "verify/index.ts";
const DEPLOY = "ci/deploy/command.ts";
const DRIFT = "ci/drift/command.ts";
const REVIEW = "ci/review/command.ts";
const SECRETS_SCAN = "ci/secrets/command.ts";

const root = join(import.meta.dirname, "../..");
const configuration = readConfiguration(root, "local") as Record<string, Record<string, string>>;
const pagerDutyToken = configuration["pagerduty"]?.["token"] ?? "";
const grafanaPassword = configuration["metrics"]?.["grafanaAdminPassword"] ?? "";
const pagerDuty = { headers: { Authorization: `Token token=${pagerDutyToken}` } };
const sentry = { headers: { Authorization: `Bearer ${configuration["sentry"]?.["token"]}` } };
const grafana = {
  headers: { Authorization: `Basic ${Buffer.from(`admin:${grafanaPassword}`).toString("base64")}` },
};

const datadog = { headers: { "DD-API-KEY": "test", "DD-APPLICATION-KEY": "test" } };
const PIPELINES = "/api/v1/logs/config/pipelines";

let stack: LocalStackUnderTest;

beforeAll(async () => {
  stack = await localStack(11_000, { AGENTPAY_LOCAL_DRIVER: "process" });
  await succeed("up");
});
afterAll(() => stack.remove());

/** Runs a command of the local stack. @throws with what it printed, where it fails */
async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await stack.local(...args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
  return stdout;
}

const pulumi = (...args: readonly string[]) => succeed("pulumi", "--", ...args);

const url = (port: keyof Ports) => `http://127.0.0.1:${stack.ports[port]}`;

async function json<T>(port: keyof Ports, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${url(port)}${path}`, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Everything that was logged, as one text. */
async function logs(): Promise<string> {
  const files = await readdir(stack.paths.logs);
  return (await Promise.all(files.map((file) => readFile(join(stack.paths.logs, file), "utf8")))).join("\n");
}

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
}

async function exportedResources(): Promise<readonly Resource[]> {
  const { deployment } = JSON.parse(await pulumi("stack", "export"));
  return deployment.resources;
}

interface RuleGroups {
  readonly data: {
    readonly groups: readonly { readonly rules: readonly { name: string; query: string }[] }[];
  };
}

async function ruleQuery(name: string): Promise<string | undefined> {
  const { data } = await json<RuleGroups>("prometheus", "/api/v1/rules");
  return data.groups.flatMap(({ rules }) => rules).find((rule) => rule.name === name)?.query;
}

async function prometheusStart(): Promise<string> {
  const { data } = await json<{ data: { startTime: string } }>("prometheus", "/api/v1/status/runtimeinfo");
  return data.startTime;
}

/** Changes one setting. Not by `--config`, for which the engine drops what else is under the same first key. */
const configure = (key: string, value: string) => pulumi("config", "set", "--path", key, value);

/** What an `up` would do now: the number of resources by operation. */
async function plannedChanges(): Promise<Record<string, number>> {
  const output = await pulumi("preview", "--json");
  const { changeSummary } = JSON.parse(output.slice(output.indexOf("{")));
  const { same: _, ...changes } = changeSummary;
  return changes;
}

/** What the program registers under mocks, and so what the engine is to make of it. */
async function expectedUrns(): Promise<string[]> {
  const golden = await readFile(join(root, "test/golden/local.txt"), "utf8");
  return golden.split("\n").filter((urn) => urn !== "" && !urn.includes("::pulumi:"));
}

test("up makes the component tree and resources of all five packages, and every target is scraped", async () => {
  const resources = await exportedResources();
  const urns = resources.map(({ urn }) => urn.replace(/(-configuration-)[0-9a-f]{12}$/, "$1<revision>"));
  expect(urns.filter((urn) => !urn.includes("::pulumi:")).toSorted()).toEqual(await expectedUrns());
  const orphans = resources.filter(({ type, parent }) => !type.startsWith("pulumi:") && parent === undefined);
  expect(orphans).toEqual([]);

  const { data } = await json<{
    data: { activeTargets: { labels: { job: string }; health: string }[] };
  }>("prometheus", "/api/v1/targets");
  const health = Object.fromEntries(data.activeTargets.map(({ labels, health }) => [labels.job, health]));
  expect(health).toEqual({
    "agentpay-api": "up",
    "agentpay-worker": "up",
    alertmanager: "up",
    blackbox: "up",
    postgres: "up",
    prometheus: "up",
    redis: "up",
  });
});

test("a second up changes nothing, and nothing has drifted", async () => {
  expect((await stack.command(DRIFT)).output).toContain("local is clean");
  expect(await succeed("up")).toMatch(/\d+ unchanged/);
});

test("the policies let the program pass, also by hand; a deployment proves that it has arrived", async () => {
  await pulumi("preview", "--policy-pack", "policies", "--policy-pack-config", "policies/config/local.json");
  const { code, output } = await stack.command(DEPLOY);
  expect(code, output).toBe(0);
  for (const { title } of steps) expect(output).toContain(`== ${title}`);
  expect(output).toContain("local is deployed");
  // Update and state were both judged by the pack.
  expect(output.split("agentpay-monitoring").length).toBeGreaterThan(2);
});

test("a review asks the engine as well, and shows no secret", async () => {
  const { code, stdout, output } = await stack.command(REVIEW, "--base", "HEAD", "--no-rule-tests");
  expect(code, output).toBe(0);
  expect(stdout).toContain("### Review of `local`");
  expect(stdout).toContain("#### Preview");
  expect(stdout).toContain("every rule is kept");
  for (const secret of [pagerDutyToken, grafanaPassword]) expect(output).not.toContain(secret);
});

test("no secret is in clear in state, outputs or logs", async () => {
  const dsn = await secretOutput("appEnvironment", "SENTRY_DSN");
  const routingKey = await readFile(join(stack.paths.home, "data/pagerduty/pagerduty.json"), "utf8");
  const keys = [...routingKey.matchAll(/"integration_key": "([^"]+)"/g)].map(([, key]) => key ?? "");
  expect(keys.length).toBeGreaterThanOrEqual(2);
  const sentinels = [
    ...keys,
    // The key's public half, the DSN's user, is its id in Sentry, and physical ids can't be secret.
    dsn,
    pagerDutyToken,
    grafanaPassword,
    configuration["sentry"]?.["token"] ?? "",
    configuration["notifications"]?.["slackWebhookUrl"] ?? "",
  ];
  const leaks = (text: string) => sentinels.filter((sentinel) => text.includes(sentinel)).length;

  expect(sentinels.every((sentinel) => sentinel.length > 8)).toBe(true);
  expect(leaks(`a planted ${dsn}`)).toBeGreaterThan(0);
  expect(leaks(await pulumi("stack", "export"))).toBe(0);
  expect(leaks(await pulumi("stack", "output", "--json"))).toBe(0);
  expect(leaks(await logs())).toBe(0);
  expect(await stack.command(SECRETS_SCAN)).toEqual({
    code: 0,
    stdout: "local: no secret is in clear in its state\n",
    output: "local: no secret is in clear in its state\n",
  });
});

async function secretOutput(output: string, key: string): Promise<string> {
  return JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets"))[output][key];
}

test("an edited threshold is one new revision of the rules, replaces nothing and restarts nothing", async () => {
  const threshold = "alertThresholds.HighErrorRate";
  await configure(threshold, "0.04");
  // The updates: the two dashboards that draw it.
  expect(await plannedChanges()).toEqual({ create: 1, delete: 1, update: 2 });

  const started = await prometheusStart();
  await pulumi("up", "--yes", "--skip-preview");
  await eventually("the threshold 0.04 in Prometheus", async () =>
    (await ruleQuery("HighErrorRate"))?.includes(" 0.04 ") ? true : undefined,
  );
  expect(await prometheusStart()).toBe(started);
});

test("an edited budget updates the three billing alarms and AWS's budget, and nothing else", async () => {
  await configure("cost.monthlyBudgetUsd", "2000");
  expect(await plannedChanges()).toEqual({ update: 4 });
});

test("changes behind Pulumi's back are reported without touching the state, and healed by up", async () => {
  const cloudWatch = new CloudWatchLogsClient({
    region: "eu-central-1",
    endpoint: url("aws"),
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await cloudWatch.send(new PutRetentionPolicyCommand({ logGroupName: "/agentpay/api", retentionInDays: 3 }));
  const { escalation_policies: policies } = await json<{ escalation_policies: { id: string }[] }>(
    "pagerduty",
    "/escalation_policies",
    pagerDuty,
  );
  const policy = policies[0] ?? { id: "" };
  await json("pagerduty", `/escalation_policies/${policy.id}`, {
    method: "PUT",
    headers: { ...pagerDuty.headers, "Content-Type": "application/json" },
    body: JSON.stringify({ escalation_policy: { ...policy, num_loops: 9 } }),
  });
  await json("grafana", "/api/dashboards/uid/agentpay-metrics", { ...grafana, method: "DELETE" });
  const filters = `${url("sentry")}/api/0/projects/agentpay/agentpay-local/filters/`;
  const headers = { ...sentry.headers, "Content-Type": "application/json" };
  await fetch(`${filters}web-crawlers/`, { method: "PUT", headers, body: '{"active":false}' });
  const byHand = await json<{ dashboard: object }>("grafana", "/api/dashboards/uid/agentpay-slo", grafana);
  await json("grafana", "/api/dashboards/db", {
    method: "POST",
    headers: { ...grafana.headers, "Content-Type": "application/json" },
    body: JSON.stringify({
      dashboard: { ...byHand.dashboard, title: "Edited by hand" },
      folderUid: "agentpay-platform",
      overwrite: true,
    }),
  });

  const before = await readFile(stateFile(stack.paths));
  const drift = await stack.command(DRIFT, "--json");
  expect(drift.code).toBe(7);
  const { drifted } = JSON.parse(drift.stdout) as Extract<DriftResult, { status: "drifted" }>;
  const found = drifted.map(({ urn, change, properties }) => [urn.split("::").at(-1), change, properties]);
  expect(found.toSorted()).toEqual([
    ["dashboards-agentpay-metrics", "deleted", []],
    ["dashboards-agentpay-slo", "changed", ["configJson"]],
    ["error-tracking-settings", "changed", ["filters"]],
    ["logs-api", "changed", ["retentionInDays"]],
    ["on-call-escalation", "changed", ["numLoops"]],
  ]);
  // Nothing that the platforms hold, or should hold.
  expect(JSON.stringify(drifted)).not.toMatch(/\b(9|30)\b/);
  expect((await readFile(stateFile(stack.paths))).equals(before)).toBe(true);

  await pulumi("up", "--yes", "--skip-preview", "--refresh");
  expect(await stack.command(DRIFT)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("local is clean"),
  });
  const { logGroups } = await cloudWatch.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: "/agentpay/api" }),
  );
  expect(logGroups?.[0]?.retentionInDays).toBe(30);
  expect(await fetch(filters, sentry).then((answer) => answer.json())).toContainEqual({
    id: "web-crawlers",
    active: true,
  });
  await json("grafana", "/api/dashboards/uid/agentpay-metrics", grafana);
  expect(
    (await json<typeof byHand>("grafana", "/api/dashboards/uid/agentpay-slo", grafana)).dashboard,
  ).toEqual(expect.objectContaining({ title: "AgentPay / SLO" }));
});

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

const at = (region: string) => ({
  region,
  endpoint: url("aws"),
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

test("AWS's alarms page and warn, from both regions; so do budgets and anomalies, when charges come", async () => {
  const inGlobalRegion = new CloudWatchClient(at("us-east-1"));
  const inHomeRegion = new CloudWatchClient(at("eu-central-1"));
  const ring = (client: CloudWatchClient, AlarmName: string) =>
    client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a test" }));
  await ring(inGlobalRegion, "agentpay-local-billing-100-percent");
  const warnings = ["api-errors", "host-memory-high", "host-disk-full", "hosts-missing"];
  for (const name of warnings) await ring(inHomeRegion, `agentpay-local-${name}`);
  // Beyond the budget that the test above has left in the configuration.
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
  const send = { method: "POST", headers: { "Content-Type": "application/json" } };
  await json("agentpayApi", "/faults", { ...send, body: JSON.stringify({ name: "handshake-refused" }) });
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
  await fetch(`${url("agentpayApi")}/faults/handshake-refused`, { method: "DELETE" });
  await eventually("a green chat connection", async () =>
    (await shown())["Chat connection"] && (await probes())["websocket"] === "1" ? true : undefined,
  );
});

/** What only shows something once its time has come: a day or a week of past, or an alert that waits. */
const EMPTY_ON_A_HEALTHY_DAY = [
  "agentpay-technical conversationsVersusUsual",
  "agentpay-technical conversionVersusUsual",
  "agentpay-technical webSocketConnectionsVersusBefore",
  "agentpay-cost anomaly",
  "agentpay-on-call firingAlerts",
  "agentpay-on-call pendingAlerts",
  "agentpay-on-call history",
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
  await eventually("data for every query", complete, 180).catch(() => expect(empty).toEqual([]));
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
  const pages = await previewPages(stack.ports);
  expect(pages.map(({ uid }) => uid)).toEqual(dashboards.map(({ uid }) => uid));
  await Promise.all(
    pages.map(async ({ uid, html, empty, problems }) => {
      expect({ uid, empty, problems }).toEqual({ uid, empty: [], problems: [] });
      const file = join(stack.paths.home, `${uid}.html`);
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
  const client = new CloudWatchLogsClient(at("eu-central-1"));
  const stream = { logGroupName, logStreamName: "i-0123456789abcdef0" };
  const message = JSON.stringify({ timestamp: new Date().toISOString(), level: "info", event: "shipped" });
  await client.send(new CreateLogStreamCommand(stream));
  await client.send(new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message }] }));
}

test("the cost report is printed, and sent to finance, by the function that was deployed", async () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const COST_REPORT = "local/cli/cost-report.ts";
  const printed = await stack.run(COST_REPORT, "--date", yesterday, "--dry-run");
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringMatching(/LLM Costs +\$[\d.]+/) });
  // The database's history is being written while this runs: only its own figures are compared.
  expect(printed.stdout).toMatch(/Infrastructure +\$1\d\.\d\d/);
  expect(await stack.run(COST_REPORT, "--edition", "weekly")).toMatchObject({ code: 0 });
  expect(await stack.run(COST_REPORT)).toMatchObject({ code: 0 });
  const email = await eventually("the report", async () =>
    (await json<Email[]>("inbox", "/local/emails")).find(({ subject }) => subject.includes(yesterday)),
  );
  expect(email).toMatchObject({ to: ["finance@agentpay.example"], html: expect.stringContaining("<table") });
});

test("the database has what monitoring needs, and its slow statements are logged", async () => {
  expect(await stack.run("database/command.ts", "verify", "--local")).toMatchObject({
    code: 0,
    stdout: expect.not.stringContaining("failed"),
  });
});

test("verify proves every item of the checklist, and finds what was broken behind Pulumi's back", async () => {
  const verified = async (): Promise<Verified["results"]> =>
    (JSON.parse((await stack.command(VERIFY, "--json")).stdout) as Verified).results;
  for (const logGroupName of ["/agentpay/api", "/agentpay/worker"]) await ship(logGroupName);
  const unproven = (await verified()).filter(({ status }) => status !== "proven");
  expect(unproven.map(({ id }) => id)).toEqual([
    "agent-associations",
    "datadog-pipeline",
    "structured-logging",
    "cost-anomalies",
  ]);

  await json("grafana", "/api/dashboards/uid/agentpay-slo", { ...grafana, method: "DELETE" });
  const { code, output } = await stack.command(VERIFY);
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

test("logs go to Datadog where a stack says so", async () => {
  await configure("logs.platform", "datadog");
  // For the next test: an up less.
  await configure("uptime.checkers[3]", "uptimerobot");
  await configure("uptime.checkers[4]", "betterstack");
  await pulumi("up", "--yes", "--skip-preview");
  const pipelines = await json<{ name: string; processors: { type: string }[] }[]>(
    "datadog",
    PIPELINES,
    datadog,
  );
  expect(pipelines.map(({ name }) => name)).toEqual(["agentpay-local"]);
  expect(pipelines[0]?.processors.map(({ type }) => type)).toContain("status-remapper");
  expect(await pulumi("stack", "export")).not.toContain(configuration["datadog"]?.["apiKey"]);
});

const VENDOR_APIS = {
  uptimerobot: { path: "/v3", header: "Bearer local-uptimerobot-key" },
  betterstack: { path: "/api/v2", header: "Bearer local-betterstack-token" },
} as const;

/** An object, or a list of them, of an uptime vendor. */
async function ofVendor<T>(vendor: keyof typeof VENDOR_APIS, path: string, change?: object): Promise<T> {
  const { path: api, header } = VENDOR_APIS[vendor];
  const { data } = await json<{ data: T }>(vendor, `${api}/${path}`, {
    headers: { Authorization: header, "Content-Type": "application/json" },
    ...(change && { method: "PATCH", body: JSON.stringify(change) }),
  });
  return data;
}

test("uptime vendors get the same list; what is changed or removed there is drift, and healed; no key is kept", async () => {
  const robots = await ofVendor<{ id: number; friendlyName: string }[]>("uptimerobot", "monitors");
  expect(robots.map(({ friendlyName }) => friendlyName).toSorted()).toEqual([
    "API",
    "Chat widget",
    "EndpointUnreachable status-page",
    "EndpointUnreachable websocket-port",
  ]);
  type Monitor = { id: string; attributes: { pronounceable_name: string } };
  const monitors = await ofVendor<Monitor[]>("betterstack", "monitors");
  expect(monitors).toHaveLength(4);

  const api = robots.find(({ friendlyName }) => friendlyName === "API");
  await ofVendor("uptimerobot", `monitors/${api?.id}`, { interval: 3600 });
  const widget = monitors.find(({ attributes }) => attributes.pronounceable_name.includes("widget"));
  await fetch(`${url("betterstack")}/api/v2/monitors/${widget?.id}`, {
    method: "DELETE",
    headers: { Authorization: VENDOR_APIS.betterstack.header },
  });
  const drift = await stack.command(DRIFT, "--json");
  const { drifted } = JSON.parse(drift.stdout) as Extract<DriftResult, { status: "drifted" }>;
  const found = drifted.map(({ urn, change }) => [urn.split("::").at(-1) ?? "", change] as const);
  // A test before has removed a dashboard as well.
  expect(found.filter(([name]) => /^(betterstack|uptimerobot)/.test(name)).toSorted()).toEqual([
    ["betterstack-widget", "deleted"],
    ["uptimerobot-api", "changed"],
  ]);
  await configure("uptime.vendorIntervalSeconds", "600");
  await pulumi("up", "--yes", "--skip-preview", "--refresh");
  const after = await ofVendor<{ interval: number }[]>("uptimerobot", "monitors");
  expect(new Set(after.map((monitor) => monitor.interval))).toEqual(new Set([600]));
  expect(await ofVendor<Monitor[]>("betterstack", "monitors")).toHaveLength(4);

  const state = await readFile(stateFile(stack.paths), "utf8");
  expect(state).toContain("__provider");
  for (const key of ["local-uptimerobot-key", "local-betterstack-token", "/services/local"]) {
    expect(JSON.stringify(configuration)).toContain(key);
    expect(state).not.toContain(key);
  }
});

test("destroy leaves nothing in any service", async () => {
  await pulumi("destroy", "--yes", "--skip-preview");

  // The emulator's own listing also shows what was deleted: ask it as a client does.
  const [home, global] = [at("eu-central-1"), at("us-east-1")];
  const { logGroups } = await new CloudWatchLogsClient(home).send(new DescribeLogGroupsCommand({}));
  const { Parameters } = await new SSMClient(home).send(new DescribeParametersCommand({}));
  const { DBParameterGroups } = await new RDSClient(home).send(new DescribeDBParameterGroupsCommand({}));
  const { Topics } = await new SNSClient(global).send(new ListTopicsCommand({}));
  const { MetricAlarms } = await new CloudWatchClient(global).send(new DescribeAlarmsCommand({}));
  const { HealthChecks } = await new Route53Client(global).send(new ListHealthChecksCommand({}));
  const { Roles } = await new IAMClient(global).send(new ListRolesCommand({}));
  const { Budgets } = await new BudgetsClient(global).send(
    new DescribeBudgetsCommand({ AccountId: "123456789012" }),
  );
  const pipelines = await json<unknown[]>("datadog", PIPELINES, datadog);
  const left = {
    logGroups,
    Parameters,
    DBParameterGroups,
    Topics,
    MetricAlarms,
    HealthChecks,
    Roles,
    Budgets,
    pipelines,
  };
  expect(Object.entries(left).filter(([, items = []]) => items.length > 0)).toEqual([]);

  for (const [vendor, kinds] of [
    ["uptimerobot", ["monitors", "integrations", "alert-contacts", "psps"]],
    ["betterstack", ["monitors", "urgencies", "pager-duty-webhooks", "status-pages"]],
  ] as const) {
    for (const kind of kinds) expect(await ofVendor<unknown[]>(vendor, kind)).toEqual([]);
  }
  for (const kind of ["services", "escalation_policies", "schedules", "teams"]) {
    expect((await json<Record<string, unknown[]>>("pagerduty", `/${kind}`, pagerDuty))[kind]).toEqual([]);
  }
  for (const kind of ["projects", "teams"]) {
    const answer = await fetch(`${url("sentry")}/api/0/${kind}/agentpay/agentpay-local/`, sentry);
    expect(answer.status).toBe(404);
  }
  for (const port of ["prometheus", "alertmanager", "grafana", "blackbox", "gatus"] as const) {
    await expect(fetch(url(port))).rejects.toThrow();
  }
});
