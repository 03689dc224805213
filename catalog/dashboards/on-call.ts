import { metrics } from "../metrics/index.ts";
import { errorRatio, latencyP95 } from "../recording-rules/api.ts";
import { providerErrorRatio } from "../recording-rules/llm.ts";
import { objectiveRecords } from "../recording-rules/objectives.ts";
import type { Dashboard } from "./dashboard.ts";

/** Alerts that say something is wrong: not the heartbeat. */
const problems = (state: "firing" | "pending", matchers = "") =>
  `${metrics.alerts.name}{alertstate="${state}",severity=~"critical|warning|info"${matchers}}`;
const firing = (severity: string) => `count(${problems("firing", `,severity="${severity}"`)}) or vector(0)`;

/** Where an engineer looks first when the pager rings. */
export const onCall = {
  uid: "agentpay-on-call",
  title: "AgentPay / On-call",
  description: "What is wrong now, since when, and what does its runbook say?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    critical: {
      row: "Now",
      title: "Critical",
      description: "Critical alerts that fire now; good is 0.",
      unit: "none",
      visualization: "stat",
      queries: [{ expression: firing("critical"), legend: "critical" }],
    },
    warning: {
      title: "Warning",
      description: "Warnings that fire now; good is 0.",
      unit: "none",
      visualization: "stat",
      queries: [{ expression: firing("warning"), legend: "warning" }],
    },
    silenced: {
      title: "Silences",
      description: "Silences that hold now; each hides something.",
      unit: "none",
      visualization: "stat",
      queries: [
        { expression: `sum(${metrics.alertmanagerSilences.name}{state="active"})`, legend: "active" },
      ],
    },
    targetsDown: {
      title: "Targets Down",
      description: "Targets that Prometheus can't reach; good is 0.",
      unit: "none",
      visualization: "stat",
      queries: [{ expression: `count(${metrics.up.name} == 0) or vector(0)`, legend: "down" }],
    },
    firingAlerts: {
      title: "Firing",
      description: "Alerts that fire now; the name of each leads to its runbook.",
      nothing: "Nothing fires.",
      unit: "none",
      visualization: "table",
      width: 12,
      queries: [
        {
          expression: `count by (alertname, severity, service, job, instance, endpoint, model, queue) (${problems("firing")})`,
          legend: "{{alertname}}",
        },
      ],
    },
    pendingAlerts: {
      title: "Pending",
      description: "Alerts whose condition holds, but not for long enough yet.",
      nothing: "Nothing is pending.",
      unit: "none",
      visualization: "table",
      width: 12,
      queries: [
        {
          expression: `count by (alertname, severity, service, job, instance, endpoint, model, queue) (${problems("pending")})`,
          legend: "{{alertname}}",
        },
      ],
    },
    history: {
      row: "What users feel",
      title: "Alerts Over Time",
      description: "Alerts that fired, by name: what came first is often the cause.",
      nothing: "Nothing has fired.",
      unit: "none",
      visualization: "timeseries",
      queries: [{ expression: `count by (alertname) (${problems("firing")})`, legend: "{{alertname}}" }],
    },
    errors: {
      title: "Failed Requests",
      description: "Share of requests that end in a server error; good is close to zero.",
      unit: "percentunit",
      visualization: "timeseries",
      thresholdsOf: ["ElevatedErrorRate", "HighErrorRate"],
      queries: [{ expression: errorRatio.record, legend: "{{job}}" }],
    },
    latency: {
      title: "p95 Latency",
      description: "Time within which 95% of requests are answered; good stays below the line.",
      unit: "s",
      visualization: "timeseries",
      thresholdsOf: ["SlowAPIResponses"],
      queries: [{ expression: latencyP95.record, legend: "{{job}}" }],
    },
    llmErrors: {
      title: "Failed LLM Calls",
      description: "Share of LLM calls that fail after retries and fallback, by provider.",
      unit: "percentunit",
      visualization: "timeseries",
      thresholdsOf: ["LLMProviderOutage"],
      queries: [{ expression: providerErrorRatio.record, legend: "{{provider}}" }],
    },
    burnRate: {
      title: "Burn Rate",
      description: "How fast the last hour spent each error budget; at 1 it lasts exactly 30 days.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: objectiveRecords.burnRate, legend: "{{slo}}" }],
    },
    notifications: {
      title: "Notifications Sent",
      description: "Notifications a second by channel, of those used in 24 hours: whether somebody was told.",
      unit: "cps",
      visualization: "timeseries",
      queries: [
        {
          // Alertmanager counts every kind of channel that there is: those that were used today.
          expression:
            `sum by (integration) (rate(${metrics.alertmanagerNotifications.name}[$__rate_interval]))` +
            ` and sum by (integration) (increase(${metrics.alertmanagerNotifications.name}[1d])) > 0`,
          legend: "{{integration}}",
        },
      ],
    },
  },
} as const satisfies Dashboard;
