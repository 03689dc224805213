/**
 * How much an alert matters. Severity alone decides the channels: critical pages (PagerDuty, SMS), warning is read
 * in working hours (email, Slack), info is only shown on dashboards, none is the heartbeat of the alerting itself.
 */
export const severities = ["critical", "warning", "info", "none"] as const;
export type Severity = (typeof severities)[number];
