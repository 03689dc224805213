import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { dashboards } from "../catalog/dashboards/index.ts";
import { editions } from "../components/cost-report/function/calendar.ts";
import { masked, plain, type Registration, settled } from "./support/mocks.ts";
import { type Overrides, type ProgramRun, runProgram, type Stack, stacks } from "./support/program.ts";
import { leaks } from "./support/secrets.ts";

const isProvider = ({ type }: Registration) => type.startsWith("pulumi:providers:");
/** `aws` of `aws:sns/topic:Topic` and of `urn:...::pulumi:providers:aws::name` alike. */
const packageOf = (type: string) => type.replace(/^pulumi:providers:/, "").split(":")[0] ?? "";

/** URNs without what a change of any rule or threshold changes. */
function urnsOf(run: ProgramRun): string[] {
  return run.resources
    .map(({ urn }) => urn.replace(/(prometheus-configuration-)[0-9a-f]{12}$/, "$1<revision>"))
    .toSorted();
}

/** As it is exported: `pulumi.output` would make a secret of a plain map that holds one. */
function appEnvironmentOf({ outputs: { appEnvironment } }: ProgramRun): pulumi.Output<unknown> {
  if (pulumi.Output.isInstance(appEnvironment)) return appEnvironment;
  throw new Error("appEnvironment is no Output");
}

describe.each(stacks)("%s", (stack) => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram(stack);
  });

  test("registers the resources of the golden list", async () => {
    await expect(`${urnsOf(run).join("\n")}\n`).toMatchFileSnapshot(`golden/${stack}.txt`);
  });

  test("registers the same in a preview, which knows no id", async () => {
    const preview = await runProgram(stack, { preview: true });
    expect(urnsOf(preview)).toEqual(urnsOf(run));
  });

  test("names no resource twice", () => {
    expect(run.resources.map(({ urn }) => urn)).toEqual([...new Set(run.resources.map(({ urn }) => urn))]);
  });

  test("leaves nothing to a default provider", () => {
    const managed = run.resources.filter((resource) => resource.custom && !isProvider(resource));
    const expected = managed.map(({ urn, type }) => [urn, `pulumi:providers:${packageOf(type)}`]);
    expect(managed.map(({ urn, provider }) => [urn, provider.split("::")[2]])).toEqual(expected);
    for (const { token, provider } of run.calls) {
      expect(provider.split("::")[2]).toBe(`pulumi:providers:${packageOf(token)}`);
    }
  });

  test("puts every managed resource into a component", () => {
    const components = new Set(run.resources.filter(({ custom }) => !custom).map(({ urn }) => urn));
    const strays = run.resources.filter(
      (resource) => resource.custom && !isProvider(resource) && !components.has(resource.parent),
    );
    expect(strays.map(({ urn }) => urn)).toEqual([]);
  });

  test("tags everything on AWS, through the provider", () => {
    const [aws] = run.resources.filter(({ type }) => type === "pulumi:providers:aws");
    const { tags } = JSON.parse(String(aws?.inputs["defaultTags"]));
    expect(tags).toEqual({
      application: "agentpay",
      environment: stack,
      owner: "platform",
      "managed-by": "pulumi",
    });
  });

  test("works in the stack's own AWS account only", () => {
    const accounts = { production: "111122223333", staging: "444455556666", local: "123456789012" };
    const [aws] = run.resources.filter(({ type }) => type === "pulumi:providers:aws");
    expect(JSON.parse(String(aws?.inputs["allowedAccountIds"]))).toEqual([accounts[stack]]);
  });

  test("says the swap of each container whose memory it bounds", () => {
    const bounded = run.resources.filter(
      ({ type, inputs }) => type === "docker:index/container:Container" && inputs["memory"] !== undefined,
    );
    expect(bounded.length).toBeGreaterThanOrEqual(4);
    expect(bounded.filter(({ inputs }) => inputs["memorySwap"] === undefined)).toEqual([]);
  });

  test("shows no secret in clear in any input", () => {
    const leaking = run.resources.filter(({ inputs }) => leaks(masked(inputs)));
    expect(leaking.map(({ urn }) => urn)).toEqual([]);
    // The search works: unwrapped, the secrets are there.
    expect(run.resources.filter(({ inputs }) => leaks(plain(inputs))).length).toBeGreaterThan(3);
    expect(run.calls.filter(({ inputs }) => leaks(inputs))).toEqual([]);
  });

  test("shows no secret in clear in any component's outputs", () => {
    const leaking = [...run.componentOutputs].filter(([, outputs]) => leaks(masked(outputs)));
    expect(leaking.map(([urn]) => urn)).toEqual([]);
  });

  test("shows no secret in clear in any stack output", async () => {
    for (const [name, output] of Object.entries(run.outputs)) {
      const { value, secret } = await settled(pulumi.output(output));
      expect({ name, leaks: !secret && leaks(value) }).toEqual({ name, leaks: false });
    }
  });

  test("hands the AgentPay server its environment, as a secret: what the Python package reads", async () => {
    const { value, secret } = await settled(appEnvironmentOf(run));
    expect(secret).toBe(true);
    const source = readFileSync("instrumentation/src/agentpay_observability/environment.py", "utf8");
    const read = [...source.matchAll(/^[A-Z_]+ = "([A-Z_]+)"$/gm)].map(([, name]) => name);
    expect(read.toSorted()).toEqual(Object.keys(Object(value)).toSorted());
    const share = stack === "staging" ? "1" : "0.1";
    expect(value).toEqual({
      ENVIRONMENT: stack,
      LOG_DIRECTORY: "/var/log/agentpay",
      SENTRY_DSN: "sentinel-secret:dsn-public",
      SENTRY_ENVIRONMENT: stack,
      SENTRY_TRACES_SAMPLE_RATE: share,
      SENTRY_PROFILES_SAMPLE_RATE: share,
    });
  });
});

