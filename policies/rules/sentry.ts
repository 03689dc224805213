/** Sentry: an alert has somebody who is told. */
import type { SentryIssueAlertArgs } from "@pulumiverse/sentry/sentryIssueAlert.js";
import type { SentryMetricAlertArgs } from "@pulumiverse/sentry/sentryMetricAlert.js";
import { each, resourceRule } from "../rule.ts";
import { SENTRY_ISSUE_ALERT, SENTRY_METRIC_ALERT } from "./types.ts";

const metricAlert = resourceRule<SentryMetricAlertArgs>({
  name: "sentry-metricalert-missing-owner-and-action",
  description: "A metric alert has an owner, and each of its triggers tells somebody.",
  severity: "high",
  remediation: "Set owner to the team, and give each trigger its actions (components/sentry-alerts.ts).",
  types: [SENTRY_METRIC_ALERT],
  *requirements({ props }) {
    // The owner's number is known only once the team is made: that one is given is enough.
    yield { path: "owner", must: "must be a team", holds: () => "owner" in props };
    yield { path: "triggers", must: "must not be empty", holds: () => (props.triggers?.length ?? 0) > 0 };
    yield* each("triggers", props.triggers, "must have actions", ({ actions }) => (actions?.length ?? 0) > 0);
  },
});

const issueAlert = resourceRule<SentryIssueAlertArgs>({
  name: "sentry-issuealert-missing-action",
  description: "An issue alert tells somebody, of the events of its own environment only.",
  severity: "high",
  remediation: "Give the alert its actions, and the filter of its environment (components/sentry-alerts.ts).",
  types: [SENTRY_ISSUE_ALERT],
  *requirements({ props }) {
    yield { path: "actions", must: "must not be empty", holds: () => (props.actions?.length ?? 0) > 0 };
    yield {
      ...{ path: "filters", must: "must name the environment, as must environment where it is used instead" },
      holds: () => props.environment !== undefined || (props.filters?.length ?? 0) > 0,
    };
  },
});

export const sentryRules = [metricAlert, issueAlert];
