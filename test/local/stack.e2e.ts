/**
 * The whole program on the real engine, against the local stack's services: what is made, kept secret, changed,
 * drifted and removed. What it delivers and shows is stack-delivery.e2e.ts; how the stack comes, heals and goes is
 * cli/local-stack.e2e.ts. The tests build on one another, in order.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeDBParameterGroupsCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListHealthChecksCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { stateFile } from "../../local/cli/half-made.ts";
import { steps } from "../../operations/deploy/steps.ts";
import type { DriftResult } from "../../operations/drift/check.ts";
import {
  configuration,
  deployedStack,
  grafana,
  grafanaPassword,
  pagerDutyToken,
  root,
} from "../support/deployed-stack.ts";
import { eventually } from "../support/eventually.ts";
import { portOffsets } from "../support/port-offsets.ts";

/** The commands, as package.json has them. */
const DEPLOY = "deploy";
const DRIFT = "drift";
const REVIEW = "review";
const VERIFY = "verify";
const SECRETS_SCAN = "secrets scan";

const pagerDuty = { headers: { Authorization: `Token token=${pagerDutyToken}` } };
const sentry = { headers: { Authorization: `Bearer ${configuration["sentry"]?.["token"]}` } };
const datadog = { headers: { "DD-API-KEY": "test", "DD-APPLICATION-KEY": "test" } };
const PIPELINES = "/api/v1/logs/config/pipelines";

const { stack, succeed, pulumi, url, json, secretOutput, aws } = deployedStack(portOffsets.stack);

/** Everything that was logged, as one text. */
async function logs(): Promise<string> {
  const files = await readdir(stack().paths.logs);
  return (await Promise.all(files.map((file) => readFile(join(stack().paths.logs, file), "utf8")))).join(
    "\n",
  );
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
  expect((await stack().command(DRIFT)).output).toContain("local is clean");
  expect(await succeed("up")).toMatch(/\d+ unchanged/);
});

test("the policies let the program pass, also by hand; a deployment proves that it has arrived", async () => {
  await pulumi("preview", "--policy-pack", "policies", "--policy-pack-config", "policies/config/local.json");
  const { code, output } = await stack().command(DEPLOY);
  expect(code, output).toBe(0);
  for (const { title } of steps) expect(output).toContain(`== ${title}`);
  expect(output).toContain("local is deployed");
  // Update and state were both judged by the pack.
  expect(output.split("agentpay-monitoring").length).toBeGreaterThan(2);
});

test("a review asks the engine as well, and shows no secret", async () => {
  const { code, stdout, output } = await stack().command(REVIEW, "--base", "HEAD", "--no-rule-tests");
  expect(code, output).toBe(0);
  expect(stdout).toContain("### Review of `local`");
  expect(stdout).toContain("#### Preview");
  expect(stdout).toContain("every rule is kept");
  for (const secret of [pagerDutyToken, grafanaPassword]) expect(output).not.toContain(secret);
});

test("what a vendor's answers say of their end is told wherever they are seen, with the file that relies on them", async () => {
  const announce = async (headers: object) => {
    const body = JSON.stringify(headers);
    const type = { "Content-Type": "application/json" };
    await fetch(`${url("sentry")}/local/deprecation`, { method: "PUT", headers: type, body });
  };
  await announce({ "x-sentry-deprecation-date": "2027-03-01T00:00:00+00:00" });
  const end = "is deprecated and goes on 2027-03-01";
  const read = `Sentry's GET /0/organizations/agentpay/detectors/{id}/ ${end} (components/sentry/objects.ts)`;
  const drift = await stack().command(DRIFT, "--json");
  const { status, deprecated } = JSON.parse(drift.stdout) as Extract<DriftResult, { status: "clean" }>;
  expect(status).toBe("clean");
  expect(deprecated).toContain(read);
  expect(deprecated?.join()).toContain(`filters/ ${end} (components/sentry/project-settings.ts)`);
  expect((await stack().command(REVIEW, "--base", "HEAD", "--no-rule-tests")).stdout).toContain(read);
  const deployed = (await stack().command(DEPLOY)).stdout;
  expect(deployed.slice(deployed.indexOf("About to end, as"))).toContain(read);
  expect((await stack().command(VERIFY)).stdout).toContain(`${end} (operations/verify/sentry.ts)`);
  await announce({});
  expect((await stack().command(DRIFT)).stdout).not.toContain("About to end");
});

