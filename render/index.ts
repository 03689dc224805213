/** Settings and catalogue -> every file that other programs read. Pure: components and the render command share it. */
import { type Job, jobs } from "../catalog/metrics.ts";
import { GLOBAL_REGION, topicArn } from "../catalog/topics.ts";
import type { Enabled, Settings } from "../settings.ts";
import { alertmanagerFiles, type NotificationSettings } from "./alertmanager.ts";
import type { SnsSettings } from "./alertmanager-receivers.ts";
import { cloudWatchAgentConfiguration } from "./cloudwatch-agent.ts";
import { datadogAgentFiles } from "./datadog.ts";
import { dashboardFiles } from "./grafana.ts";
import { type AlertLinks, prometheusConfiguration, ruleFiles } from "./prometheus.ts";

/** Addresses of the platform's own servers on their network: the containers' aliases. */
export const internalAddresses = {
  prometheus: "prometheus:9090",
  alertmanager: "alertmanager:9093",
} as const;

/** Address at which people open Grafana. */
export function publicGrafanaUrl(settings: Settings, platform: Enabled<"metrics">): string {
  return settings.docs.grafanaUrl ?? `http://localhost:${platform.grafanaPort}`;
}

/** `prometheus.yml` and `rules/*.yml`, by path below Prometheus's configuration folder. */
export function prometheusFiles(settings: Settings, platform: Enabled<"metrics">): Record<string, string> {
  const links: AlertLinks = {
    runbookBaseUrl: settings.docs.runbookBaseUrl,
    grafanaUrl: publicGrafanaUrl(settings, platform),
  };
  const targets: Record<Job, readonly string[]> = {
    "agentpay-api": platform.apiTargets,
    "agentpay-worker": platform.workerTargets,
    postgres: platform.postgresTargets,
    redis: platform.redisTargets,
    prometheus: ["localhost:9090"],
    alertmanager: [internalAddresses.alertmanager],
  };
  const scraped = jobs.filter((job) => targets[job].length > 0);
  const rules = ruleFiles(settings.alertThresholds, links, scraped);
  return {
    "prometheus.yml": prometheusConfiguration(
      {
        environment: settings.environment,
        scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
        targets,
        alertmanagers: [internalAddresses.alertmanager],
      },
      Object.keys(rules),
    ),
    ...under("rules", rules),
  };
}

/** What Alertmanager may notify in this stack. */
export function notificationSettings(settings: Settings): NotificationSettings {
  const { environment, pagerduty, notifications } = settings;
  const { slackWebhookUrl, slackChannel, smtpHost, smtpFrom, smtpUsername, smtpRequireTls, emails } =
    notifications;
  return {
    environment,
    maintenance: notifications.maintenance,
    sns: snsSettings(settings),
    pagerDuty: pagerduty.enabled ? { eventsUrl: pagerduty.eventsUrl } : undefined,
    slack: slackWebhookUrl === undefined ? undefined : { channel: slackChannel },
    email:
      smtpHost === undefined || smtpFrom === undefined || emails.length === 0
        ? undefined
        : { smtpHost, from: smtpFrom, to: emails, username: smtpUsername, requireTls: smtpRequireTls },
  };
}

/** What names of AWS resources begin with, such as `agentpay-production`. */
export function namePrefix({ environment }: Settings): string {
  return `agentpay-${environment}`;
}

function snsSettings(settings: Settings): SnsSettings | undefined {
  const { aws, notifications } = settings;
  if (!aws.enabled) return undefined;
  const arn = (purpose: "heartbeat" | "sms") => topicArn(aws.accountId, namePrefix(settings), purpose);
  return {
    region: GLOBAL_REGION,
    apiUrl: aws.endpointUrl && fromContainer(aws.endpointUrl),
    heartbeatTopicArn: arn("heartbeat"),
    smsTopicArn: notifications.smsNumbers.length > 0 ? arn("sms") : undefined,
  };
}

/** An address of this machine, given as containers reach it, as its own processes do: an emulator is one of them. */
export function fromHost(url: string): string {
  return url.replace(/^(https?:\/\/)host\.docker\.internal(?=:|$)/, "$1127.0.0.1");
}

/** An address of this machine as a container on it reaches it. */
function fromContainer(url: string): string {
  return url.replace(/^(https?:\/\/)(localhost|127\.0\.0\.1)(?=:|$)/, "$1host.docker.internal");
}

/** What the CloudWatch agent collects on the hosts: always their metrics, and the logs that no other agent ships. */
export function agentConfiguration({ logs }: Settings): string {
  return cloudWatchAgentConfiguration({
    logDirectory: logs.platform === "cloudwatch" ? logs.directory : undefined,
  });
}

/** Files of Datadog's agent on the hosts, by path below its folder. */
export function datadogFiles(
  { environment, datadog, logs }: Settings,
  { region }: Enabled<"aws">,
): Record<string, string> {
  return datadogAgentFiles({ environment, site: datadog.site, region, logDirectory: logs.directory });
}

/** Every generated file of a stack, by path. */
export function renderAll(settings: Settings): Record<string, string> {
  return {
    ...(settings.metrics.enabled && {
      ...under("prometheus", prometheusFiles(settings, settings.metrics)),
      ...under("alertmanager", alertmanagerFiles(notificationSettings(settings))),
      ...under("grafana/dashboards", dashboardFiles(settings.alertThresholds)),
    }),
    ...(settings.aws.enabled && {
      "cloudwatch-agent/agentpay.json": agentConfiguration(settings),
      ...(settings.logs.platform === "datadog" &&
        under("datadog-agent", datadogFiles(settings, settings.aws))),
    }),
  };
}

function under(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
