/**
 * How much an alert matters. Severity alone decides the channels: critical pages (the pager, SMS) and is written of as a
 * warning is, warning is read in working hours (email, Slack), info is looked up (Slack), none is the heartbeat of the
 * alerting itself.
 */
export const severities = ["critical", "warning", "info", "none"] as const;
export type Severity = (typeof severities)[number];
