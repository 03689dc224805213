/** What Alertmanager tells of its notifications, silences and members. */

import { counter, gauge, open } from "./metric.ts";

const alertmanager = ["alertmanager"] as const;

/** Alertmanager's, since 0.35: 0.34 took `authError` (401, 403) and `rateLimited` (429) out of `clientError`. */
const notificationFailures = [
  "authError",
  "clientError",
  "configError",
  "contextCanceled",
  "contextDeadlineExceeded",
  "encodingError",
  "fileReadError",
  "missingContext",
  "other",
  "rateLimited",
  "requestError",
  "serverError",
  "templateError",
] as const;

export const alertmanagerMetrics = {
  alertmanagerConfigReloadSuccessful: gauge("alertmanager_config_last_reload_successful", {
    help: "Whether the last configuration reload succeeded.",
    unit: "boolean",
    jobs: alertmanager,
    labels: {},
  }),
  alertmanagerNotifications: counter("alertmanager_notifications_total", {
    help: "Notifications attempted.",
    jobs: alertmanager,
    labels: { integration: open("pagerduty, email, slack, ...") },
  }),
  alertmanagerNotificationsFailed: counter("alertmanager_notifications_failed_total", {
    help: "Notifications that failed.",
    jobs: alertmanager,
    labels: { integration: open("pagerduty, email, slack, ..."), reason: notificationFailures },
  }),
  alertmanagerAlerts: gauge("alertmanager_alerts", {
    help: "Alerts held by Alertmanager.",
    jobs: alertmanager,
    labels: { state: ["active", "suppressed", "unprocessed"] },
  }),
  alertmanagerSilences: gauge("alertmanager_silences", {
    help: "Silences.",
    jobs: alertmanager,
    labels: { state: ["active", "pending", "expired"] },
  }),
  alertmanagerClusterMembers: gauge("alertmanager_cluster_members", {
    help: "Alertmanagers that this one knows of, itself included; only where there are several.",
    jobs: alertmanager,
    labels: {},
  }),
};
