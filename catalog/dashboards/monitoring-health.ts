import { metrics } from "../metrics/index.ts";
import { HA_REPLICA } from "../metrics/labels.ts";
import type { Counter } from "../metrics/metric.ts";
import type { Dashboard } from "./dashboard.ts";

/**
 * Series of rule groups with the group's own name in a label of its own, without the file that Prometheus puts before it: a
 * group that has moved to another file is there twice for as long as the window looks back.
 */
const named = (series: string) => `label_replace(${series}, "group", "$1", "rule_group", "(?:.*;)?(.*)")`;
const increaseByGroup = (own: Counter, engines: Counter) =>
  `sum by (group) (${named(`increase(${own.name}[5m]) or increase(${engines.name}[5m])`)})`;
/** Nothing of a server's own is measured here where another one evaluates the rules. */
const NOT_KNOWN = "Not known here: an engine elsewhere evaluates the rules, and its rulers are not scraped.";
const byIntegration = ({ name }: { name: string }) => `sum by (integration) (rate(${name}[15m]))`;

/** What the alerts of the monitoring itself watch. */
export const monitoringHealth = {
  uid: "agentpay-meta",
  title: "AgentPay / Monitoring health",
  description: "Would an alert ring: does Prometheus see, compute and send, and does Alertmanager deliver?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    firingAlerts: {
      row: "Seen and computed",
      title: "Firing Alerts",
      description: "Alerts that fire now; Watchdog always does.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `count by (alertname, severity) (${metrics.alerts.name}{alertstate="firing"})`,
          legend: "{{alertname}} ({{severity}})",
        },
      ],
    },
    targetsUp: {
      title: "Targets That Don't Answer",
      description: "Share of each job's targets that Prometheus can't reach; good is none.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: `1 - avg by (job) (${metrics.up.name})`, legend: "{{job}}" }],
    },
    targetsKnown: {
      title: "Known Targets",
      description:
        "Targets of each job that Prometheus knows, whether they answer or not; a step down is one that left.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `count by (job) (${metrics.up.name})`, legend: "{{job}}" }],
    },
    discoveryFailures: {
      title: "Failed Lookups of Targets",
      description: "Lookups of targets, by DNS, in files or in EC2, that failed in 10 minutes; good is none.",
      nothing: "No lookup has failed.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `increase(${metrics.prometheusTargetSyncFailures.name}[10m])`,
          legend: "{{scrape_job}} sync",
        },
        {
          expression: `increase(${metrics.prometheusNameLookupFailures.name}[10m])`,
          legend: "{{instance}} DNS",
        },
        {
          expression: `increase(${metrics.prometheusTargetFileErrors.name}[10m])`,
          legend: "{{instance}} files",
        },
        {
          expression: `sum by (mechanism) (increase(${metrics.prometheusDiscoveryFailures.name}[10m]))`,
          legend: "{{mechanism}}",
        },
      ],
    },
    configurationLoaded: {
      title: "Configuration Loaded",
      description: "Whether Prometheus and Alertmanager took their last configuration; good is all green.",
      unit: "none",
      visualization: "state-timeline",
      states: ["Refused", "Loaded"],
      queries: [
        { expression: metrics.prometheusConfigReloadSuccessful.name, legend: "Prometheus" },
        { expression: metrics.alertmanagerConfigReloadSuccessful.name, legend: "Alertmanager" },
      ],
    },
    ruleFailures: {
      title: "Failed Rule Evaluations",
      description: "Rules that could not be computed in 5 minutes; good is none.",
      nothing: NOT_KNOWN,
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: increaseByGroup(metrics.prometheusRuleFailures, metrics.engineRuleFailures),
          legend: "{{group}}",
        },
      ],
    },
    missedEvaluations: {
      title: "Missed Rule Evaluations",
      description: "Evaluations skipped in 5 minutes because the one before took too long; good is none.",
      nothing: NOT_KNOWN,
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: increaseByGroup(
            metrics.prometheusRuleIterationsMissed,
            metrics.engineRuleIterationsMissed,
          ),
          legend: "{{group}}",
        },
      ],
    },
    sendErrors: {
      row: "Delivered",
      title: "Alerts That Could Not Be Sent",
      description: "Share of alerts that each Alertmanager did not take from Prometheus; good is none.",
      nothing: "Nothing was to be sent, or it is not known here: an engine elsewhere sends alerts itself.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `rate(${metrics.prometheusNotificationErrors.name}[$__rate_interval])` +
            ` / (rate(${metrics.prometheusNotificationsSent.name}[$__rate_interval]) > 0)`,
          legend: "{{alertmanager}}",
        },
      ],
    },
    notificationFailures: {
      title: "Notifications That Failed",
      description:
        "Share of each channel's notifications of 15 minutes that were not delivered; good is none.",
      nothing:
        "Nothing was to be notified, or it is not known here: the engine has an Alertmanager of its own.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression: `${byIntegration(metrics.alertmanagerNotificationsFailed)} / (${byIntegration(metrics.alertmanagerNotifications)} > 0)`,
          legend: "{{integration}}",
        },
      ],
    },
    clusterMembers: {
      title: "Alertmanagers Known to Each Other",
      description: "Members of the cluster as each Alertmanager sees it; good is as many as there are.",
      nothing: "There is only one Alertmanager, or it is the engine's own.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: metrics.alertmanagerClusterMembers.name, legend: "{{instance}}" }],
    },
    samplesBehind: {
      row: "Shipped to an engine elsewhere",
      title: "Samples Behind",
      description:
        "How much older than Prometheus's newest sample the engine's newest one is; good is seconds.",
      nothing: "No samples are shipped.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression: `${metrics.prometheusRemoteHighestTimestamp.name} - ${metrics.prometheusRemoteHighestSent.name}`,
          legend: "{{instance}}",
        },
      ],
    },
    samplesLost: {
      title: "Samples Refused",
      description: "Share of the samples sent that the engine refused for good; good is none.",
      nothing: "No samples are shipped.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [
        {
          expression:
            `rate(${metrics.prometheusRemoteSamplesFailed.name}[$__rate_interval])` +
            ` / (rate(${metrics.prometheusRemoteSamples.name}[$__rate_interval]) > 0)`,
          legend: "{{instance}}",
        },
      ],
    },
    samplesDiscarded: {
      title: "Samples Thrown Away",
      description: "Samples that the engine threw away in 10 minutes, by its reason; good is none.",
      nothing: "No samples are shipped, or it is not known here: the engine's rulers are not scraped.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (reason) (increase(${metrics.engineDiscardedSamples.name}[10m]))`,
          legend: "{{reason}}",
        },
      ],
    },
    replicasKept: {
      title: "Replicas Kept",
      description:
        "Prometheus servers that send the same and whose samples the engine keeps; good is none, since it takes the label off.",
      nothing: "No sample of a replica is kept beside another's.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `count(group by (${HA_REPLICA}) (${metrics.up.name}{${HA_REPLICA}!=""}))`,
          legend: "replicas",
        },
      ],
    },
    samplesPerTarget: {
      row: "Load of Prometheus",
      title: "Series by Target",
      description: "Series of each job's largest target; a climb means that an id became a label.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: `max by (job) (${metrics.scrapeSamplesKept.name})`, legend: "{{job}}" }],
    },
    instrumentationFaults: {
      title: "Faults of AgentPay's Counting",
      description:
        "What its servers could not count in 30 minutes: faults of the instrumentation, values that it refused, files that it could not read; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `sum by (job, kind) (increase(${metrics.instrumentationFaults.name}[30m]))`,
          legend: "{{job}} {{kind}}",
        },
      ],
    },
    samplesRefused: {
      title: "Samples Not Stored",
      description: "Samples a second that Prometheus dropped for their time; good is none.",
      unit: "cps",
      visualization: "timeseries",
      queries: [
        {
          expression: `rate(${metrics.prometheusDuplicateSamples.name}[$__rate_interval])`,
          legend: "{{instance}} duplicate",
        },
        {
          expression: `rate(${metrics.prometheusUnorderedSamples.name}[$__rate_interval])`,
          legend: "{{instance}} out of order",
        },
        {
          expression: `rate(${metrics.prometheusUnboundedSamples.name}[$__rate_interval])`,
          legend: "{{instance}} out of bounds",
        },
      ],
    },
    monitoringRestarts: {
      title: "Restarts of the Monitoring",
      description: "How often each part was started in half an hour; good is none, an update is 1.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `changes(${metrics.processStartTime.name}{job!~"agentpay-.+"}[30m])`,
          legend: "{{job}} {{instance}}",
        },
      ],
    },
    storageFailures: {
      title: "TSDB Failures",
      description: "Loads of blocks and compactions that failed in 3 hours; good is none.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `increase(${metrics.prometheusReloadFailures.name}[3h])`,
          legend: "{{instance}} reloads",
        },
        {
          expression: `increase(${metrics.prometheusCompactionFailures.name}[3h])`,
          legend: "{{instance}} compactions",
        },
      ],
    },
    headSeries: {
      title: "Series in Memory",
      description: "Series that Prometheus holds; memory grows with them.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: metrics.prometheusHeadSeries.name, legend: "series" }],
    },
    scrapeDuration: {
      title: "Scrape Duration",
      description:
        "Time that each job's slowest target takes to answer a scrape; good is far below the interval.",
      unit: "s",
      visualization: "timeseries",
      queries: [{ expression: `max by (job) (${metrics.scrapeDuration.name})`, legend: "{{job}}" }],
    },
    ruleDuration: {
      title: "Rule Evaluation Time",
      description: "Time of the last evaluation of each rule group; good is far below its interval.",
      unit: "s",
      visualization: "timeseries",
      queries: [
        {
          expression: `topk(10, max by (group) (${named(metrics.prometheusRuleGroupDuration.name)}))`,
          legend: "{{group}}",
        },
      ],
    },
    silences: {
      title: "Silences",
      description: "Silences by state; a forgotten one hides an outage.",
      unit: "short",
      width: 12,
      visualization: "stat",
      queries: [{ expression: `sum by (state) (${metrics.alertmanagerSilences.name})`, legend: "{{state}}" }],
    },
  },
} as const satisfies Dashboard;
