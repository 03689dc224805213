/** AWS, as a stack's settings want it. */
import type { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { slowApiResponses } from "../../catalog/alerts/api.ts";
import { thresholdOf } from "../../catalog/alerts/index.ts";
import { databaseAlarms } from "../../catalog/database-alarms.ts";
import { hostAlarms } from "../../catalog/host-alarms.ts";
import { loadBalancerAlarms } from "../../catalog/load-balancer-alarms.ts";
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
import { DatabaseAlarms } from "./database-alarms.ts";
import { DatabaseInsights } from "./database-insights.ts";
import { DeadMansSwitch } from "./dead-mans-switch.ts";
import { HostAgent } from "./host-agent.ts";
import { HostAlarms } from "./host-alarms.ts";
import { LoadBalancerAlarms } from "./load-balancer-alarms.ts";
import { LogAggregation } from "./log-aggregation.ts";
import { awsProvider } from "./provider.ts";

export function awsPlatform(settings: Settings, account: Enabled<"aws">, pager: DeployedPager | undefined) {
  const { logs, cost, database, uptime, notifications } = settings;
  const { runbookBaseUrl } = settings.docs;
  const prefix = namePrefix(settings);
  /** What pages or remembers must not go with a slip of the hand. */
  const protect = settings.isProduction;
  const provider = awsProvider("aws", settings, account);
  const providers = [provider];
  const ci = ciAccess(settings, account, providers);
  const permissionsBoundary = ci?.boundaryArn ?? settings.ci.permissionsBoundaryArn;
  const topics = new AlertTopics(
    "alert-topics",
    {
      topicPrefix: prefix,
      homeRegion: account.region,
      accountId: account.accountId,
      pager: pager && { key: pager.key, ...pager.sns },
      smsNumbers: notifications.smsNumbers,
      publisherArn: account.alertingRoleArn,
      managedRules: hasManagedRules(settings),
      emails: notifications.emails,
    },
    { providers },
  );
  const logAggregation =
    logs.platform === "cloudwatch"
      ? new LogAggregation(
          "logs",
          {
            namePrefix: prefix,
            queryFolder: `AgentPay/${settings.environment}`,
            retentionDays: logs.retentionDays,
            kmsKeyArn: logs.kmsKeyArn,
            deletionProtection: protect,
            thresholds: settings.alertThresholds,
            queries: logQueries(thresholdOf(slowApiResponses, settings.alertThresholds)),
            topics: topics.inHomeRegion,
            runbookBaseUrl,
          },
          { providers, protect },
        )
      : undefined;
  const hostAgent = new HostAgent(
    "host-agent",
    {
      namePrefix: prefix,
      accountId: account.accountId,
      region: account.region,
      hostTags: hostTags(settings),
      configuration: agentConfiguration(settings),
      logGroupArns: logAggregation?.logGroupArns ?? [],
      permissionsBoundary,
    },
    { providers },
  );
  const alarmsOf = {
    alarmPrefix: prefix,
    thresholds: settings.alertThresholds,
    topics: topics.inHomeRegion,
    runbookBaseUrl,
  };
  const hosts = new HostAlarms("hosts", { ...alarmsOf, alarms: hostAlarms }, { providers });
  const instances = instancesOf(settings);
  const databases =
    Object.keys(instances).length > 0
      ? new DatabaseAlarms("databases", { ...alarmsOf, alarms: databaseAlarms, instances }, { providers })
      : undefined;
  const { loadBalancer, targetGroups } = account;
  const balancer =
    loadBalancer === undefined
      ? undefined
      : new LoadBalancerAlarms(
          "load-balancer",
          { ...alarmsOf, alarms: loadBalancerAlarms, loadBalancer, targetGroups },
          { providers },
        );
  const costControl = new CostControl(
    "cost",
    { namePrefix: prefix, ...cost, topics: topics.inGlobalRegion, runbookBaseUrl },
    { providers },
  );
  const outsideChecks =
    uptime.enabled && checkersOf(settings).includes("route53")
      ? new Uptime(
          "uptime",
          {
            namePrefix: prefix,
            checks: checksOf(settings),
            toldBy: toldBy(settings),
            requestInterval: uptime.route53IntervalSeconds,
            maintenance: settings.announcements.maintenance,
            topics: topics.inGlobalRegion,
            runbookBaseUrl,
          },
          { providers },
        )
      : undefined;
  const databaseInsights = database.enabled
    ? new DatabaseInsights(
        "database",
        {
          ...database,
          parameterGroupName: `${prefix}-${database.family}`,
          queryFolder: `AgentPay/${settings.environment}`,
          log: { retentionDays: logs.retentionDays, kmsKeyArn: logs.kmsKeyArn, protect },
        },
        { providers },
      )
    : undefined;
  return {
    provider,
    permissionsBoundary,
    ciAccess: ci,
    logAggregation,
    hostAgent,
    hosts,
    databases,
    balancer,
    topics,
    costControl,
    outsideChecks,
    databaseInsights,
  };
}

/** RDS instances that a stack names. */
function instancesOf({ database }: Settings): Record<string, "primary" | "replica"> {
  if (!database.enabled) return {};
  const { instanceIdentifier, replicaIdentifiers } = database;
  return {
    ...(instanceIdentifier !== undefined && { [instanceIdentifier]: "primary" as const }),
    ...Object.fromEntries(replicaIdentifiers.map((replica) => [replica, "replica" as const])),
  };
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
