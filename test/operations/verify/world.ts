/** A live stack that is all well, for tests to break: what every platform answers, by address or AWS command. */
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53Client } from "@aws-sdk/client-route-53";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { Client } from "pg";
import { vi } from "vitest";
import { parse } from "yaml";
import { sentryIssueAlerts, sentryMonitors } from "../../../catalog/sentry-alerts.ts";
import { inboundFilters, ownershipRules } from "../../../catalog/sentry-project.ts";
import { checksOf } from "../../../components/shared/checkers.ts";
import { renderAll } from "../../../operations/render/index.ts";
import type { Stack } from "../../../operations/verify/stack.ts";
import { secretKeys } from "../../../settings/schema.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides } from "../../support/program.ts";
import { secretSetting } from "../../support/secrets.ts";

/** The stack under test: the local one's configuration, with a sentinel for each secret. */
export function stackOf(overrides: Overrides = {}): Stack {
  return {
    settings: parseSettings("local", configurationOf("local", overrides)),
    secrets: Object.fromEntries(secretKeys.map((key) => [key, secretSetting(key)])),
    outputs: {
      appEnvironment: {
        SENTRY_DSN: "http://5e471e15ec4e7@sentry.example/7",
        SENTRY_TRACES_SAMPLE_RATE: "0.1",
        SENTRY_PROFILES_SAMPLE_RATE: "0.1",
      },
      sentryProject: "agentpay-local",
      pagerUrl: "https://agentpay.pagerduty.com/service-directory/PSERVICE",
      logGroupNames: { api: "/agentpay/api", worker: "/agentpay/worker" },
      hostAlarmNames: ["agentpay-local-host-memory-high"],
      datadogPipelineId: "pipeline",
      logAlarmNames: ["agentpay-local-api-errors"],
      agentParameterName: "AmazonCloudWatch-agentpay-local",
      agentAssociationIds: { install: "id-of-install", configure: "id-of-configure" },
      alertTopics: {
        "us-east-1": {
          criticalArn: "arn:aws:sns:us-east-1:123456789012:critical",
          warningArn: "arn:aws:sns:us-east-1:123456789012:warning",
        },
      },
      deadMansSwitchAlarmName: "agentpay-local-alerting-silent",
      billingAlarmNames: ["agentpay-local-billing-50-percent"],
      budgetNames: ["agentpay-local-monthly"],
      anomalySubscriptionArn: "arn:aws:ce::123456789012:anomalysubscription/1",
      costReportAlarmNames: ["agentpay-local-cost-report-missing"],
      costReportScheduleNames: { daily: "agentpay-local-cost-report-daily" },
      healthCheckIds: Object.fromEntries(
        ["api", "websocket-port", "widget", "status-page"].map((key) => [key, `check-of-${key}`]),
      ),
      databaseParameterGroupName: "agentpay-local-postgres16",
      prometheusUrl: "http://prometheus.example",
      alertmanagerUrl: "http://alertmanager.example",
      statusPageUrl: "http://status.example",
    },
  };
}

interface Rendered {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly { alert?: string; record?: string }[];
  }[];
}

const files = renderAll(stackOf().settings);
const jobs: string[] = parse(files["prometheus/prometheus.yml"] ?? "").scrape_configs.map(
  ({ job_name }: { job_name: string }) => job_name,
);
export const ruleGroups = Object.entries(files)
  .filter(([path]) => path.startsWith("prometheus/rules/"))
  .flatMap(([, text]) => (parse(text) as Rendered).groups)
  .map(({ name, rules }) => ({
    name,
    rules: rules.map(({ alert, record }) => ({ name: alert ?? record, health: "ok" })),
  }));

const uptimeNames = checksOf(stackOf().settings).flatMap(({ public: shown }) => shown?.name ?? []);

/** What the status page shows, checked at a time. */
export function statusesAt(time: Date, success = true) {
  return uptimeNames.map((name) => ({ name, results: [{ success, timestamp: time.toISOString() }] }));
}

type Answers = Record<string, unknown>;

/** Bodies by a part of the address; the first that matches answers. A number is a status. */
export const goodAnswers: Readonly<Answers> = {
  "/organizations/agentpay/detectors/": sentryMonitors.map(({ name }) => ({ name, enabled: true })),
  "/organizations/agentpay/workflows/": [...sentryMonitors, ...sentryIssueAlerts].map(({ name }) => ({
    ...{ name, enabled: true },
  })),
  "/agentpay/agentpay-local/filters/": [
    ...inboundFilters("local").map((id) => ({ id, active: true })),
    { id: "localhost", active: false },
    { id: "legacy-browsers", active: ["ie9"] },
  ],
  "/agentpay/agentpay-local/ownership/": { raw: ownershipRules("agentpay-local") },
  "/projects/agentpay/agentpay-local/": { id: "7", slug: "agentpay-local" },
  "/api/7/envelope/": { id: "0123456789abcdef" },
  "status.example/api/v1/endpoints/statuses": statusesAt(new Date()),
  "/-/ready": "ready",
  "/api/v1/targets": {
    data: {
      activeTargets: jobs.map((job) => ({
        labels: { job, instance: "host:1" },
        health: "up",
        lastError: "",
      })),
    },
  },
  "/api/v1/rules": { data: { groups: ruleGroups } },
  "/api/v2/status": { config: { original: files["alertmanager/alertmanager.yml"] } },
  "increase(alertmanager_notifications_failed_total": { data: { result: [] } },
  "/api/v1/query": { data: { result: [{ metric: { job: "agentpay-api" } }] } },
  "/api/dashboards/uid/": {
    dashboard: { title: "A dashboard", panels: [{ title: "A panel", targets: [{ expr: "up" }] }] },
  },
  "/api/datasources/uid/": { uid: "agentpay-prometheus" },
  "/api/v1/logs/config/pipelines/pipeline": { name: "agentpay-local", is_enabled: true },
  "/services/PSERVICE": {
    service: {
      name: "AgentPay Local",
      status: "active",
      escalation_policy: { id: "PPOLICY" },
      integrations: [
        { id: "P1", summary: "Prometheus" },
        { id: "P2", summary: "CloudWatch" },
      ],
    },
  },
  "/escalation_policies/PPOLICY": {
    escalation_policy: {
      escalation_rules: [15, 15, 30].map((escalation_delay_in_minutes) => ({
        escalation_delay_in_minutes,
        targets: [{ id: "PTARGET" }],
      })),
    },
  },
  "/oncalls": {
    oncalls: [1, 2, 3].map((escalation_level) => ({
      escalation_level,
      user: { id: "PUSER", summary: `Engineer ${escalation_level}` },
    })),
  },
};

