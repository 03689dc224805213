/** The program: settings -> providers -> components -> outputs. Read it to see how the platforms are wired. */
import * as pulumi from "@pulumi/pulumi";
import { uptimeChecks } from "./catalog/uptime.ts";
import { AlertTopics } from "./components/alert-topics.ts";
import { CostControl } from "./components/cost-control.ts";
import { Dashboards } from "./components/dashboards.ts";
import { DatabaseInsights } from "./components/database-insights.ts";
import { DeadMansSwitch } from "./components/dead-mans-switch.ts";
import { ErrorTracking } from "./components/error-tracking.ts";
import { LogAggregation } from "./components/log-aggregation.ts";
import { MetricsPlatform } from "./components/metrics-platform.ts";
import { OnCall } from "./components/on-call.ts";
import { SentryAlerts } from "./components/sentry-alerts.ts";
import { Uptime } from "./components/uptime.ts";
import {
  awsProvider,
  dockerProvider,
  emulatorCredentialsFile,
  grafanaProvider,
  pagerDutyProvider,
  sentryProvider,
} from "./providers.ts";
import { alertmanagerFiles, secretFiles } from "./render/alertmanager.ts";
import { dashboardModels } from "./render/grafana.ts";
import {
  internalAddresses,
  namePrefix,
  notificationSettings,
  prometheusFiles,
  publicGrafanaUrl,
} from "./render/index.ts";
import { type Enabled, loadSettings, type Settings } from "./settings.ts";

const settings = loadSettings();
const prefix = namePrefix(settings);
const { runbookBaseUrl } = settings.docs;
/** What pages or remembers must not go with a slip of the hand. */
const protect = settings.isProduction;

const onCall = settings.pagerduty.enabled ? pagerDuty(settings.pagerduty) : undefined;
const errorTracking = settings.sentry.enabled ? sentry(settings.sentry) : undefined;
const cloud = settings.aws.enabled ? aws(settings, settings.aws) : undefined;
const deadMansSwitch =
  cloud && settings.aws.enabled && settings.metrics.enabled ? heartbeat(cloud, settings.aws) : undefined;
const platform = settings.metrics.enabled ? metrics(settings.metrics) : undefined;

function pagerDuty(pagerduty: Enabled<"pagerduty">): OnCall {
  const provider = pagerDutyProvider("pagerduty", pagerduty);
  const environment = settings.environment.charAt(0).toUpperCase() + settings.environment.slice(1);
  const { engineerA, engineerB, engineeringManager, timeZone, rotationStart, groupAlerts } = pagerduty;
  return new OnCall(
    "on-call",
    {
      serviceName: `AgentPay ${environment}`,
      engineers: { engineerA, engineerB },
      engineeringManager,
      timeZone,
      rotationStart,
      groupAlerts,
    },
    { providers: [provider], protect },
  );
}

function sentry(platform: Enabled<"sentry">): ErrorTracking {
  const provider = sentryProvider("sentry", platform);
  const { organization, slackIntegration, pagerDutyIntegration, pagerDutyService } = platform;
  const providers = [provider];
  const tracking = new ErrorTracking("error-tracking", { organization, slug: prefix }, { providers });
  new SentryAlerts(
    "sentry-alerts",
    {
      organization,
      project: tracking.projectSlug,
      teamId: tracking.teamId,
      environment: settings.environment,
      slack: slackIntegration
        ? { integration: slackIntegration, channel: settings.notifications.slackChannel }
        : undefined,
      pagerDuty:
        pagerDutyIntegration && pagerDutyService
          ? { integration: pagerDutyIntegration, service: pagerDutyService }
          : undefined,
    },
    { providers },
  );
  return tracking;
}

