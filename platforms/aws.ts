/** AWS, as a stack's settings want it. */
import * as pulumi from "@pulumi/pulumi";
import { uptimeChecks } from "../catalog/uptime.ts";
import { AlertTopics } from "../components/alert-topics.ts";
import { CostControl } from "../components/cost-control.ts";
import { DatabaseInsights } from "../components/database-insights.ts";
import { DeadMansSwitch } from "../components/dead-mans-switch.ts";
import { LogAggregation } from "../components/log-aggregation.ts";
import type { OnCall } from "../components/on-call.ts";
import { Uptime } from "../components/uptime.ts";
import { awsProvider } from "../providers.ts";
import { namePrefix } from "../render/index.ts";
import type { Enabled, Settings } from "../settings.ts";

export function awsPlatform(settings: Settings, account: Enabled<"aws">, onCall: OnCall | undefined) {
  const { logs, cost, database, uptime, notifications, pagerduty } = settings;
  const { runbookBaseUrl } = settings.docs;
  const prefix = namePrefix(settings);
  /** What pages or remembers must not go with a slip of the hand. */
  const protect = settings.isProduction;
  const provider = awsProvider("aws", settings, account);
  const providers = [provider];
  const logAggregation = new LogAggregation(
    "logs",
    { environment: settings.environment, logDirectory: logs.directory, retentionDays: logs.retentionDays },
    { providers, protect },
  );
  const topics = new AlertTopics(
    "alert-topics",
    {
      topicPrefix: prefix,
      homeRegion: account.region,
      accountId: account.accountId,
      pagerDutyEndpoint:
        onCall && pagerduty.enabled
          ? pulumi.interpolate`${pagerduty.eventsUrl}/integration/${onCall.cloudWatchIntegrationKey}/enqueue`
          : undefined,
      pagerDutyOverHttp: pagerduty.enabled && pagerduty.eventsUrl.startsWith("http:"),
      smsNumbers: notifications.smsNumbers,
      publisherArn: account.alertingRoleArn,
      emails: notifications.emails,
    },
    { providers },
  );
  const costControl = new CostControl(
    "cost",
    {
      alarmPrefix: prefix,
      monthlyBudgetUsd: cost.monthlyBudgetUsd,
      topics: topics.inGlobalRegion,
      runbookBaseUrl,
    },
    { providers },
  );
  const outsideChecks = uptime.enabled
    ? new Uptime(
        "uptime",
        { namePrefix: prefix, checks: uptimeChecks(uptime), topics: topics.inGlobalRegion, runbookBaseUrl },
        { providers },
      )
    : undefined;
  const databaseInsights = database.enabled
    ? new DatabaseInsights(
        "database",
        {
          parameterGroupName: `${prefix}-${database.family}`,
          family: database.family,
          slowQueryMilliseconds: database.slowQueryMilliseconds,
        },
        { providers },
      )
    : undefined;
  return { provider, logAggregation, topics, costControl, outsideChecks, databaseInsights };
}

export type AwsPlatform = ReturnType<typeof awsPlatform>;

/** Who watches the alerting, where there is one to watch. */
export function heartbeat(
  settings: Settings,
  { provider, topics }: AwsPlatform,
  { alertingRoleArn }: Enabled<"aws">,
) {
  return new DeadMansSwitch(
    "dead-mans-switch",
    {
      namePrefix: namePrefix(settings),
      publisherArn: alertingRoleArn,
      topics: topics.inGlobalRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider], protect: settings.isProduction },
  );
}