const alarm = (AlarmName: string) => ({ AlarmName, AlarmActions: ["arn:aws:sns:::x"], ActionsEnabled: true });

/** Answers by command, without its ending. */
export const goodCommands: Readonly<Answers> = {
  DescribeAlarms: {
    MetricAlarms: [
      "agentpay-local-host-memory-high",
      ...["api", "websocket-port", "widget", "status-page"].map((key) => `agentpay-local-${key}-unreachable`),
      "agentpay-local-billing-50-percent",
      "agentpay-local-cost-report-missing",
      "agentpay-local-alerting-silent",
      "agentpay-local-api-errors",
    ].map(alarm),
  },
  DescribeAssociation: { AssociationDescription: { Overview: { Status: "Success" } } },
  DescribeBudget: { Budget: { BudgetLimit: { Amount: "1000.0", Unit: "USD" } } },
  DescribeNotificationsForBudget: { Notifications: [{}] },
  GetAnomalySubscriptions: { AnomalySubscriptions: [{ SubscriptionName: "anomalies", Subscribers: [{}] }] },
  DescribeLogGroups: {
    logGroups: ["/agentpay/api", "/agentpay/worker"].map((logGroupName) => ({
      logGroupName,
      retentionInDays: 30,
    })),
  },
  DescribeLogStreams: { logStreams: [{ lastIngestionTime: Date.now() }] },
  DescribeDBParameters: {
    Parameters: [
      { ParameterName: "log_min_duration_statement", ParameterValue: "1000" },
      { ParameterName: "pg_stat_statements.track_utility", ParameterValue: "off" },
      { ParameterName: "shared_preload_libraries", ParameterValue: "pg_stat_statements" },
    ],
  },
  GetHealthCheck: { HealthCheck: { HealthCheckConfig: { Disabled: false } } },
  ListSubscriptionsByTopic: { Subscriptions: [{ SubscriptionArn: "arn:aws:sns:::x:y", Protocol: "email" }] },
  GetMetricStatistics: { Datapoints: [{ Sum: 1, Timestamp: new Date("2026-11-22T07:00:00Z") }] },
  GetSchedule: { State: "ENABLED", CreationDate: new Date("2026-01-01") },
  GetParameter: { Parameter: { Value: "{}" } },
};

/** What was asked of the platforms over HTTP. */
export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly body: string;
}

/** What the database says of itself. */
export const goodDatabase: Readonly<Record<string, string>> = {
  shared_preload_libraries: "auto_explain,pg_stat_statements",
  log_min_duration_statement: "1000",
  "pg_stat_statements.track_utility": "off",
};

/** Puts the world in place of the network. Returns what it is asked over HTTP, as it comes. */
export function install(
  changes: { answers?: Answers; commands?: Answers; database?: Record<string, string> | Error } = {},
): readonly Asked[] {
  installDatabase(changes.database ?? goodDatabase);
  const asked: Asked[] = [];
  const answers = { ...changes.answers, ...without(goodAnswers, changes.answers) };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    asked.push({ url, method: init.method ?? "GET", body: String(init.body ?? "") });
    const [, body = 404] =
      Object.entries(answers).find(([part]) => decodeURIComponent(url).includes(part)) ?? [];
    if (typeof body === "number") return new Response(JSON.stringify(init.headers), { status: body });
    return new Response(typeof body === "string" ? body : JSON.stringify(body));
  });
  const commands = { ...goodCommands, ...changes.commands };
  for (const client of [
    BudgetsClient,
    CloudWatchClient,
    CloudWatchLogsClient,
    CostExplorerClient,
    RDSClient,
    Route53Client,
    SchedulerClient,
    SNSClient,
    SSMClient,
  ]) {
    const send = async (command: object) => {
      const answer = commands[command.constructor.name.replace(/Command$/, "")];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    vi.spyOn(client.prototype as { send: typeof send }, "send").mockImplementation(send);
  }
  return asked;
}

function installDatabase(settings: Readonly<Record<string, string>> | Error): void {
  const rows = Object.entries(settings).map(([name, setting]) => ({ name, setting }));
  const connect = async () => {
    if (settings instanceof Error) throw settings;
  };
  vi.spyOn(Client.prototype as unknown as { connect: typeof connect }, "connect").mockImplementation(connect);
  const query = async () => ({ rows });
  vi.spyOn(Client.prototype as unknown as { query: typeof query }, "query").mockImplementation(query);
  vi.spyOn(Client.prototype as unknown as { end: () => Promise<void> }, "end").mockResolvedValue();
}

function without(all: Readonly<Answers>, keys: object = {}): Answers {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !(key in keys)));
}
