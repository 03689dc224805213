/** What requests of PagerDuty's REST API may say, as schemas. */
import { z } from "zod";

const name = z.string("can't be blank").trim().min(1, "can't be blank").max(255);
const description = z.string().max(1024).nullish();

/** A reference by id. The API takes `user` as well as `user_reference`, and always answers the second. */
function reference<const Kind extends string>(...kinds: Kind[]) {
  const types = kinds.flatMap((kind) => [kind, `${kind}_reference`]);
  return z.object({ id: z.string(), type: z.enum(types) }).transform(({ id, type }) => ({
    id,
    type: type.endsWith("_reference") ? type : `${type}_reference`,
  }));
}

export type Reference = z.infer<ReturnType<typeof reference>>;

const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "is not an ISO 8601 time")
  .transform((text) => new Date(text).toISOString().replace(".000Z", "Z"));

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "must be of 00:00:00 format");
const urgency = z.enum(["high", "low", "severity_based"]);

const timeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}, "is not a known time zone");

const WEEK = 7 * 24 * 3600;
const DAY = 24 * 3600;

const restriction = z
  .object({
    type: z.enum(["daily_restriction", "weekly_restriction"]),
    start_time_of_day: timeOfDay,
    start_day_of_week: z.int().min(1).max(7).optional(),
    duration_seconds: z.int().min(1).max(WEEK),
  })
  .refine((r) => r.type === "daily_restriction" || r.start_day_of_week !== undefined, {
    path: ["start_day_of_week"],
    error: "is required for a weekly_restriction",
  })
  .refine((r) => r.type === "weekly_restriction" || r.duration_seconds < DAY, {
    path: ["duration_seconds"],
    error: "of a daily_restriction must be shorter than a day",
  });

const layer = z.object({
  id: z.string().optional(),
  name: z.string().nullish(),
  start: instant,
  end: instant.nullish(),
  rotation_virtual_start: instant,
  rotation_turn_length_seconds: z
    .int()
    .min(3600)
    .max(365 * DAY),
  users: z.array(z.object({ user: reference("user") })).min(1, "can't be empty"),
  restrictions: z.array(restriction).default([]),
});

export type Layer = z.infer<typeof layer>;
export type Restriction = z.infer<typeof restriction>;

const fieldNames = z.array(z.string()).min(1);
const urgencyByHours = z.object({ type: z.literal("constant").default("constant"), urgency });

const timeWindow = z.int().min(300).max(86_400);

/** Since June 2024 the API refuses fields that the kind of grouping has no use for, empty ones too. */
const alertGroupingKinds = z.discriminatedUnion("type", [
  z.object({ type: z.null(), config: z.strictObject({}).nullish() }),
  z.object({
    type: z.literal("time"),
    config: z.strictObject({ timeout: z.int().min(0).max(1440) }).nullish(),
  }),
  z.object({
    type: z.literal("intelligent"),
    config: z.strictObject({ time_window: timeWindow.optional(), fields: fieldNames.optional() }).nullish(),
  }),
  z.object({
    type: z.literal("content_based"),
    config: z.strictObject({
      aggregate: z.enum(["all", "any"]),
      fields: fieldNames,
      time_window: timeWindow.optional(),
    }),
  }),
]);
const alertGroupingParameters = z.preprocess(
  (given) => (typeof given === "object" && given !== null ? { type: null, ...given } : given),
  alertGroupingKinds,
);

/** Null as well, which the plugin sends for none. */
const teams = z
  .array(reference("team"))
  .nullish()
  .transform((found) => found ?? []);

export const bodies = {
  user: z.object({
    name,
    email: z.email(),
    time_zone: timeZone.default("Etc/UTC"),
    role: z.string().default("user"),
  }),
  team: z.object({ name, description, parent: reference("team").nullish() }),
  schedule: z.object({
    name,
    description,
    time_zone: timeZone,
    schedule_layers: z.array(layer).min(1, "can't be empty"),
    teams,
  }),
  escalation_policy: z.object({
    name,
    description,
    num_loops: z.int().min(0).max(9).default(0),
    escalation_rules: z
      .array(
        z.object({
          id: z.string().optional(),
          escalation_delay_in_minutes: z.int().min(1),
          targets: z.array(reference("user", "schedule")).min(1, "can't be empty").max(10),
        }),
      )
      .min(1, "can't be empty"),
    teams: teams.refine((found) => found.length <= 1, "has more than one team"),
  }),
  service: z.object({
    name,
    description,
    auto_resolve_timeout: z.int().min(1).nullable().default(14_400),
    acknowledgement_timeout: z.int().min(1).nullable().default(1800),
    alert_creation: z
      .enum(["create_incidents", "create_alerts_and_incidents"])
      .default("create_alerts_and_incidents"),
    alert_grouping: z.enum(["time", "intelligent", "rules"]).nullish(),
    alert_grouping_timeout: z.int().min(0).nullish(),
    alert_grouping_parameters: alertGroupingParameters.nullish(),
    escalation_policy: reference("escalation_policy"),
    incident_urgency_rule: z
      .discriminatedUnion("type", [
        z.object({ type: z.literal("constant"), urgency: urgency.default("high") }),
        z.object({
          type: z.literal("use_support_hours"),
          during_support_hours: urgencyByHours,
          outside_support_hours: urgencyByHours,
        }),
      ])
      .default({ type: "constant", urgency: "high" }),
    support_hours: z
      .object({
        type: z.literal("fixed_time_per_day"),
        time_zone: timeZone,
        start_time: timeOfDay,
        end_time: timeOfDay,
        days_of_week: z.array(z.int().min(1).max(7)).min(1),
      })
      .nullish(),
    scheduled_actions: z
      .array(
        z.object({
          type: z.literal("urgency_change"),
          to_urgency: z.enum(["high", "low"]),
          at: z.object({ type: z.literal("named_time"), name: z.string() }),
        }),
      )
      .default([]),
  }),
  business_service: z.object({
    name,
    description,
    point_of_contact: z.string().nullish(),
    team: z.object({ id: z.string() }).nullish(),
  }),
  integration: z.object({
    name: z.string().nullish(),
    type: z.string().default("service_integration"),
    vendor: reference("vendor").nullish(),
    integration_key: z
      .string()
      .regex(/^[0-9a-z]{32}$/, "must be 32 characters")
      .optional(),
  }),
} as const;
