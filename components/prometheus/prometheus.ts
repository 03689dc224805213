/** Catalogue -> Prometheus's configuration and rule files. */

import type { Alert, AlertGroup } from "../../catalog/alerts/alert.ts";
import { type AlertThresholds, alertGroups, expressionOf } from "../../catalog/alerts/index.ts";
import { variablesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import type { Duration } from "../../catalog/duration.ts";
import type { Maintenance } from "../../catalog/maintenance.ts";
import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import { HA_REPLICA } from "../../catalog/metrics/labels.ts";
import { type Job, jobs, type Metric } from "../../catalog/metrics/metric.ts";
import { recordingRuleGroups } from "../../catalog/recording-rules/index.ts";
import { services } from "../../catalog/services.ts";
import { toYaml } from "../shared/yaml.ts";
import { type ProbeSettings, probeJob } from "./blackbox.ts";
import { announcedWorkGroup, inhibited } from "./inhibition.ts";
import { discovery } from "./targets.ts";

/** The most series a target may expose: a label that holds ids is cut off before it fills the disk. */
const SAMPLE_LIMIT = 50_000;

/**
 * Few series, on what takes everything along when it is down: it is seen sooner than by the servers' interval. Not more often,
 * since a scrape may not take longer than its interval: Redis's exporter needs 5 s to say that Redis hangs.
 */
export const EXPORTERS: { readonly jobs: readonly string[]; readonly scrapeSeconds: number } = {
  jobs: ["postgres", "redis"] satisfies Job[],
  scrapeSeconds: 10,
};

export interface ScrapeSettings {
  /** The `environment` label of every alert. */
  readonly environment: string;
  readonly scrapeIntervalSeconds: number;
  /** Each target, or where targets are found, by job. */
  readonly targets: Readonly<Record<Exclude<Job, "blackbox">, readonly string[]>>;
  /** Where EC2 is asked for instances; undefined where the stack is not in AWS. */
  readonly region: string | undefined;
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

/**
 * How far back the rules of an engine elsewhere look. A sample is there within seconds: Prometheus sends it after 5 at
 * most, and again soon after what was refused for the moment. A rule that looks at now finds a part of the newest scrape,
 * and computes with it: of the recorded values of an hour, more than half were wrong so. Each alert rings that much later.
 */
const QUERY_OFFSET: Duration = "30s";

/** The same, by the name that each kind of ruler has for it: vmalert refuses Prometheus's. */
export const lookBackOf = {
  prometheus: { query_offset: QUERY_OFFSET },
  vmalert: { eval_delay: QUERY_OFFSET },
} as const;

/** In a folder of its own: the configuration's holds no secret. */
export const PROMETHEUS_SECRETS_FOLDER = "/run/secrets/prometheus";
export const remotePasswordFile = `${PROMETHEUS_SECRETS_FOLDER}/remote-password`;
/** Read by the AWS SDK, where the host has no role of its own: an emulator's credentials. */
export const awsCredentialsFile = `${PROMETHEUS_SECRETS_FOLDER}/aws-credentials`;

/**
 * Environment variable that says which replica a Prometheus is, and the label that its samples leave the house with.
 * Alerts lose it: those of both replicas are then the same to Alertmanager.
 */
export const REPLICA = { variable: "REPLICA", label: "replica" } as const;
/** The labels by which Mimir, Cortex and Amazon's engine know that two Prometheus servers send the same. */
const HA_LABELS = { cluster: "cluster", replica: HA_REPLICA } as const;

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
        .map(([job, targets]) => ({
          job_name: job,
          ...(isScrapedMoreOften(job, settings) && { scrape_interval: `${EXPORTERS.scrapeSeconds}s` }),
          ...discovery(targets, settings.region),
          ...(job === "ruler" && { metric_relabel_configs: ofOwnTenant(settings.remoteWrite?.tenant) }),
        })),
      ...(settings.probes ? [probeJob(settings.probes)] : []),
    ].map(({ job_name, ...job }) => ({ job_name, sample_limit: SAMPLE_LIMIT, ...job })),
  });
}

