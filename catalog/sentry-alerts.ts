/**
 * What Sentry rings on: the guide's alerts as far as Sentry can measure them, and what the issues themselves tell.
 * Prometheus counts every request and pages for the same faults; Sentry sees a sample, and the stack trace of each.
 * docs/alerts.md says which platform answers for which of the guide's alerts.
 */
import type { Severity } from "./severity.ts";

type SentrySeverity = Extract<Severity, "critical" | "warning">;

/** A threshold on a number that Sentry counts over a sliding window. */
export interface SentryMetricAlert {
  /** Part of the resource's name. */
  readonly key: string;
  /** As people read it in Sentry and in messages. */
  readonly name: string;
  readonly severity: SentrySeverity;
  readonly dataset: "events" | "transactions";
  readonly aggregate: string;
  readonly query: string;
  /** Sentry's length of the window; it has no separate "for". */
  readonly windowMinutes: 5 | 10 | 15;
  /** In the aggregate's own unit: a share for `failure_rate()`, milliseconds for durations. */
  readonly above: number;
}

/** A condition or a filter: `id` names Sentry's rule. All values are texts, as the provider wants them. */
export type SentryRule = Readonly<Record<string, string>> & { readonly id: string };

/** A rule on single issues: what happens to one, and which ones count. */
export interface SentryIssueAlert {
  readonly key: string;
  /** At most 64 characters: the provider refuses more. */
  readonly name: string;
  readonly severity: SentrySeverity;
  readonly conditions: readonly SentryRule[];
  readonly filters: readonly SentryRule[];
  /** The same issue notifies again after this time at the earliest. */
  readonly frequencyMinutes: number;
}

/** The tag that AgentPay's LLM client puts on what it reports: `scope.set_tag("component", "llm")`. */
export const LLM_TAG = { key: "component", value: "llm" } as const;

/** Without WebSockets and jobs, whose length says nothing about how fast the API answers. */
const API_REQUESTS = "event.type:transaction transaction.op:http.server";

export const sentryMetricAlerts: readonly SentryMetricAlert[] = [
  {
    key: "error-rate-critical",
    name: "Critical: more than 5% of API requests fail",
    severity: "critical",
    dataset: "transactions",
    aggregate: "failure_rate()",
    query: API_REQUESTS,
    windowMinutes: 5,
    above: 0.05,
  },
  {
    key: "error-rate-warning",
    name: "Warning: more than 1% of API requests fail",
    severity: "warning",
    dataset: "transactions",
    aggregate: "failure_rate()",
    query: API_REQUESTS,
    windowMinutes: 15,
    above: 0.01,
  },
  {
    key: "latency",
    name: "Critical: API answers slowly (p95 above 2 s)",
    severity: "critical",
    dataset: "transactions",
    aggregate: "p95(transaction.duration)",
    query: API_REQUESTS,
    windowMinutes: 10,
    above: 2000,
  },
];

const condition = (name: string, settings: Readonly<Record<string, string>> = {}): SentryRule => ({
  ...settings,
  id: `sentry.rules.conditions.${name}`,
});
const filter = (name: string, settings: Readonly<Record<string, string>>): SentryRule => ({
  ...settings,
  id: `sentry.rules.filters.${name}`,
});
const moreThan = (value: number, interval: string) =>
  condition("event_frequency.EventFrequencyCondition", {
    comparisonType: "count",
    value: String(value),
    interval,
  });

/** Sentry's numbers of levels. */
const ERRORS = filter("level.LevelFilter", { match: "gte", level: "40" });

export const sentryIssueAlerts: readonly SentryIssueAlert[] = [
  {
    key: "llm-failures",
    name: "Critical: an LLM failure repeats (10 in 5 minutes)",
    severity: "critical",
    conditions: [moreThan(10, "5m")],
    filters: [filter("tagged_event.TaggedEventFilter", { ...LLM_TAG, match: "eq" })],
    frequencyMinutes: 30,
  },
  {
    key: "spike",
    name: "Critical: an error spikes",
    severity: "critical",
    // The count keeps the comparison from ringing on a handful of events.
    conditions: [
      moreThan(100, "5m"),
      condition("event_frequency.EventFrequencyCondition", {
        comparisonType: "percent",
        value: "300",
        interval: "5m",
        comparisonInterval: "1d",
      }),
    ],
    filters: [ERRORS],
    frequencyMinutes: 60,
  },
  {
    key: "new-issue",
    name: "Warning: a new error",
    severity: "warning",
    conditions: [condition("first_seen_event.FirstSeenEventCondition")],
    filters: [ERRORS],
    frequencyMinutes: 30,
  },
  {
    key: "regression",
    name: "Warning: a resolved error is back",
    severity: "warning",
    conditions: [condition("regression_event.RegressionEventCondition")],
    filters: [ERRORS],
    frequencyMinutes: 30,
  },
  {
    key: "slow-queries",
    name: "Warning: slow or repeated database queries",
    severity: "warning",
    conditions: [condition("first_seen_event.FirstSeenEventCondition")],
    // 2 is "performance": what Sentry's detectors find in the spans of a trace.
    filters: [filter("issue_category.IssueCategoryFilter", { value: "2" })],
    frequencyMinutes: 1440,
  },
];

/** What Sentry may only count where the event comes from this environment. */
export function inEnvironment(environment: string): { query: string; filter: SentryRule } {
  return {
    query: `environment:${environment}`,
    filter: filter("tagged_event.TaggedEventFilter", { key: "environment", match: "eq", value: environment }),
  };
}
