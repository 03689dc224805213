/** The program: settings -> providers -> components -> outputs. Read it to see how the platforms are wired. */
import "./toolkit/stack-traces.ts";
import * as pulumi from "@pulumi/pulumi";
import { awsPlatform, heartbeat } from "./components/aws/index.ts";
import { costReport } from "./components/cost-report/index.ts";
import { datadogPlatform } from "./components/datadog/index.ts";
import { grafanaDashboards } from "./components/grafana/index.ts";
import { pagerOf, pagerSwitches, sentryPagerOf } from "./components/pagers/index.ts";
import { metricsPlatform } from "./components/prometheus/index.ts";
import { managedPrometheus } from "./components/prometheus/managed.ts";
import { sentryPlatform } from "./components/sentry/index.ts";
import { statusPage } from "./components/uptime/gatus-status-page.ts";
import { uptimeVendors } from "./components/uptime/index.ts";
import { loadSettings } from "./settings/stack-settings.ts";

const settings = loadSettings();
const { aws, metrics, sentry } = settings;

const pager = await pagerOf(settings)?.deploy();
const errorTracking = sentry.enabled ? sentryPlatform(settings, sentry, sentryPagerOf(settings)) : undefined;
const cloud = aws.enabled ? awsPlatform(settings, aws, pager) : undefined;
const datadogLogs = cloud && aws.enabled ? datadogPlatform(settings, aws, cloud) : undefined;
const deadMansSwitch = cloud && aws.enabled && metrics.enabled ? heartbeat(settings, cloud, aws) : undefined;
const engine =
  cloud && aws.enabled && metrics.enabled
    ? managedPrometheus(settings, metrics, aws, cloud, pager)
    : undefined;
const report = cloud && aws.enabled ? costReport(settings, aws, cloud, engine) : undefined;
const platform = metrics.enabled ? metricsPlatform(settings, metrics, pager, engine) : undefined;
const dashboards =
  platform && metrics.enabled ? grafanaDashboards(settings, metrics, platform.servers, engine) : undefined;
const page = statusPage(settings, pager);
const vendors = uptimeVendors(settings, pager);

export const environment = settings.environment;

/** Environment variables of the AgentPay server. Secret, for a StackReference. */
export const appEnvironment = pulumi.secret({
  ENVIRONMENT: settings.environment,
  LOG_DIRECTORY: settings.logs.directory,
  ...(errorTracking &&
    settings.sentry.enabled && {
      SENTRY_DSN: errorTracking.dsn,
      SENTRY_ENVIRONMENT: settings.environment,
      SENTRY_TRACES_SAMPLE_RATE: String(settings.sentry.tracesSampleRate),
      SENTRY_PROFILES_SAMPLE_RATE: String(settings.sentry.profilesSampleRate),
    }),
});

/** Which parts this stack manages. */
export const platforms = {
  aws: settings.aws.enabled,
  database: settings.database.enabled,
  metrics: settings.metrics.enabled,
  ...pagerSwitches(settings),
  sentry: settings.sentry.enabled,
  uptime: settings.uptime.enabled,
};

export const sentryProject = errorTracking?.projectSlug;
export const pagerUrl = pager?.url;
export const logGroupNames = cloud?.logAggregation?.logGroupNames;
export const hostAlarmNames = cloud?.hosts.alarmNames;
export const databaseAlarmNames = cloud?.databases?.alarmNames;
export const loadBalancerAlarmNames = cloud?.balancer?.alarmNames;
/** Of Amazon's engine. */
export const engineAlarmNames = engine?.alarmNames;
export const logAlarmNames = cloud?.logAggregation?.alarmNames;
export const datadogPipelineId = datadogLogs?.pipelineId;
export const agentParameterName = cloud?.hostAgent.parameterName;
export const agentAssociationIds = cloud && {
  ...cloud.hostAgent.associationIds,
  ...(datadogLogs && { datadog: datadogLogs.associationId }),
};
export const hostInstanceProfileName = cloud?.hostAgent.instanceProfileName;
export const alertTopics = cloud?.topics.byRegion;
export const deadMansSwitchAlarmName = deadMansSwitch?.alarmName;
export const billingAlarmNames = cloud?.costControl.alarmNames;
export const budgetNames = cloud?.costControl.budgetNames;
export const anomalySubscriptionArn = cloud?.costControl.anomalySubscriptionArn;
export const costReportFunctionName = report?.functionName;
export const costReportScheduleNames = report?.scheduleNames;
export const costReportAlarmNames = report?.alarmNames;
/** Roles of CI's jobs: each is `AWS_ROLE_ARN` of the environment that it is for. */
export const ciRoleArns = cloud?.ciAccess?.roleArns;
export const healthCheckIds = cloud?.outsideChecks?.healthCheckIds;
export const databaseLogGroupName = cloud?.databaseInsights?.logGroupName;
export const databaseParameterGroupName = cloud?.databaseInsights?.parameterGroupName;
/** The pager's key, for an engine whose own Alertmanager pages: `npm run ops -- rules sync` hands it over. */
export const engineRoutingKey =
  metrics.enabled && metrics.engine === "remote" && metrics.remoteAlertmanagerUrl
    ? pager?.alertmanagerKey
    : undefined;
export const prometheusUrl = platform?.servers.prometheusUrl;
/** Of Amazon's engine, where it has the samples and the rules. */
export const prometheusWorkspaceId = engine?.workspaceId;
export const alertmanagerUrl = platform?.servers.alertmanagerUrl;
export const grafanaUrl = platform?.grafanaPublicUrl;
export const uptimeRobotMonitorIds = vendors.uptimeRobot?.monitorIds;
export const betterStackMonitorIds = vendors.betterStack?.monitorIds;
export const statusPageUrl = page?.url ?? vendors.betterStack?.statusPageUrl;
/** Badges of each public endpoint, for pages of others. */
export const statusBadgeUrls = page?.badgeUrls;
export const dashboardUrls = dashboards?.urls;
