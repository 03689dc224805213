/** What Sentry's API takes in a request's body. */
import { z } from "zod";

const REQUIRED = "This field is required.";
const name = z.string(REQUIRED).trim().min(1, "This field may not be blank.");
const slug = z
  .string()
  .max(50, "Ensure this field has no more than 50 characters.")
  .regex(
    /^(?![0-9]+$)[a-z0-9_-]+$/,
    "Enter a valid slug: lowercase letters, numbers, underscores or hyphens.",
  );

export const team = z.object({ name: name.max(64), slug: slug.optional() });

export const project = z.object({
  name: name.max(200),
  slug: slug.optional(),
  platform: z.string().nullish(),
  resolveAge: z.int().min(0).optional(),
  digestsMinDelay: z.int().min(60).max(3600).optional(),
  digestsMaxDelay: z.int().min(60).max(3600).optional(),
});

export const key = z.object({
  name: name.max(64).optional(),
  rateLimit: z.object({ count: z.int().min(0), window: z.int().min(0).max(86_400) }).nullish(),
});

export const filter = z.object({ active: z.boolean(REQUIRED) });

export const ownership = z.object({
  raw: z.string().max(100_000).optional(),
  fallthrough: z.boolean().optional(),
  autoAssignment: z
    .enum(["Auto Assign to Issue Owner", "Auto Assign to Suspect Commits", "Turn off Auto-Assignment"])
    .optional(),
});

/** Every known kind of node, under the prefix that its ids have. */
const NODES = {
  conditions: {
    prefix: "sentry.rules.conditions.",
    ids: [
      "every_event.EveryEventCondition",
      "first_seen_event.FirstSeenEventCondition",
      "regression_event.RegressionEventCondition",
      "reappeared_event.ReappearedEventCondition",
      "event_frequency.EventFrequencyCondition",
      "event_frequency.EventUniqueUserFrequencyCondition",
      "event_frequency.EventFrequencyPercentCondition",
      "high_priority_issue.NewHighPriorityIssueCondition",
      "high_priority_issue.ExistingHighPriorityIssueCondition",
    ],
  },
  filters: {
    prefix: "sentry.rules.filters.",
    ids: [
      "age_comparison.AgeComparisonFilter",
      "issue_occurrences.IssueOccurrencesFilter",
      "assigned_to.AssignedToFilter",
      "latest_release.LatestReleaseFilter",
      "latest_adopted_release_filter.LatestAdoptedReleaseFilter",
      "issue_category.IssueCategoryFilter",
      "event_attribute.EventAttributeFilter",
      "tagged_event.TaggedEventFilter",
      "level.LevelFilter",
    ],
  },
  actions: {
    prefix: "sentry.",
    ids: [
      "mail.actions.NotifyEmailAction",
      "rules.actions.notify_event.NotifyEventAction",
      "rules.actions.notify_event_service.NotifyEventServiceAction",
      "integrations.slack.notify_action.SlackNotifyServiceAction",
      "integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction",
      "integrations.opsgenie.notify_action.OpsgenieNotifyTeamAction",
      "integrations.msteams.notify_action.MsTeamsNotifyServiceAction",
    ],
  },
} as const;

/** The settings without which a node can't work, by the last part of its id. */
const REQUIRED_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  EventFrequencyCondition: ["value", "interval"],
  EventUniqueUserFrequencyCondition: ["value", "interval"],
  EventFrequencyPercentCondition: ["value", "interval"],
  AgeComparisonFilter: ["comparison_type", "value", "time"],
  IssueOccurrencesFilter: ["value"],
  IssueCategoryFilter: ["value"],
  TaggedEventFilter: ["key", "match"],
  LevelFilter: ["match", "level"],
  NotifyEmailAction: ["targetType"],
  SlackNotifyServiceAction: ["workspace", "channel"],
  PagerDutyNotifyServiceAction: ["account", "service"],
};

const INTERVALS = ["1m", "5m", "15m", "1h", "1d", "1w", "30d"];

/** Refuses a value that Sentry's form of that setting refuses. */
const SETTINGS: Readonly<Record<string, (value: string) => boolean>> = {
  interval: (value) => INTERVALS.includes(value),
  comparisonType: (value) => ["count", "percent"].includes(value),
  comparison_type: (value) => ["older", "newer"].includes(value),
  level: (value) => ["0", "10", "20", "30", "40", "50"].includes(value),
  targetType: (value) => ["IssueOwners", "Team", "Member"].includes(value),
};

