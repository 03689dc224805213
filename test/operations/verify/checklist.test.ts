import { afterEach, describe, expect, test, vi } from "vitest";
import { sentryMonitors } from "../../../catalog/sentry-alerts.ts";
import { inboundFilters } from "../../../catalog/sentry-project.ts";
import { type Result, runChecks } from "../../../operations/verify/check.ts";
import { checklist } from "../../../operations/verify/checklist.ts";
import type { Overrides } from "../../support/program.ts";
import { goodDatabase, install, ruleGroups, stackOf, statusesAt } from "./world.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function resultsOf(overrides: Overrides = {}): Promise<Record<string, Result>> {
  const results = await runChecks(checklist, stackOf(overrides));
  return Object.fromEntries(results.map((result) => [result.id, result]));
}

const idsWith = (results: Record<string, Result>, status: Result["status"]) =>
  Object.values(results).flatMap((result) => (result.status === status ? [result.id] : []));

/** The world's AWS is an emulator, which has no hosts and no bill. */
const NOT_PART_OF_THE_STACK = [
  "agent-associations",
  "datadog-pipeline",
  "structured-logging",
  "cost-anomalies",
];

test("on a stack that is well, every item of it is proven", async () => {
  install();
  const results = await resultsOf();
  expect(idsWith(results, "failed")).toEqual([]);
  expect(idsWith(results, "not configured")).toEqual(NOT_PART_OF_THE_STACK);
  expect(idsWith(results, "proven")).toHaveLength(checklist.length - NOT_PART_OF_THE_STACK.length);
});

test("covers each heading of the guide's checklist, in its order", () => {
  const headings = [...new Set(checklist.map(({ section }) => section))];
  expect(headings).toEqual([
    "Error Tracking",
    "Uptime Monitoring",
    "Metrics",
    "Logs",
    "Performance",
    "Costs",
    "On-Call",
  ]);
  expect(new Set(checklist.map(({ id }) => id)).size).toBe(checklist.length);
});

test("only reads, but for one marked event below error", async () => {
  const asked = install();
  await resultsOf();
  const writes = asked.filter(({ method }) => method !== "GET");
  expect(writes.map(({ url }) => url)).toEqual(["http://sentry.example/api/7/envelope/"]);
  const event = JSON.parse(writes[0]?.body.split("\n")[2] ?? "");
  expect(event).toMatchObject({ level: "info", environment: "local", tags: { agentpay_verify: "true" } });
});

type Fault = readonly [
  id: string,
  what: string,
  changes: NonNullable<Parameters<typeof install>[0]>,
  detail: RegExp,
];

const alarms = (change: object) => ({
  DescribeAlarms: {
    MetricAlarms: [
      { AlarmName: "agentpay-local-billing-50-percent", AlarmActions: ["x"], ...change },
      { AlarmName: "agentpay-local-alerting-silent", AlarmActions: ["x"], ...change },
    ],
  },
});
const target = (job: string, health: string) => ({
  labels: { job, instance: "api:8000" },
  health,
  lastError: "connection refused",
});
const panel = (expr: string) => ({
  dashboard: { title: "Cost", panels: [{ title: "Spend", targets: [{ expr }] }] },
});