function isScrapedMoreOften(job: string, { scrapeIntervalSeconds, remoteWrite }: ScrapeSettings): boolean {
  // Samples that are shipped are paid for, and an engine elsewhere would look at them no sooner.
  return (
    remoteWrite === undefined &&
    EXPORTERS.jobs.includes(job) &&
    EXPORTERS.scrapeSeconds < scrapeIntervalSeconds
  );
}

/** Of all that a ruler exposes: what rules and dashboards ask for, and nothing of other tenants. */
function ofOwnTenant(tenant: string | undefined) {
  const names = Object.values<Metric>(metrics).flatMap((metric) =>
    metric.jobs.includes("ruler") ? metric.series : [],
  );
  const prometheusOwn = "prometheus_(rule|notifications)_.+";
  return [
    { action: "keep", source_labels: ["__name__"], regex: [...new Set(names), prometheusOwn].join("|") },
    ...(tenant === undefined ? [] : [{ action: "keep", source_labels: ["user"], regex: `|${tenant}` }]),
  ];
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
    // Remote write 1.0. Engines that don't know 2.0 answer 415, 204 or even 200, and store nothing.
    protobuf_message: "prometheus.WriteRequest",
    ...(username && { basic_auth: { username, password_file: remotePasswordFile } }),
    ...(tenant && { headers: { [TENANT_HEADER]: tenant } }),
    ...(signedFor && { sigv4: { region: signedFor } }),
    // By default, samples that an engine is too busy for are thrown away: both Amazon's and Mimir say so with 429.
    queue_config: { retry_on_http_429: true },
  };
}

export interface RuleOptions {
  /** The jobs that the stack scrapes: alerts about another one would find it missing for ever. Default: all. */
  readonly scraped?: readonly Job[];
  /** Alerts on endpoints of which another checker tells people, `EndpointUnreachable api`, ...: of severity info here. */
  readonly recordedOnly?: readonly string[];
  /** Of every alert: an engine elsewhere knows no external label of ours. */
  readonly environment?: string;
  /** Work that is not over: while it goes on, no alert begins of what it makes fail. */
  readonly announced?: readonly Maintenance[];
  /** What a group is told of how far back its rules look: samples take that long to their engine. Default: they look at now. */
  readonly lookBack?: { readonly query_offset: Duration } | { readonly eval_delay: Duration } | undefined;
}

/** Rule files by file name: one for each group of alerts, one for all recorded series, and one where work is announced. */
export function ruleFiles(
  thresholds: AlertThresholds,
  links: AlertLinks,
  options: RuleOptions = {},
): Record<string, string> {
  const { scraped = jobs, announced = [], lookBack } = options;
  const recording = {
    groups: recordingRuleGroups.map(({ name, interval, rules }) => ({
      name,
      interval,
      ...lookBack,
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
        groups: evaluatedTogether({ name, interval, alerts }, lookBack === undefined).map(
          ({ alerts: members, ...group }) => ({
            ...group,
            ...lookBack,
            rules: members.map((alert) => alertingRule(alert, thresholds, links, options)),
          }),
        ),
      }),
    ]);
  const work = announcedWorkGroup(announced);
  return {
    "recording.yml": toYaml(recording),
    ...(work && { "announced-work.yml": toYaml({ groups: [{ ...work, ...lookBack }] }) }),
    ...Object.fromEntries(alerting),
  };
}

/**
 * Alerts with an interval of their own come first, in a group of theirs. An engine elsewhere looks back longer than they would
 * gain, and Amazon's evaluates none of its groups more often than each 30 s.
 */
function evaluatedTogether(group: AlertGroup, isOwnEngine: boolean): readonly AlertGroup[] {
  const own = new Set(isOwnEngine ? group.alerts.flatMap(({ evaluatedEach }) => evaluatedEach ?? []) : []);
  const sooner = [...own].map((interval) => ({
    name: `${group.name}-each-${interval}`,
    interval,
    alerts: group.alerts.filter(({ evaluatedEach }) => evaluatedEach === interval),
  }));
  const rest = group.alerts.filter(({ evaluatedEach }) => !evaluatedEach || !own.has(evaluatedEach));
  return [...sooner, { ...group, alerts: rest }];
}

function alertingRule(
  alert: Alert,
  thresholds: AlertThresholds,
  links: AlertLinks,
  { recordedOnly = [], environment }: RuleOptions,
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
