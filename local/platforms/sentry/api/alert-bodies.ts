/** What Sentry takes of an alert, with the refusals of its own validators. Unknown fields are passed over, as there. */
import { z } from "zod";
import { name, REQUIRED } from "./bodies.ts";

/** The server's own texts; its documentation writes some of them out (`5min`), which the server refuses. */
const interval = z.enum(["1m", "5m", "15m", "1h", "1d", "1w", "30d"]);
const match = z.enum(["co", "nc", "eq", "ne", "sw", "ew", "is", "ns"]);
const count = z.int().min(0);

const frequency = z.strictObject({ interval, value: count, filters: z.array(z.unknown()).optional() });
const increase = z.strictObject({
  ...{ interval, value: count, comparisonInterval: interval },
  filters: z.array(z.unknown()).optional(),
});

/** What each type of condition compares with. */
const COMPARISONS: Readonly<Record<string, z.ZodType>> = {
  every_event: z.boolean(),
  first_seen_event: z.boolean(),
  regression_event: z.boolean(),
  reappeared_event: z.boolean(),
  new_high_priority_issue: z.boolean(),
  existing_high_priority_issue: z.boolean(),
  issue_resolved_trigger: z.boolean(),
  event_frequency_count: frequency,
  event_unique_user_frequency_count: frequency,
  event_frequency_percent: increase,
  event_unique_user_frequency_percent: increase,
  level: z.strictObject({ level: z.int(), match: z.enum(["eq", "gte", "lte"]) }),
  tagged_event: z.strictObject({ key: z.string(), match, value: z.string().optional() }),
  issue_category: z.strictObject({ value: z.int(), include: z.boolean().optional() }),
  issue_occurrences: z.strictObject({ value: count }),
  issue_priority_greater_or_equal: z.int(),
  issue_priority_deescalating: z.union([z.boolean(), z.int()]),
};

const condition = z
  .object({
    type: z.string(REQUIRED),
    comparison: z.unknown(),
    conditionResult: z.boolean(REQUIRED),
  })
  .superRefine(({ type, comparison }, context) => {
    const schema = COMPARISONS[type];
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (!schema) return refuse("type", `Invalid condition type: ${type}`);
    if (!schema.safeParse(comparison).success)
      refuse("comparison", `Value, ${JSON.stringify(comparison)} does not match JSON Schema for comparison`);
  });

const group = z.object({
  logicType: z.enum(["any", "any-short", "all", "none"], REQUIRED),
  conditions: z.array(condition).default([]),
});

/** Types that go through an integration, and the settings that each takes beyond the target. */
const INTEGRATED = ["slack", "pagerduty"];
const DATA: Readonly<Record<string, z.ZodType>> = {
  email: z.strictObject({ fallthroughType: z.enum(["ActiveMembers", "AllMembers", "NoOne"]).optional() }),
  slack: z.strictObject({ tags: z.string().optional(), notes: z.string().optional() }),
  pagerduty: z.strictObject({
    priority: z.enum(["default", "critical", "warning", "error", "info"]).optional(),
  }),
};
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  email: ["user", "team", "issue_owners"],
  slack: ["specific"],
  pagerduty: ["specific"],
};

const action = z
  .object({
    type: z.enum(["email", "slack", "pagerduty"], {
      error: ({ input }) => `"${String(input)}" is not a valid choice.`,
    }),
    integrationId: z.union([z.string().regex(/^\d+$/, "A valid integer is required."), z.int()]).nullish(),
    config: z.strictObject(
      {
        targetType: z.string(REQUIRED),
        targetIdentifier: z.string().nullish(),
        targetDisplay: z.string().nullish(),
      },
      REQUIRED,
    ),
    data: z.record(z.string(), z.unknown(), REQUIRED),
  })
  .superRefine(({ type, integrationId, config, data }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    const integrated = INTEGRATED.includes(type);
    if (integrated && integrationId == null)
      refuse("integrationId", `Integration ID is required for action type ${type}`);
    if (!integrated && integrationId != null)
      refuse("integrationId", `Integration ID is not allowed for action type ${type}`);
    if (!TARGETS[type]?.includes(config.targetType))
      refuse("config", `'${config.targetType}' is not one of ${TARGETS[type]?.join(", ")}`);
    if (type === "slack" && !config.targetDisplay)
      refuse("config", "'target_display' is a required property");
    if (type === "pagerduty" && !config.targetIdentifier)
      refuse("config", "'target_identifier' is a required property");
    if (!DATA[type]?.safeParse(data).success) refuse("data", "Additional properties are not allowed");
  });

const actionFilter = group.extend({ actions: z.array(action, "Missing actions key in action filter") });

/** Minutes after which an alert may tell of the same issue again. */
const FREQUENCIES = [0, 5, 10, 30, 60, 180, 720, 1440] as const;

export const workflow = z.object({
  name: name.max(256),
  enabled: z.boolean().optional(),
  environment: z.string().nullish(),
  owner: z.string().nullish(),
  config: z.strictObject({ frequency: z.literal(FREQUENCIES).optional() }).optional(),
  detectorIds: z.array(z.coerce.number().int()).optional(),
  triggers: group.optional(),
  actionFilters: z.array(actionFilter).optional(),
});

export type WorkflowBody = z.output<typeof workflow>;
export type ActionBody = z.output<typeof action>;
