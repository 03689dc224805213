/** What Prometheus tells of itself: its rules, its storage, its targets, its notifications, what it ships. */

import { ruleGroup } from "./labels.ts";
import { counter, gauge, open } from "./metric.ts";

const prometheus = ["prometheus"] as const;
const remoteEngine = { remote_name: open("name in prometheus.yml"), url: open("where samples are sent") };

export const prometheusMetrics = {
  prometheusConfigReloadSuccessful: gauge("prometheus_config_last_reload_successful", {
    help: "Whether the last configuration reload succeeded.",
    unit: "boolean",
    jobs: prometheus,
    labels: {},
  }),
  prometheusConfigReloadTime: gauge("prometheus_config_last_reload_success_timestamp_seconds", {
    help: "When the configuration was last reloaded.",
    unit: "timestamp",
    jobs: prometheus,
    labels: {},
  }),
  prometheusRuleFailures: counter("prometheus_rule_evaluation_failures_total", {
    help: "Rule evaluations that failed.",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusRuleIterationsMissed: counter("prometheus_rule_group_iterations_missed_total", {
    help: "Rule group evaluations skipped because the previous one was too slow.",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusRuleGroupDuration: gauge("prometheus_rule_group_last_duration_seconds", {
    help: "Time of a rule group's last evaluation.",
    unit: "seconds",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusAlertmanagersDiscovered: gauge("prometheus_notifications_alertmanagers_discovered", {
    help: "Alertmanagers configured or discovered; says nothing of whether they live.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusNotificationsSent: counter("prometheus_notifications_sent_total", {
    help: "Alerts sent to an Alertmanager.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusNotificationErrors: counter("prometheus_notifications_errors_total", {
    help: "Alerts that failed to be sent to an Alertmanager.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusNotificationsDropped: counter("prometheus_notifications_dropped_total", {
    help: "Alerts given up because they could not be sent.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusSamplesAppended: counter("prometheus_tsdb_head_samples_appended_total", {
    help: "Samples stored.",
    jobs: prometheus,
    labels: { type: ["float", "histogram"] },
  }),
  prometheusReloadFailures: counter("prometheus_tsdb_reloads_failures_total", {
    help: "Times that blocks could not be loaded from disk.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusCompactionFailures: counter("prometheus_tsdb_compactions_failed_total", {
    help: "Compactions that failed.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusSampleLimitHits: counter("prometheus_target_scrapes_exceeded_sample_limit_total", {
    help: "Scrapes of which everything was dropped, since there were too many samples.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusDuplicateSamples: counter("prometheus_target_scrapes_sample_duplicate_timestamp_total", {
    help: "Samples that were not stored: the series has another value for the same time.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusUnorderedSamples: counter("prometheus_target_scrapes_sample_out_of_order_total", {
    help: "Samples that were not stored: the series has a newer one.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusUnboundedSamples: counter("prometheus_target_scrapes_sample_out_of_bounds_total", {
    help: "Samples that were not stored: their time is too far away.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusTargetSyncFailures: counter("prometheus_target_sync_failed_total", {
    help: "Times that a job's targets, as found, could not be made into what is scraped.",
    jobs: prometheus,
    labels: { scrape_job: open("name of the job") },
  }),
  prometheusNameLookupFailures: counter("prometheus_sd_dns_lookup_failures_total", {
    help: "Lookups of targets by DNS that no name server answered; an unknown name is an answer.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusTargetFileErrors: counter("prometheus_sd_file_read_errors_total", {
    help: "Files of targets that could not be read.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusDiscoveryFailures: counter("prometheus_sd_refresh_failures_total", {
    help: "Lookups of targets that failed, DNS's and files' left out; only where targets are looked up.",
    jobs: prometheus,
    labels: { mechanism: open("ec2, dns, ..."), config: open("job") },
  }),
  prometheusHeadSeries: gauge("prometheus_tsdb_head_series", {
    help: "Series held in memory.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusLowestTimestamp: gauge("prometheus_tsdb_lowest_timestamp_seconds", {
    help: "Time of the oldest sample stored.",
    unit: "timestamp",
    jobs: prometheus,
    labels: {},
  }),
  // The following only where it ships its samples to an engine elsewhere.
  prometheusRemoteSamples: counter("prometheus_remote_storage_samples_total", {
    help: "Samples sent to the engine elsewhere, taken or not.",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteSamplesFailed: counter("prometheus_remote_storage_samples_failed_total", {
    help: "Samples that the engine elsewhere refused for good: they are lost.",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteHighestTimestamp: gauge("prometheus_remote_storage_queue_highest_timestamp_seconds", {
    help: "Time of the newest sample that is to be sent.",
    unit: "timestamp",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteHighestSent: gauge("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", {
    help: "Time of the newest sample that the engine elsewhere took.",
    unit: "timestamp",
    jobs: prometheus,
    labels: remoteEngine,
  }),
};