function aws({ logs, cost, database, uptime, notifications, pagerduty }: Settings, account: Enabled<"aws">) {
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
    { alarmPrefix: prefix, monthlyBudgetUsd: cost.monthlyBudgetUsd, topics, runbookBaseUrl },
    { providers },
  );
  const outsideChecks = uptime.enabled
    ? new Uptime(
        "uptime",
        { namePrefix: prefix, checks: uptimeChecks(uptime), topics, runbookBaseUrl },
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

function heartbeat({ provider, topics }: ReturnType<typeof aws>, { alertingRoleArn }: Enabled<"aws">) {
  return new DeadMansSwitch(
    "dead-mans-switch",
    { namePrefix: prefix, publisherArn: alertingRoleArn, topics, runbookBaseUrl },
    { providers: [provider], protect },
  );
}

function metrics(platform: Enabled<"metrics">) {
  const { aws, notifications } = settings;
  // In production Alertmanager has its host's role. An emulator's credentials are no secret.
  const emulated = aws.enabled && aws.endpointUrl !== undefined;
  const alertmanagerSecrets = {
    ...(onCall && { [secretFiles.pagerDutyRoutingKey]: onCall.prometheusRoutingKey }),
    ...(notifications.slackWebhookUrl && { [secretFiles.slackWebhookUrl]: notifications.slackWebhookUrl }),
    ...(notifications.smtpPassword && { [secretFiles.smtpPassword]: notifications.smtpPassword }),
    ...(emulated && { [secretFiles.awsCredentials]: pulumi.secret(emulatorCredentialsFile) }),
  };
  const grafanaPublicUrl = publicGrafanaUrl(settings, platform);
  const metricsPlatform = new MetricsPlatform(
    "metrics",
    {
      namePrefix: prefix,
      bindAddress: platform.bindAddress,
      ports: {
        prometheus: platform.prometheusPort,
        alertmanager: platform.alertmanagerPort,
        grafana: platform.grafanaPort,
      },
      applicationNetwork: platform.applicationNetwork,
      retention: { days: platform.retentionDays, size: platform.retentionSize },
      prometheusFiles: prometheusFiles(settings, platform),
      alertmanagerFiles: alertmanagerFiles(notificationSettings(settings)),
      alertmanagerSecrets,
      alertmanagerEnvironment: emulated ? { AWS_SHARED_CREDENTIALS_FILE: secretFiles.awsCredentials } : {},
      grafanaAdminPassword: platform.grafanaAdminPassword,
      grafanaPublicUrl,
      grafanaApiUrl: platform.grafanaUrl ?? `http://${platform.bindAddress}:${platform.grafanaPort}`,
      protectData: protect,
    },
    { providers: [dockerProvider("docker", platform)] },
  );
  const grafana = grafanaProvider("grafana", metricsPlatform.grafanaApiUrl, platform.grafanaAdminPassword);
  const dashboards = new Dashboards(
    "dashboards",
    {
      models: dashboardModels(settings.alertThresholds),
      prometheusUrl: `http://${internalAddresses.prometheus}`,
      scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
      publicUrl: grafanaPublicUrl,
    },
    { providers: [grafana] },
  );
  return { metricsPlatform, dashboards, grafanaPublicUrl };
}

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
  pagerduty: settings.pagerduty.enabled,
  sentry: settings.sentry.enabled,
  uptime: settings.uptime.enabled,
};

export const sentryProject = errorTracking?.projectSlug;
export const pagerDutyServiceUrl = onCall?.serviceUrl;
export const logGroupNames = cloud?.logAggregation.logGroupNames;
export const agentParameterName = cloud?.logAggregation.agentParameterName;
export const alertTopicArns = cloud && {
  critical: cloud.topics.criticalArn,
  warning: cloud.topics.warningArn,
};
export const deadMansSwitchAlarmName = deadMansSwitch?.alarmName;
export const billingAlarmNames = cloud?.costControl.alarmNames;
export const healthCheckIds = cloud?.outsideChecks?.healthCheckIds;
export const databaseParameterGroupName = cloud?.databaseInsights?.parameterGroupName;
export const prometheusUrl = platform?.metricsPlatform.prometheusUrl;
export const alertmanagerUrl = platform?.metricsPlatform.alertmanagerUrl;
export const grafanaUrl = platform?.grafanaPublicUrl;
export const dashboardUrls = platform?.dashboards.urls;
