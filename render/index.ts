/** Settings and catalogue -> every file that other programs read. Pure: components and the render command share it. */
import { type Job, jobs } from "../catalog/metrics.ts";
import type { Enabled, Settings } from "../settings.ts";
import { alertmanagerConfiguration, type NotificationSettings } from "./alertmanager.ts";
import { cloudWatchAgentConfiguration } from "./cloudwatch-agent.ts";
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
export function notificationSettings({ pagerduty, notifications }: Settings): NotificationSettings {
  const { slackWebhookUrl, slackChannel, smtpHost, smtpFrom, smtpUsername, emails } = notifications;
  return {
    pagerDuty: pagerduty.enabled ? { eventsUrl: pagerduty.eventsUrl } : undefined,
    slack: slackWebhookUrl === undefined ? undefined : { channel: slackChannel },
    email:
      smtpHost === undefined || smtpFrom === undefined || emails.length === 0
        ? undefined
        : { smtpHost, from: smtpFrom, to: emails, username: smtpUsername },
  };
}

/** Every generated file of a stack, by path. */
export function renderAll(settings: Settings): Record<string, string> {
  return {
    ...(settings.metrics.enabled && {
      ...under("prometheus", prometheusFiles(settings, settings.metrics)),
      "alertmanager/alertmanager.yml": alertmanagerConfiguration(notificationSettings(settings)),
      ...under("grafana/dashboards", dashboardFiles(settings.alertThresholds)),
    }),
    ...(settings.aws.enabled && {
      "cloudwatch-agent/agentpay.json": cloudWatchAgentConfiguration(settings.logs.directory),
    }),
  };
}

function under(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
