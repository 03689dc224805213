/**
 * What Sentry rings on: the guide's alerts as far as Sentry can measure them, and what the issues themselves tell.
 * Prometheus counts every request and pages for the same faults; Sentry sees a sample, and the stack trace of each.
 * docs/alerts.md says which platform answers for which of the guide's alerts.
 *
 * In Sentry's words: a monitor watches, and opens an issue when it sees something; an alert tells people of issues.
 */
import type { Severity } from "./severity.ts";

export type SentrySeverity = Extract<Severity, "critical" | "warning">;

/** A threshold on a number that Sentry computes of traced requests over a sliding window. */
export interface SentryMonitor {
  /** Part of the resource's name. */
  readonly key: string;
  /** As people read it in Sentry and in messages: the monitor's, and that of the alert which tells of it. */
  readonly name: string;
  readonly severity: SentrySeverity;
  /** Of spans. */
  readonly aggregate: string;
  readonly query: string;
  /** Sentry's length of the window; it has no separate "for". */
  readonly windowMinutes: 5 | 10 | 15;
  /** It rings above, and ends at or below. In the aggregate's own unit: a share, or milliseconds for durations. */
  readonly above: number;
}

/** A condition by Sentry's type, and what it compares with. */
export interface SentryCondition {
  readonly type: string;
  readonly comparison: true | number | Readonly<Record<string, string | number>>;
}

/** An alert on single issues: what happens to one, and which ones count. */
export interface SentryIssueAlert {
  readonly key: string;
  readonly name: string;
  readonly severity: SentrySeverity;
  /** Any of them suffices. */
  readonly triggers: readonly SentryCondition[];
  /** All of them must hold. */
  readonly filters: readonly SentryCondition[];
  /** The same issue notifies again after this time at the earliest. */
  readonly frequencyMinutes: 30 | 60 | 1440;
}

/** The tag that AgentPay's LLM client puts on what it reports: `scope.set_tag("component", "llm")`. */
export const LLM_TAG = { key: "component", value: "llm" } as const;

/** Without WebSockets and jobs, whose length says nothing about how fast the API answers. */
const API_REQUESTS = "is_transaction:true span.op:http.server";

/** What the SDK calls an answer of 4xx, which is a failure to Sentry's `failure_rate()`: a scanner must not ring. */
const CLIENT_ERRORS = [
  "already_exists",
  "failed_precondition",
  "invalid_argument",
  "not_found",
  "permission_denied",
  "resource_exhausted",
  "unauthenticated",
];
const WITHOUT_CLIENT_ERRORS = `${API_REQUESTS} !trace.status:[${CLIENT_ERRORS.join(",")}]`;

export const sentryMonitors: readonly SentryMonitor[] = [
  {
    key: "error-rate-critical",
    name: "Critical: more than 5% of API requests fail",
    severity: "critical",
    aggregate: "failure_rate()",
    query: WITHOUT_CLIENT_ERRORS,
    windowMinutes: 5,
    above: 0.05,
  },
  {
    key: "error-rate-warning",
    name: "Warning: more than 1% of API requests fail",
    severity: "warning",
    aggregate: "failure_rate()",
    query: WITHOUT_CLIENT_ERRORS,
    windowMinutes: 15,
    above: 0.01,
  },
  {
    key: "latency",
    name: "Critical: API answers slowly (p95 above 2 s)",
    severity: "critical",
    aggregate: "p95(span.duration)",
    query: API_REQUESTS,
    windowMinutes: 10,
    above: 2000,
  },
];

const condition = (type: string, comparison: SentryCondition["comparison"] = true): SentryCondition => ({
  type,
  comparison,
});
const moreThan = (value: number, interval: string) => condition("event_frequency_count", { value, interval });

/** Sentry's number of what an issue is about. Alerts see all issues of a project, those of monitors too. */
const category = (value: number) => condition("issue_category", { value });
const ERROR_ISSUES = category(1);
const DATABASE_ISSUES = category(12);
/** By Sentry's number of the level. */
const AT_LEAST_ERROR = condition("level", { level: 40, match: "gte" });

export const sentryIssueAlerts: readonly SentryIssueAlert[] = [
  {
    key: "llm-failures",
    name: "Critical: an LLM failure repeats (10 in 5 minutes)",
    severity: "critical",
    triggers: [moreThan(10, "5m")],
    filters: [condition("tagged_event", { ...LLM_TAG, match: "eq" })],
    frequencyMinutes: 30,
  },
  {
    key: "spike",
    name: "Critical: an error spikes",
    severity: "critical",
    // The count keeps the comparison from ringing on a handful of events.
    triggers: [moreThan(100, "5m")],
    filters: [
      condition("event_frequency_percent", { value: 300, interval: "5m", comparisonInterval: "1d" }),
      ...[ERROR_ISSUES, AT_LEAST_ERROR],
    ],
    frequencyMinutes: 60,
  },
  {
    key: "new-issue",
    name: "Warning: a new error",
    severity: "warning",
    triggers: [condition("first_seen_event")],
    filters: [ERROR_ISSUES, AT_LEAST_ERROR],
    frequencyMinutes: 30,
  },
  {
    key: "regression",
    name: "Warning: a resolved error is back",
    severity: "warning",
    triggers: [condition("regression_event")],
    filters: [ERROR_ISSUES, AT_LEAST_ERROR],
    frequencyMinutes: 30,
  },
  {
    key: "slow-queries",
    name: "Warning: slow or repeated database queries",
    severity: "warning",
    triggers: [condition("first_seen_event")],
    filters: [DATABASE_ISSUES],
    frequencyMinutes: 1440,
  },
];

/** Sentry's number of an issue's priority, which a monitor gives to its issue, and its alert asks for. */
export const PRIORITIES: Readonly<Record<SentrySeverity, number>> = { critical: 75, warning: 50 };

/** When people are told of a monitor's issue: it opens, it opens again, it ends. */
export const monitorTriggers: readonly SentryCondition[] = [
  "first_seen_event",
  "regression_event",
  "reappeared_event",
  "issue_resolved_trigger",
].map((type) => condition(type));

/** Any of them suffices: the issue is as urgent as this, or was and has ended. */
export function monitorFilters(severity: SentrySeverity): readonly SentryCondition[] {
  return [
    condition("issue_priority_greater_or_equal", PRIORITIES[severity]),
    condition("issue_priority_deescalating"),
  ];
}

/** What Sentry may only count where the event comes from this environment. */
export function inEnvironment(environment: string): { query: string; filter: SentryCondition } {
  return {
    query: `environment:${environment}`,
    filter: condition("tagged_event", { key: "environment", match: "eq", value: environment }),
  };
}
