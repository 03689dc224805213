/** A review of a week in which all that can be told is told. */

import { type Findings, mendOf } from "../../../operations/weekly/mend.ts";
import { type Review, reviewSchema } from "../../../operations/weekly/model.ts";

/** Hours of the week at which each incident was opened. */
const OPENED: Readonly<Record<number, number>> = {
  ...{
    123: 27.2,
    124: 28.5,
    125: 27.21,
    126: 49.9,
    127: 75.1,
    128: 97.6,
    129: 110.4,
    130: 130.2,
    131: 147.3,
  },
};
const link = (number: number) => ({
  number,
  url: `https://agentpay.pagerduty.example/incidents/P${number}`,
  opened: new Date(Date.parse("2026-11-22T23:00:00Z") + (OPENED[number] ?? 0) * 3_600_000).toISOString(),
});
const grafana = (uid: string) =>
  `https://grafana.agentpay.example/d/${uid}?from=1763938800000&to=1764543600000`;
const figure = (
  name: string,
  unit: "number" | "share" | "usd" | "cents" | "seconds",
  value: number,
  before: number,
) => ({
  ...{ name, unit, value, before, url: grafana("agentpay-executive") },
});

export const findings: Findings = {
  stack: "production",
  week: {
    ...{ first: "2026-11-23", last: "2026-11-29", timeZone: "Europe/Berlin" },
    ...{ from: "2026-11-22T23:00:00.000Z", to: "2026-11-29T23:00:00.000Z" },
  },
  pages: {
    ...{
      count: 9,
      before: 4,
      asleep: 5,
      endedByThemselves: 4,
      escalated: 1,
      neverAcknowledged: 4,
      quiet: 1,
      tests: 1,
    },
    acknowledge: { median: 240, longest: 1260 },
    resolve: { median: 420, longest: 5400 },
    open: [link(131)],
    byAlert: [
      {
        ...{ alert: "SlowAPIResponses", url: grafana("agentpay-slo"), pages: 5, before: 2, asleep: 3 },
        ...{ endedByThemselves: 4, incidents: [123, 124, 126, 127, 129].map(link) },
      },
      {
        ...{ alert: "LLMProviderOutage", url: grafana("agentpay-llm"), pages: 3, before: 2, asleep: 2 },
        ...{ endedByThemselves: 0, incidents: [125, 128, 131].map(link) },
      },
      {
        ...{ alert: 'ALARM: "agentpay-production-billing-100-percent" in US East (N. Virginia)', pages: 1 },
        ...{ before: 0, asleep: 0, endedByThemselves: 0, incidents: [link(130)] },
      },
    ],
    byPerson: [
      { name: "Ana Ferreira", pages: 6, asleep: 4, acknowledged: 3, wait: { median: 180, longest: 360 } },
      { name: "Ben Okafor", pages: 4, asleep: 1, acknowledged: 2, wait: { median: 300, longest: 1260 } },
    ],
  },
  firings: {
    unseenHours: 0,
    alerts: [
      {
        alert: "ElevatedErrorRate",
        severity: "warning",
        url: grafana("agentpay-on-call"),
        fired: 12,
        short: 9,
        minutes: 71,
      },
      {
        alert: "SlowAPIResponses",
        severity: "critical",
        url: grafana("agentpay-slo"),
        fired: 5,
        short: 4,
        minutes: 39,
      },
    ],
  },
  untried: {
    days: 90,
    drills: { at: "2026-11-12T09:00:00.000Z", alerts: 118 },
    alerts: ["ConversationsDropped", "LLMCostAnomaly"],
  },
  budgets: {
    objectives: [
      {
        ...{
          objective: "llm-availability",
          promise: "LLM calls are answered, retries and fallback included",
        },
        ...{
          url: "https://grafana.agentpay.example/d/agentpay-slo?var-slo=llm-availability",
          target: 0.99,
          spent: 0.61,
          left: 0.22,
          bad: 2210,
          runsOut: "2026-12-02",
        },
      },
      {
        ...{ objective: "api-availability", promise: "API requests are answered without a server error" },
        ...{ target: 0.999, spent: 0.03, left: 0.88, bad: 410 },
      },
    ],
    unknown: ["checkout-success"],
  },
  figures: [
    figure("Conversations", "number", 12480, 11930),
    figure("Conversion rate", "share", 0.0412, 0.0437),
    figure("Revenue", "usd", 48210.5, 46900),
    figure("Average response time", "seconds", 0.412, 0.388),
    figure("Uptime", "share", 0.99982, 1),
    figure("Cost per conversation", "cents", 0.0214, 0.0209),
  ],
  remarks: [],
  costs: {
    ...{ llm: 212.4, infrastructure: 54.67, total: 267.07, before: 249.3, complete: true },
    ...{ projected: 1130, budget: 1000, remarks: [] },
  },
  drift: {
    stillOpen: [
      {
        title: "production has drifted: 2 of 214 resources",
        url: "https://github.com/agentpay/agentpay-monitoring/issues/41",
        opened: "2026-11-26T05:19:00Z",
      },
    ],
    closed: [],
  },
  certificates: {
    endpoints: [
      {
        endpoint: "api",
        instance: "https://api.agentpay.example",
        ends: "2026-12-31T08:00:00.000Z",
        days: 31,
      },
      {
        endpoint: "widget",
        instance: "https://cdn.agentpay.example",
        ends: "2027-02-11T08:00:00.000Z",
        days: 73,
      },
    ],
  },
  sentry: {
    count: 4,
    issues: [
      {
        title: "KeyError: 'usage'",
        url: "https://agentpay.sentry.example/issues/7001",
        ...{ level: "error", events: 1840, firstSeen: "2026-11-24T01:58:00.000Z" },
        pagedAfter: { incident: link(125), minutes: 14 },
      },
      {
        title: "TimeoutError: Redis did not answer",
        url: "https://agentpay.sentry.example/issues/7002",
        ...{ level: "error", events: 12, firstSeen: "2026-11-25T10:02:00.000Z" },
      },
    ],
  },
};

export const full: Review = reviewSchema.parse({ ...findings, mend: mendOf(findings) });

const nobody = (reason: string) => ({ missing: reason });
/** A week of which nobody could be asked. */
export const blind: Findings = {
  ...findings,
  pages: nobody("api.pagerduty.com answered 401: the key was revoked"),
  firings: nobody("http://prometheus:9090 gave no answer"),
  untried: nobody("http://prometheus:9090 gave no answer"),
  budgets: nobody("http://prometheus:9090 gave no answer"),
  costs: nobody("AWS Cost Explorer: AccessDenied"),
  drift: nobody("Set in the environment: GITHUB_TOKEN"),
  certificates: nobody("http://prometheus:9090 gave no answer"),
  sentry: nobody("sentry.io answered 403"),
  figures: findings.figures.map(({ name, unit }) => ({ name, unit })),
  remarks: ["Revenue, response time and uptime are not known: http://prometheus:9090 gave no answer"],
};