const faults: readonly Fault[] = [
  ["sentry-project", "is gone", { answers: { "/projects/agentpay/agentpay-local/": 404 } }, /answered 404/],
  ["sentry-dsn", "is revoked", { answers: { "/envelope/": 403 } }, /answered 403/],
  ["sentry-alerts", "are deleted", { answers: { "/workflows/": [] } }, /alert "Critical: more than 5%/],
  [
    "sentry-alerts",
    "watch nothing any more",
    { answers: { "/detectors/": sentryMonitors.map(({ name }) => ({ name, enabled: false })) } },
    /switched off: monitor "Critical: more than 5%/,
  ],
  [
    "sentry-inbound-filters",
    "are off",
    { answers: { "/filters/": [{ id: "web-crawlers", active: true }] } },
    /browser-extensions, filtered-transaction/,
  ],
  [
    "sentry-inbound-filters",
    "drop the local stack's own events",
    { answers: { "/filters/": [...inboundFilters("production")].map((id) => ({ id, active: true })) } },
    /not as it should be: localhost/,
  ],
  [
    "sentry-ownership",
    "are nobody's",
    { answers: { "/ownership/": { raw: null } } },
    /ownership rules are not/,
  ],
  [
    "uptime-checks",
    "are switched off",
    { commands: { GetHealthCheck: { HealthCheck: { HealthCheckConfig: { Disabled: true } } } } },
    /check of api is switched off/,
  ],
  [
    "uptime-checks",
    "lost their alarms",
    { commands: alarms({}) },
    /agentpay-local-api-unreachable is missing/,
  ],
  ["status-page", "does not answer", { answers: { "/endpoints/statuses": 502 } }, /answered 502/],
  ["status-page", "shows nothing", { answers: { "/endpoints/statuses": [] } }, /API is not shown/],
  [
    "status-page",
    "stands still",
    { answers: { "/endpoints/statuses": statusesAt(new Date(2026, 0, 1)) } },
    /API was last checked at 2026/,
  ],
  [
    "status-page",
    "is red",
    { answers: { "/endpoints/statuses": statusesAt(new Date(), false) } },
    /API is down/,
  ],
  [
    "alert-channels",
    "wait for an answer",
    {
      commands: {
        ListSubscriptionsByTopic: {
          Subscriptions: [{ SubscriptionArn: "PendingConfirmation", Protocol: "email" }],
        },
      },
    },
    /critical \(us-east-1\) waits for confirmation by email/,
  ],
  [
    "alert-channels",
    "reach nobody",
    { commands: { ListSubscriptionsByTopic: {} } },
    /critical \(us-east-1\) reaches nobody/,
  ],
  ["prometheus-ready", "is not", { answers: { "prometheus.example/-/ready": 503 } }, /answered 503/],
  [
    "prometheus-targets",
    "are down",
    {
      answers: {
        "/api/v1/targets": {
          data: {
            activeTargets: [
              "agentpay-api",
              "agentpay-worker",
              "postgres",
              "redis",
              "prometheus",
              "alertmanager",
              "blackbox",
            ].map((job) => target(job, job === "agentpay-api" ? "down" : "up")),
          },
        },
      },
    },
    /^agentpay-api \(api:8000\): connection refused$/,
  ],
  [
    "prometheus-targets",
    "are not known",
    { answers: { "/api/v1/targets": { data: { activeTargets: [target("redis", "up")] } } } },
    /no target of agentpay-api/,
  ],
  [
    "prometheus-rules",
    "are missing",
    { answers: { "/api/v1/rules": { data: { groups: [] } } } },
    /missing: .* and \d+ more/,
  ],
  ["alertmanager-ready", "is not", { answers: { "alertmanager.example/-/ready": 503 } }, /answered 503/],
  [
    "alertmanager-configuration",
    "is another one",
    { answers: { "/api/v2/status": { config: { original: "receivers: [{ name: mine }]" } } } },
    /it has receivers mine; 0 inhibitions; rendered are receivers/,
  ],
  [
    "alertmanager-deliveries",
    "fail",
    {
      answers: {
        "increase(alertmanager_notifications_failed_total": {
          data: { result: [{ metric: { integration: "slack" } }] },
        },
      },
    },
    /the last notifications failed: slack/,
  ],
  ["grafana-dashboards", "are deleted", { answers: { "/api/dashboards/uid/": 404 } }, /answered 404/],
  ["grafana-dashboards", "lost their datasource", { answers: { "/api/datasources/": 404 } }, /answered 404/],
  [
    "grafana-panels",
    "ask what Prometheus refuses",
    { answers: { "/api/dashboards/uid/": panel("rate("), "query=rate(": 400 } },
    /Cost: Spend \(http:\/\/prometheus.example\/api\/v1\/query answered 400/,
  ],
  [
    "grafana-panels",
    "show nothing",
    { answers: { "/api/dashboards/uid/": panel("nothing"), "query=nothing": { data: { result: [] } } } },
    /0 of \d+ panels show something; empty: Cost: Spend/,
  ],
  [
    "dead-mans-switch",
    "rings",
    { commands: alarms({ StateValue: "ALARM" }) },
    /alerting-silent rings: no heartbeat/,
  ],
  ["log-groups", "are deleted", { commands: { DescribeLogGroups: {} } }, /\/agentpay\/api is missing/],
  [
    "log-groups",
    "keep logs for ever",
    {
      commands: {
        DescribeLogGroups: {
          logGroups: [{ logGroupName: "/agentpay/api" }, { logGroupName: "/agentpay/worker" }],
        },
      },
    },
    /\/agentpay\/api keeps for ever instead of 30 days/,
  ],
  [
    "log-events",
    "stopped",
    { commands: { DescribeLogStreams: { logStreams: [{ lastIngestionTime: 1 }] } } },
    /nothing in 24 hours in \/agentpay\/api/,
  ],
  [
    "log-agent",
    "is deleted",
    { commands: { GetParameter: new Error("ParameterNotFound") } },
    /ParameterNotFound/,
  ],
  [
    "query-statistics",
    "do not arrive",
    { answers: { "query=pg_stat_statements": { data: { result: [] } } } },
    /no sample of pg_stat_statements_calls_total/,
  ],
  [
    "postgres-exporter",
    "is scraped, and reaches nothing",
    { answers: { "query=pg_up": { data: { result: [] } } } },
    /nothing of PostgreSQL through/,
  ],
  [
    "redis-exporter",
    "reaches one of two",
    {
      answers: {
        'query=up{job="redis"}': {
          data: { result: [{ metric: { instance: "a:9121" } }, { metric: { instance: "b:9121" } }] },
        },
        "query=redis_up": { data: { result: [{ metric: { instance: "a:9121" } }] } },
      },
    },
    /^nothing of Redis through b:9121$/,
  ],
  [
    "slow-query-log",
    "is off",
    { commands: { DescribeDBParameters: { Parameters: [] } } },
    /log_min_duration_statement is not set instead of 1000/,
  ],
  ["host-alarms", "are deleted", { commands: alarms({}) }, /agentpay-local-host-memory-high is missing/],
  ["log-alarms", "are deleted", { commands: alarms({}) }, /agentpay-local-api-errors is missing/],
  [
    "budgets",
    "tell nobody",
    { commands: { DescribeNotificationsForBudget: {} } },
    /agentpay-local-monthly tells nobody/,
  ],
  [
    "budgets",
    "are deleted",
    { commands: { DescribeBudget: new Error("NotFoundException: no budget") } },
    /NotFoundException/,
  ],
  [
    "billing-alarms",
    "tell nobody",
    { commands: alarms({ AlarmActions: [] }) },
    /billing-50-percent tells nobody/,
  ],
  [
    "billing-alarms",
    "are muted",
    { commands: alarms({ ActionsEnabled: false }) },
    /has its actions switched off/,
  ],
  [
    "pagerduty-service",
    "lost an integration",
    {
      answers: {
        "/services/PSERVICE": {
          service: { name: "S", status: "active", escalation_policy: { id: "PPOLICY" }, integrations: [] },
        },
      },
    },
    /S has no integration Prometheus, CloudWatch/,
  ],
  [
    "pagerduty-escalation",
    "has one level",
    {
      answers: {
        "/escalation_policies/PPOLICY": {
          escalation_policy: {
            escalation_rules: [{ escalation_delay_in_minutes: 30, targets: [{ id: "P" }] }],
          },
        },
      },
    },
    /^1 levels/,
  ],
  [
    "daily-report",
    "is switched off",
    { commands: { GetSchedule: { State: "DISABLED" } } },
    /agentpay-local-cost-report-daily is switched off/,
  ],
  ["daily-report", "was not sent", { commands: { GetMetricStatistics: {} } }, /none was sent for 26 hours/],
  [
    "daily-report",
    "would fail in silence",
    { commands: { DescribeAlarms: { MetricAlarms: [] } } },
    /agentpay-local-cost-report-missing is missing/,
  ],
  [
    "database-settings",
    "were changed",
    { database: { ...goodDatabase, log_min_duration_statement: "-1", shared_preload_libraries: "" } },
    /pg_stat_statements is not loaded, log_min_duration_statement is -1 instead of 1000/,
  ],
  [
    "database-settings",
    "can't be read",
    { database: Object.assign(new Error("password authentication failed"), { code: "28P01" }) },
    /password authentication failed/,
  ],
  ["pagerduty-on-call", "is nobody", { answers: { "/oncalls": { oncalls: [] } } }, /1: nobody, 2: nobody/],
];

describe("what is wrong", () => {
  test.each(faults)("%s %s", async (id, _what, changes, detail) => {
    install(changes);
    const [result] = await runChecks(
      checklist.filter((check) => check.id === id),
      stackOf(),
    );
    expect(result).toMatchObject({ status: "failed", detail: expect.stringMatching(detail) });
    expect(result?.advice).toMatch(/\w/);
  });

  test("a stack without outputs fails by name, and is told to be made", async () => {
    install();
    const results = await runChecks(checklist, { ...stackOf(), outputs: {} });
    const failed = results.filter(({ status }) => status === "failed");
    expect(failed.length).toBeGreaterThan(15);
    expect(failed.map(({ detail }) => detail)).toContain(
      "the stack has no output billingAlarmNames: has pulumi up made it?",
    );
  });

  test("traces that AgentPay is told not to send", async () => {
    install();
    const { outputs, ...stack } = stackOf();
    const appEnvironment = { ...outputs.appEnvironment, SENTRY_TRACES_SAMPLE_RATE: "0" };
    const results = await runChecks(checklist, { ...stack, outputs: { ...outputs, appEnvironment } });
    expect(results.find(({ id }) => id === "sentry-performance")?.status).toBe("failed");
  });
});

describe("what is switched off is not configured", () => {
  test.each([
    ["sentry", /^sentry-/],
    ["pagerduty", /^pagerduty-/],
    ["uptime", /^(uptime-checks|status-page)$/],
    ["database", /^slow-query-log$/],
    [
      "metrics",
      /^(prometheus|alertmanager|grafana)-|-exporter$|^(query-statistics|(llm|cost)-tracking|dead-mans-switch|status-page|database-settings)$/,
    ],
  ])("%s", async (platform, ids) => {
    const rules = ruleGroups.filter(
      ({ name }) => platform !== "uptime" || !/^agentpay-uptime(-each-|$)/.test(name),
    );
    install({ answers: { "/api/v1/rules": { data: { groups: rules } } } });
    const results = await resultsOf({ [`${platform}.enabled`]: false });
    const off = checklist.map(({ id }) => id).filter((id) => ids.test(id));
    expect(idsWith(results, "not configured").toSorted()).toEqual(
      [...off, ...NOT_PART_OF_THE_STACK].toSorted(),
    );
    expect(idsWith(results, "failed")).toEqual([]);
  });

  test("logs that Datadog keeps", async () => {
    install();
    const results = await resultsOf({ "logs.platform": "datadog" });
    const off = ["log-groups", "log-events", "log-alarms"];
    const others = NOT_PART_OF_THE_STACK.filter((id) => id !== "datadog-pipeline");
    expect(idsWith(results, "not configured").toSorted()).toEqual([...off, ...others].toSorted());
    expect(results["datadog-pipeline"]).toMatchObject({ status: "proven", detail: "agentpay-local" });
  });

  test.each([
    [{ name: "agentpay-local", is_enabled: false }, /agentpay-local is switched off/],
    [404, /answered 404/],
  ])("a pipeline in Datadog that answers %j", async (answer, detail) => {
    install({ answers: { "/logs/config/pipelines/": answer } });
    const result = (await resultsOf({ "logs.platform": "datadog" }))["datadog-pipeline"];
    expect(result).toMatchObject({ status: "failed", detail: expect.stringMatching(detail) });
  });

  test("a report that is not due yet, and a database in a private network", async () => {
    const database = Object.assign(new Error("connect ETIMEDOUT 10.0.0.5:5432"), { code: "ETIMEDOUT" });
    const commands = { GetSchedule: { State: "ENABLED", CreationDate: new Date() }, GetMetricStatistics: {} };
    install({ commands, database });
    const results = await resultsOf();
    expect(results["daily-report"]).toMatchObject({ status: "not configured", detail: /none was due yet/ });
    expect(results["database-settings"]?.status).toBe("not configured");
  });

  test("logs that no host has sent yet", async () => {
    install({ commands: { DescribeLogStreams: {} } });
    expect((await resultsOf())["log-events"]?.status).toBe("not configured");
  });
});

/** What an emulator does not have. */
const onAws = {
  "aws.endpointUrl": "",
  "aws.alertingRoleArn": "arn:aws:iam::123456789012:role/monitoring",
};

test.each([
  [[{ SubscriptionName: "anomalies", Subscribers: [{ Status: "CONFIRMED" }] }], "proven", "anomalies"],
  [
    [{ SubscriptionName: "anomalies", Subscribers: [{ Status: "DECLINED" }] }],
    "failed",
    "anomalies tells nobody",
  ],
  [[], "failed", "arn:aws:ce::123456789012:anomalysubscription/1 is missing"],
] as const)("cost anomalies: %j are %s", async (AnomalySubscriptions, status, detail) => {
  install({ commands: { GetAnomalySubscriptions: { AnomalySubscriptions } } });
  expect((await resultsOf(onAws))["cost-anomalies"]).toMatchObject({ status, detail });
});

describe("agents on the hosts", () => {
  const overview = (Status: string | undefined) => ({
    DescribeAssociation: { AssociationDescription: { Overview: { Status } } },
  });

  test.each([
    ["Success", "proven", "install: Success, configure: Success"],
    ["Failed", "failed", "install: Failed, configure: Failed"],
    [undefined, "not configured", /Pending; no host with the stack's tags has run it yet$/],
  ] as const)("whose associations say %s are %s", async (status, expected, detail) => {
    install({ commands: overview(status) });
    const result = (await resultsOf(onAws))["agent-associations"];
    expect(result).toMatchObject({ status: expected, detail: expect.stringMatching(detail) });
  });
});
