/** Catalogue -> Prometheus's configuration and rule files. */

import type { Alert } from "../catalog/alerts/alert.ts";
import { type AlertThresholds, alertGroups, expressionOf } from "../catalog/alerts/index.ts";
import { dashboards } from "../catalog/dashboards/index.ts";
import type { Job } from "../catalog/metrics.ts";
import { recordingRuleGroups } from "../catalog/recording-rules.ts";
import { services } from "../catalog/services.ts";
import { toYaml } from "./yaml.ts";

/** The most series a target may expose: a label that holds ids is cut off before it fills the disk. */
const SAMPLE_LIMIT = 50_000;

export interface ScrapeSettings {
  /** The `environment` label of every alert. */
  readonly environment: string;
  readonly scrapeIntervalSeconds: number;
  /** host:port of each target, by job. */
  readonly targets: Readonly<Record<Job, readonly string[]>>;
  /** host:port of each Alertmanager. */
  readonly alertmanagers: readonly string[];
}

export interface AlertLinks {
  /** A runbook is at `<runbookBaseUrl>/<AlertName>.md`. */
  readonly runbookBaseUrl: string;
  /** Address at which people open Grafana. */
  readonly grafanaUrl: string;
}

/** prometheus.yml. Rule files are named one by one: a glob would also load what an older revision left behind. */
export function prometheusConfiguration(settings: ScrapeSettings, ruleFiles: readonly string[]): string {
  const interval = `${settings.scrapeIntervalSeconds}s`;
  return toYaml({
    global: {
      scrape_interval: interval,
      evaluation_interval: interval,
      external_labels: { environment: settings.environment },
    },
    rule_files: ruleFiles.map((file) => `rules/${file}`),
    alerting: { alertmanagers: [{ static_configs: [{ targets: settings.alertmanagers }] }] },
    scrape_configs: Object.entries(settings.targets)
      .filter(([, targets]) => targets.length > 0)
      .map(([job, targets]) => ({
        job_name: job,
        sample_limit: SAMPLE_LIMIT,
        static_configs: [{ targets }],
      })),
  });
}

/** Rule files by file name, one for each group of alerts and one for all recorded series. */
export function ruleFiles(thresholds: AlertThresholds, links: AlertLinks): Record<string, string> {
  const recording = {
    groups: recordingRuleGroups.map(({ name, interval, rules }) => ({
      name,
      interval,
      rules: rules.map(({ record, expression }) => ({ record, expr: expression })),
    })),
  };
  const alerting = alertGroups.map(({ name, alerts }) => [
    `${name}.yml`,
    toYaml({ groups: [{ name, rules: alerts.map((alert) => alertingRule(alert, thresholds, links)) }] }),
  ]);
  return { "recording.yml": toYaml(recording), ...Object.fromEntries(alerting) };
}

function alertingRule(alert: Alert, thresholds: AlertThresholds, links: AlertLinks) {
  return {
    alert: alert.name,
    expr: expressionOf(alert, thresholds),
    for: alert.holdFor,
    labels: { severity: alert.severity, service: alert.service, team: services[alert.service].team },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${links.runbookBaseUrl}/${alert.name}.md`,
      dashboard_url: panelUrl(alert, links.grafanaUrl),
    },
  };
}

/** Link to the very panel that shows what the alert watches. Panel ids count from 1 in the dashboard's order. */
function panelUrl(alert: Alert, grafanaUrl: string): string {
  const dashboard = dashboards.find(({ uid }) => uid === alert.panel.dashboard);
  const panelId = Object.keys(dashboard?.panels ?? {}).indexOf(alert.panel.panel) + 1;
  return `${grafanaUrl}/d/${alert.panel.dashboard}?viewPanel=${panelId}`;
}