test("no secret is in clear in state, outputs or logs", async () => {
  const dsn = await secretOutput("appEnvironment", "SENTRY_DSN");
  const routingKey = await readFile(join(stack().paths.home, "data/pagerduty/pagerduty.json"), "utf8");
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
  expect(await stack().command(SECRETS_SCAN)).toEqual({
    code: 0,
    stdout: "local: no secret is in clear in its state\n",
    output: "local: no secret is in clear in its state\n",
  });
});

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
  const cloudWatch = new CloudWatchLogsClient(aws("eu-central-1"));
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

  const before = await readFile(stateFile(stack().paths));
  const drift = await stack().command(DRIFT, "--json");
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
  expect((await readFile(stateFile(stack().paths))).equals(before)).toBe(true);

  await pulumi("up", "--yes", "--skip-preview", "--refresh");
  expect(await stack().command(DRIFT)).toMatchObject({
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

test("logs go to Datadog where a stack says so", async () => {
  await configure("logs.platform", "datadog");
  // For the next test: an up less.
  await configure("uptime.checkers[3]", "uptimerobot");
  await configure("uptime.checkers[4]", "betterstack");
  // Made by hand, as the guide says: it is taken over, and not made twice.
  const { path, header } = VENDOR_APIS.uptimerobot;
  await json("uptimerobot", `${path}/psps`, {
    method: "POST",
    headers: { Authorization: header, "Content-Type": "application/json" },
    body: JSON.stringify({ friendlyName: "AgentPay status (local)" }),
  });
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
  const pages = await ofVendor<{ hideUrlLinks: boolean }[]>("uptimerobot", "psps");
  expect(pages.map(({ hideUrlLinks }) => hideUrlLinks)).toEqual([true]);
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
  const drift = await stack().command(DRIFT, "--json");
  const { drifted } = JSON.parse(drift.stdout) as Extract<DriftResult, { status: "drifted" }>;
  const found = drifted.map(({ urn, change }) => [urn.split("::").at(-1), change]);
  expect(found.toSorted()).toEqual([
    ["betterstack-widget", "deleted"],
    ["uptimerobot-api", "changed"],
  ]);
  await configure("uptime.vendorIntervalSeconds", "600");
  await pulumi("up", "--yes", "--skip-preview", "--refresh");
  const after = await ofVendor<{ interval: number }[]>("uptimerobot", "monitors");
  expect(new Set(after.map((monitor) => monitor.interval))).toEqual(new Set([600]));
  expect(await ofVendor<Monitor[]>("betterstack", "monitors")).toHaveLength(4);

  const state = await readFile(stateFile(stack().paths), "utf8");
  expect(state).toContain("__provider");
  for (const key of ["local-uptimerobot-key", "local-betterstack-token", "/services/local"]) {
    expect(JSON.stringify(configuration)).toContain(key);
    expect(state).not.toContain(key);
  }
});

test("destroy leaves nothing in any service", async () => {
  await pulumi("destroy", "--yes", "--skip-preview");

  // The emulator's own listing also shows what was deleted: ask it as a client does.
  const [home, global] = [aws("eu-central-1"), aws("us-east-1")];
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
    ["uptimerobot", ["monitors", "integrations", "psps"]],
    ["betterstack", ["monitors", "urgencies", "pager-duty-webhooks", "status-pages"]],
  ] as const) {
    for (const kind of kinds) expect(await ofVendor<unknown[]>(vendor, kind)).toEqual([]);
  }
  const { header } = VENDOR_APIS.uptimerobot;
  const contacts = { headers: { Authorization: header } };
  expect(await json<unknown[]>("uptimerobot", "/v3/user/alert-contacts", contacts)).toEqual([]);
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
