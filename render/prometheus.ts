/** Catalogue -> Prometheus's configuration and rule files. */

import type { Alert } from "../catalog/alerts/alert.ts";
import { type AlertThresholds, alertGroups, expressionOf } from "../catalog/alerts/index.ts";
import { variablesOf } from "../catalog/dashboards/dashboard.ts";
import { dashboards } from "../catalog/dashboards/index.ts";
import type { Maintenance } from "../catalog/maintenance.ts";
import { type Job, jobs } from "../catalog/metrics.ts";
import { recordingRuleGroups } from "../catalog/recording-rules/index.ts";
import { services } from "../catalog/services.ts";
import { type ProbeSettings, probeJob } from "./blackbox.ts";
import { announcedWorkRules, inhibited } from "./inhibition.ts";
import { toYaml } from "./yaml.ts";

/** The most series a target may expose: a label that holds ids is cut off before it fills the disk. */
const SAMPLE_LIMIT = 50_000;

export interface ScrapeSettings {
  /** The `environment` label of every alert. */
  readonly environment: string;
  readonly scrapeIntervalSeconds: number;
  /** host:port of each target, by job. */
  readonly targets: Readonly<Record<Exclude<Job, "blackbox">, readonly string[]>>;
  /** What is probed from outside; undefined where this Prometheus has no prober. */
  readonly probes: ProbeSettings | undefined;
  /** host:port of each Alertmanager. */
  readonly alertmanagers: readonly string[];
  /** Whether another Prometheus does the same. */
  readonly replicated: boolean;
  /** Where the samples go to be kept and looked at by the rules; undefined where this Prometheus does that. */
  readonly remoteWrite: RemoteWriteSettings | undefined;
}

export interface RemoteWriteSettings {
  readonly url: string;
  /** With the password in `remotePasswordFile`; undefined where the engine asks for none. */
  readonly username: string | undefined;
  /** Undefined where the engine has no tenants. */
  readonly tenant: string | undefined;
  /** Region for which requests are signed with the host's role; undefined where the engine is not AWS's. */
  readonly signedFor: string | undefined;
  /** What replicas are told apart from other Prometheus servers by. */
  readonly cluster: string;
}

/** By which Mimir, Cortex, Loki and Thanos know a tenant. */
export const TENANT_HEADER = "X-Scope-OrgID";

/** In a folder of its own: the configuration's holds no secret. */
export const PROMETHEUS_SECRETS_FOLDER = "/run/secrets/prometheus";
export const remotePasswordFile = `${PROMETHEUS_SECRETS_FOLDER}/remote-password`;

/**
 * Environment variable that says which replica a Prometheus is, and the label that its samples leave the house with.
 * Alerts lose it: those of both replicas are then the same to Alertmanager.
 */
export const REPLICA = { variable: "REPLICA", label: "replica" } as const;
/** The labels by which Mimir, Cortex and Amazon's engine know that two Prometheus servers send the same. */
const HA_LABELS = { cluster: "cluster", replica: "__replica__" } as const;

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
      external_labels: {
        environment: settings.environment,
        ...(settings.replicated && replicaLabels(settings.remoteWrite)),
      },
    },
    ...(settings.remoteWrite
      ? { remote_write: [remoteWrite(settings.remoteWrite)] }
      : ruling(settings, ruleFiles)),
    scrape_configs: [
      ...Object.entries(settings.targets)
        .filter(([, targets]) => targets.length > 0)
        .map(([job, targets]) => ({ job_name: job, static_configs: [{ targets }] })),
      ...(settings.probes ? [probeJob(settings.probes)] : []),
    ].map(({ job_name, ...job }) => ({ job_name, sample_limit: SAMPLE_LIMIT, ...job })),
  });
}

function replicaLabels(remote: RemoteWriteSettings | undefined): Record<string, string> {
  const own = `\${${REPLICA.variable}}`;
  return remote
    ? { [HA_LABELS.cluster]: remote.cluster, [HA_LABELS.replica]: own }
    : { [REPLICA.label]: own };
}

