/** AWS, as a stack's settings want it. */
import type { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { slowApiResponses } from "../../catalog/alerts/api-latency.ts";
import { thresholdOf } from "../../catalog/alerts/index.ts";
import { logQueries } from "../../catalog/logs.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { checkersOf, checksOf, toldBy } from "../shared/checkers.ts";
import { namePrefix } from "../shared/names.ts";
import type { DeployedPager } from "../shared/pager.ts";
import { tags } from "../shared/tags.ts";
import { Uptime } from "../uptime/route53.ts";
import { agentConfiguration } from "./agent-configuration.ts";
import { AlertTopics } from "./alert-topics.ts";
import { CiAccess } from "./ci-access.ts";
import { CostControl } from "./cost-control.ts";
import { DatabaseInsights } from "./database-insights.ts";
import { DeadMansSwitch } from "./dead-mans-switch.ts";
import { HostAgent } from "./host-agent.ts";
import { LogAggregation } from "./log-aggregation.ts";
import type { Place } from "./place.ts";
import { awsProvider } from "./provider.ts";
import { resourceAlarms } from "./resource-alarms.ts";

export function awsPlatform(settings: Settings, account: Enabled<"aws">, pager: DeployedPager | undefined) {
  const provider = awsProvider("aws", settings, account);
  const ci = ciAccess(settings, account, [provider]);
  const permissionsBoundary = ci?.boundaryArn ?? settings.ci.permissionsBoundaryArn;
  const topics = alertTopics(settings, account, pager, provider);
  const place: Place = { settings, provider, topics };
  const logAggregation = settings.logs.platform === "cloudwatch" ? logs(place) : undefined;
  const hostAgent = new HostAgent(
    "host-agent",
    {
      namePrefix: namePrefix(settings),
      accountId: account.accountId,
      region: account.region,
      hostTags: hostTags(settings),
      configuration: agentConfiguration(settings),
      logGroupArns: logAggregation?.logGroupArns ?? [],
      permissionsBoundary,
    },
    { providers: [provider] },
  );
  return {
    provider,
    permissionsBoundary,
    ciAccess: ci,
    logAggregation,
    hostAgent,
    ...resourceAlarms(place, account),
    topics,
    costControl: costControl(place),
    outsideChecks: outsideChecks(place),
    databaseInsights: databaseInsights(place),
  };
}

function alertTopics(
  settings: Settings,
  account: Enabled<"aws">,
  pager: DeployedPager | undefined,
  provider: Provider,
): AlertTopics {
  const { smsNumbers, emails } = settings.notifications;
  return new AlertTopics(
    "alert-topics",
    {
      topicPrefix: namePrefix(settings),
      homeRegion: account.region,
      accountId: account.accountId,
      pager: pager && { key: pager.key, ...pager.sns },
      smsNumbers,
      publisherArn: account.alertingRoleArn,
      managedRules: hasManagedRules(settings),
      emails,
    },
    { providers: [provider] },
  );
}

function logs({ settings, provider, topics }: Place): LogAggregation {
  const { retentionDays, kmsKeyArn } = settings.logs;
  /** What pages or remembers must not go with a slip of the hand. */
  const protect = settings.isProduction;
  return new LogAggregation(
    "logs",
    {
      namePrefix: namePrefix(settings),
      queryFolder: queryFolder(settings),
      retentionDays,
      kmsKeyArn,
      deletionProtection: protect,
      thresholds: settings.alertThresholds,
      queries: logQueries(thresholdOf(slowApiResponses, settings.alertThresholds)),
      topics: topics.inHomeRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider], protect },
  );
}

/** In CloudWatch's list of saved queries. */
function queryFolder({ environment }: Settings): string {
  return `AgentPay/${environment}`;
}

function costControl({ settings, provider, topics }: Place): CostControl {
  const { runbookBaseUrl } = settings.docs;
  return new CostControl(
    "cost",
    { namePrefix: namePrefix(settings), ...settings.cost, topics: topics.inGlobalRegion, runbookBaseUrl },
    { providers: [provider] },
  );
}

/** Undefined where Route 53 is none of the stack's checkers. */
function outsideChecks({ settings, provider, topics }: Place): Uptime | undefined {
  const { uptime } = settings;
  if (!uptime.enabled || !checkersOf(settings).includes("route53")) return undefined;
  return new Uptime(
    "uptime",
    {
      namePrefix: namePrefix(settings),
      checks: checksOf(settings),
      toldBy: toldBy(settings),
      requestInterval: uptime.route53IntervalSeconds,
      maintenance: settings.announcements.maintenance,
      topics: topics.inGlobalRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider] },
  );
}

function databaseInsights({ settings, provider }: Place): DatabaseInsights | undefined {
  const { database, isProduction: protect } = settings;
  if (!database.enabled) return undefined;
  const { retentionDays, kmsKeyArn } = settings.logs;
  return new DatabaseInsights(
    "database",
    {
      ...database,
      parameterGroupName: `${namePrefix(settings)}-${database.family}`,
      queryFolder: queryFolder(settings),
      log: { retentionDays, kmsKeyArn, protect },
    },
    { providers: [provider] },
  );
}

/** How CI gets into the account; undefined where the stack does not say which repository's CI. */
function ciAccess(settings: Settings, account: Enabled<"aws">, providers: Provider[]) {
  const { repository, ownerId, repositoryId, oidcProviderArn, stateBucket, stateKmsKeyArn } = settings.ci;
  const { permissionsBoundaryArn } = settings.ci;
  if (repository === undefined) return undefined;
  const { accountId, region } = account;
  const { environment } = settings;
  return new CiAccess(
    "ci-access",
    {
      scope: { accountId, region, environment, namePrefix: namePrefix(settings), permissionsBoundaryArn },
      repository: {
        name: repository,
        ids: ownerId === 0 ? undefined : { owner: ownerId, repository: repositoryId },
      },
      oidcProviderArn,
      state: { bucket: stateBucket, kmsKeyArn: stateKmsKeyArn, project: pulumi.getProject() },
    },
    { providers },
  );
}

function hasManagedRules({ metrics }: Settings): boolean {
  return metrics.enabled && metrics.engine === "amp";
}

/** The tags by which AgentPay's own instances are known. Whoever deploys AgentPay sets them. */
export function hostTags(settings: Settings): Record<string, string> {
  const { application, environment } = tags(settings);
  return { application, environment };
}

export type AwsPlatform = ReturnType<typeof awsPlatform>;

/** Who watches the alerting, where there is one to watch. */
export function heartbeat(
  settings: Settings,
  { provider, topics }: AwsPlatform,
  { alertingRoleArn, accountId, region }: Enabled<"aws">,
) {
  return new DeadMansSwitch(
    "dead-mans-switch",
    {
      namePrefix: namePrefix(settings),
      publisherArn: alertingRoleArn,
      managedRules: hasManagedRules(settings) ? { accountId, region } : undefined,
      topics: topics.inGlobalRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider], protect: settings.isProduction },
  );
}