test("production's outputs say what is where", async () => {
  const { outputs } = await runProgram("production");
  const { appEnvironment: _, ...others } = outputs;
  const { value } = await settled(pulumi.output(others));
  expect(value).toEqual({
    environment: "production",
    platforms: { aws: true, database: true, metrics: true, pagerduty: true, sentry: true, uptime: true },
    deadMansSwitchAlarmName: "agentpay-production-alerting-silent",
    sentryProject: "agentpay-production",
    pagerUrl: "https://agentpay.pagerduty.com/service-directory/on-call-service",
    logGroupNames: { api: "/agentpay/api", worker: "/agentpay/worker" },
    hostAlarmNames: ["host-memory-high", "host-disk-full", "hosts-missing"].map(
      (name) => `agentpay-production-${name}`,
    ),
    logAlarmNames: ["api", "worker"].flatMap((service) => [
      `agentpay-production-${service}-errors`,
      `agentpay-production-${service}-logs-missing`,
    ]),
    agentParameterName: "AmazonCloudWatch-agentpay-production",
    agentAssociationIds: { install: "id-of-host-agent-install", configure: "id-of-host-agent-configure" },
    hostInstanceProfileName: "agentpay-production-host",
    alertTopics: Object.fromEntries(
      ["us-east-1", "eu-central-1"].map((region) => [
        region,
        {
          criticalArn: `arn:aws:sns:${region}:111122223333:agentpay-production-critical`,
          warningArn: `arn:aws:sns:${region}:111122223333:agentpay-production-warning`,
        },
      ]),
    ),
    billingAlarmNames: [50, 80, 100].map((percent) => `agentpay-production-billing-${percent}-percent`),
    budgetNames: ["agentpay-production-monthly", "agentpay-production-daily"],
    ciRoleArns: Object.fromEntries(
      ["preview", "deploy", "drift"].map((job) => [
        job,
        `arn:aws:iam::111122223333:role/ci-agentpay-production-${job}`,
      ]),
    ),
    anomalySubscriptionArn: "arn:aws:ce::111122223333:anomalysubscription/cost-anomalies",
    costReportFunctionName: "agentpay-production-cost-report",
    costReportScheduleNames: Object.fromEntries(
      editions.map((edition) => [edition, `agentpay-production-cost-report-${edition}`]),
    ),
    costReportAlarmNames: ["missing", "failed"].map((key) => `agentpay-production-cost-report-${key}`),
    healthCheckIds: Object.fromEntries(
      ["api", "websocket-port", "widget", "status-page"].map((key) => [key, `id-of-uptime-${key}`]),
    ),
    statusPageUrl: "https://status.agentpay.com",
    statusBadgeUrls: expect.objectContaining({
      api: expect.objectContaining({
        uptime30d: "https://status.agentpay.com/api/v1/endpoints/agentpay_api/uptimes/30d/badge.svg",
      }),
    }),
    databaseParameterGroupName: "agentpay-production-postgres16",
    prometheusUrl: "http://127.0.0.1:9090",
    alertmanagerUrl: "http://127.0.0.1:9093",
    grafanaUrl: "https://grafana.agentpay.com",
    dashboardUrls: Object.fromEntries(
      dashboards.map(({ uid }) => [uid, `https://grafana.agentpay.com/d/${uid}`]),
    ),
  });
});