/** What a Prometheus with rules of its own has, and one that only ships samples must not have. */
function ruling({ replicated, alertmanagers }: ScrapeSettings, ruleFiles: readonly string[]) {
  return {
    rule_files: ruleFiles.map((file) => `rules/${file}`),
    alerting: {
      ...(replicated && { alert_relabel_configs: [{ action: "labeldrop", regex: REPLICA.label }] }),
      alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }],
    },
  };
}

function remoteWrite({ url, username, tenant, signedFor }: RemoteWriteSettings) {
  return {
    name: "engine",
    url,
    ...(username && { basic_auth: { username, password_file: remotePasswordFile } }),
    ...(tenant && { headers: { [TENANT_HEADER]: tenant } }),
    ...(signedFor && { sigv4: { region: signedFor } }),
    // By default, samples that an engine is too busy for are thrown away: both Amazon's and Mimir say so with 429.
    queue_config: { retry_on_http_429: true },
  };
}

/**
 * Rule files by file name: one for each group of alerts, one for all recorded series, and one where work is announced.
 * @param scraped the jobs that the stack scrapes: alerts about another one would find it missing for ever
 * @param recordedOnly alerts on endpoints of which another checker tells people, `EndpointUnreachable api`, ...: of severity info here
 * @param environment of every alert: an engine elsewhere knows no external label of ours
 * @param announced work that is not over: while it goes on, no alert begins of what it makes fail
 */
export function ruleFiles(
  thresholds: AlertThresholds,
  links: AlertLinks,
  scraped: readonly Job[] = jobs,
  recordedOnly: readonly string[] = [],
  environment?: string,
  announced: readonly Maintenance[] = [],
): Record<string, string> {
  const recording = {
    groups: recordingRuleGroups.map(({ name, interval, rules }) => ({
      name,
      interval,
      rules: rules.map(({ record, expression, labels }) => ({
        record,
        expr: expression,
        ...(labels && { labels }),
      })),
    })),
  };
  const alerting = alertGroups
    .filter(({ job }) => job === undefined || scraped.includes(job))
    .map(({ name, interval, alerts }) => [
      `${name}.yml`,
      toYaml({
        groups: [
          {
            name,
            interval,
            rules: alerts.map((alert) => alertingRule(alert, thresholds, links, recordedOnly, environment)),
          },
        ],
      }),
    ]);
  const work = announcedWorkRules(announced);
  return {
    "recording.yml": toYaml(recording),
    ...(work && { "announced-work.yml": work }),
    ...Object.fromEntries(alerting),
  };
}

function alertingRule(
  alert: Alert,
  thresholds: AlertThresholds,
  links: AlertLinks,
  recordedOnly: readonly string[],
  environment: string | undefined,
) {
  const { name, service, labels, holdFor, keepFiringFor, summary, description } = alert;
  const severity = recordedOnly.includes(`${name} ${labels?.["endpoint"]}`) ? "info" : alert.severity;
  return {
    alert: name,
    expr: inhibited(alert, expressionOf(alert, thresholds)),
    for: holdFor,
    ...(keepFiringFor && { keep_firing_for: keepFiringFor }),
    labels: {
      severity,
      service,
      team: services[service].team,
      ...(environment !== undefined && { environment }),
      ...labels,
    },
    annotations: {
      summary,
      description,
      runbook_url: `${links.runbookBaseUrl}/${name}.md`,
      dashboard_url: panelUrl(alert, links.grafanaUrl),
    },
  };
}

/**
 * Link to the very panel that shows what the alert watches. Panel ids count from 1 in the dashboard's order; labels
 * of the alert that the dashboard has a variable for are chosen.
 */
function panelUrl({ panel, labels = {} }: Alert, grafanaUrl: string): string {
  const dashboard = dashboards.find(({ uid }) => uid === panel.dashboard);
  const panelId = Object.keys(dashboard?.panels ?? {}).indexOf(panel.panel) + 1;
  const variables = (dashboard ? variablesOf(dashboard) : []).flatMap((name) =>
    labels[name] === undefined ? [] : [`&var-${name}=${labels[name]}`],
  );
  return `${grafanaUrl}/d/${panel.dashboard}?viewPanel=${panelId}${variables.join("")}`;
}