function nodes(kind: keyof typeof NODES) {
  const { prefix, ids } = NODES[kind];
  return z.array(
    z
      .looseObject({ id: z.string("Missing attribute 'id'") })
      .refine(({ id }) => ids.some((known) => id === `${prefix}${known}`), {
        path: ["id"],
        error: ({ input }) => `Invalid node. Could not find '${(input as { id: string }).id}'`,
      })
      .superRefine((node, context) => {
        for (const setting of REQUIRED_SETTINGS[node.id.split(".").at(-1) ?? ""] ?? []) {
          if (!node[setting]) context.addIssue({ code: "custom", path: [setting], message: REQUIRED });
        }
        for (const [setting, value] of Object.entries(node)) {
          const message = `Select a valid choice. ${String(value)} is not one of the available choices.`;
          if (SETTINGS[setting]?.(String(value)) === false) {
            context.addIssue({ code: "custom", path: [setting], message });
          }
        }
      }),
  );
}

export const issueAlert = z.object({
  name: name.max(256),
  actionMatch: z.enum(["all", "any"]),
  filterMatch: z.enum(["all", "any", "none"]).default("all"),
  frequency: z.int().min(5).max(43_200),
  environment: z.string().nullish(),
  conditions: nodes("conditions"),
  filters: nodes("filters").default([]),
  actions: nodes("actions").min(1, "You must add an action for this alert to fire."),
});

const TIME_WINDOWS = [1, 5, 10, 15, 30, 60, 120, 240, 1440];
const thresholdType = z.union([z.literal(0), z.literal(1)], "must be 0 (above) or 1 (below)");

const action = z.object({
  id: z.string().optional(),
  type: z.enum(["email", "slack", "pagerduty", "msteams", "opsgenie", "sentry_app"]),
  targetType: z.enum(["user", "team", "specific", "sentry_app"]),
  targetIdentifier: z.string().nullish(),
  integrationId: z.int().nullish(),
});

const trigger = z.object({
  id: z.string().optional(),
  label: z.enum(["critical", "warning"]),
  thresholdType,
  alertThreshold: z.number(),
  resolveThreshold: z.number().nullish(),
  actions: z.array(action).default([]),
});

export const metricAlert = z
  .object({
    name: name.max(256),
    dataset: z
      .enum(["events", "transactions", "generic_metrics", "metrics", "sessions", "events_analytics_platform"])
      .default("events"),
    eventTypes: z.array(z.enum(["default", "error", "transaction"])).optional(),
    query: z.string(REQUIRED),
    aggregate: z
      .string(REQUIRED)
      .regex(/^[a-z_0-9]+\(.*\)( AS \w+)?$/, "Invalid Metric: Please pass a valid function for aggregation"),
    timeWindow: z
      .number()
      .refine(
        (minutes) => TIME_WINDOWS.includes(minutes),
        `Invalid Time Window: one of ${TIME_WINDOWS.join(", ")} minutes`,
      ),
    thresholdType,
    resolveThreshold: z.number().nullish(),
    environment: z.string().nullish(),
    owner: z.string().nullish(),
    projects: z.array(z.string()).optional(),
    triggers: z
      .array(trigger)
      .min(1, "Must include at least one trigger")
      .max(2, "Must send 1 or 2 triggers - A critical trigger, and an optional warning trigger"),
  })
  .superRefine(({ triggers, thresholdType: type, resolveThreshold }, context) => {
    const [critical, warning] = triggers;
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path: ["triggers", ...path], message });
    if (critical?.label !== "critical") refuse([0, "label"], 'Trigger 1 must be labeled "critical"');
    if (warning && warning.label !== "warning") refuse([1, "label"], 'Trigger 2 must be labeled "warning"');
    // "Above" with 100 resolves at 100 or less; "below" the other way round.
    const beyond = (a: number, b: number) => (type === 0 ? a > b : a < b);
    if (critical && warning && beyond(warning.alertThreshold, critical.alertThreshold)) {
      refuse([1, "alertThreshold"], "Warning must be reached before critical");
    }
    for (const [index, { alertThreshold }] of triggers.entries()) {
      if (typeof resolveThreshold === "number" && beyond(resolveThreshold, alertThreshold)) {
        refuse([index, "alertThreshold"], "must not lie on the resolved side of resolveThreshold");
      }
    }
  });