/** What goes when a platform is switched off; everything else must stay. */
const switchedOff: readonly (readonly [platform: string, overrides: Overrides, gone: RegExp])[] = [
  ["sentry", { "sentry.enabled": false }, /sentry|ErrorTracking/],
  ["pagerduty", { "pagerduty.enabled": false }, /pagerduty|OnCall/],
  [
    "metrics",
    { "metrics.enabled": false },
    /MetricsPlatform|Dashboards|DeadMansSwitch|cost-report-database-password|providers:(docker|grafana)|grafana-admin$|[sS]tatus-?[pP]age/,
  ],
  ["uptime", { "uptime.enabled": false }, /Uptime|[sS]tatus-?[pP]age|metrics-blackbox/],
  ["database", { "database.enabled": false }, /DatabaseInsights/],
  [
    "aws",
    { "aws.enabled": false, "uptime.enabled": false, "database.enabled": false },
    /providers:aws|CiAccess|LogAggregation|HostAgent|AlertTopics|HostAlarms|CostControl|DailyCostReport|Uptime|DatabaseInsights|DeadMansSwitch|[sS]tatus-?[pP]age|metrics-blackbox|dashboards-cloudwatch/,
  ],
];

test.each(switchedOff)("production without %s has all the rest", async (platform, overrides, gone) => {
  const all = urnsOf(await runProgram("production"));
  const run = await runProgram("production", { overrides });
  expect(urnsOf(run)).toEqual(all.filter((urn) => !gone.test(urn)));
  expect(run.outputs["platforms"]).toMatchObject({ [platform]: false });
  const { value, secret } = await settled(appEnvironmentOf(run));
  expect("SENTRY_DSN" in (value as object)).toBe(platform !== "sentry");
  expect(secret).toBe(true);
});

test("a stack of another name is no production: nothing of it is protected", async () => {
  const protects = async (stack: Stack) =>
    (await runProgram(stack)).resources.filter(({ protect }) => protect).map(({ name }) => name);
  expect(await protects("staging")).toEqual([]);
  expect(await protects("local")).toEqual([]);
  expect((await protects("production")).toSorted()).toMatchInlineSnapshot(`
    [
      "cost-report-log",
      "dead-mans-switch",
      "dead-mans-switch-alarm",
      "dead-mans-switch-heartbeat",
      "dead-mans-switch-heartbeat-policy",
      "logs",
      "logs-api",
      "logs-api-errors",
      "logs-api-errors-alarm",
      "logs-api-missing-alarm",
      "logs-query-conversation-trail",
      "logs-query-errors-by-endpoint",
      "logs-query-llm-failures",
      "logs-query-slow-requests",
      "logs-worker",
      "logs-worker-errors",
      "logs-worker-errors-alarm",
      "logs-worker-missing-alarm",
      "metrics-alertmanager-data",
      "metrics-grafana-data",
      "metrics-prometheus-data",
      "on-call",
      "on-call-cloudwatch",
      "on-call-escalation",
      "on-call-primary",
      "on-call-prometheus",
      "on-call-secondary",
      "on-call-service",
      "on-call-team",
      "status-page-data",
    ]
  `);
});
