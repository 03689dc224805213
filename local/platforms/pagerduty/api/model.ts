/** What the simulated PagerDuty holds, in the field names of PagerDuty's REST API. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { JsonStore } from "../../shared/json-store.ts";

/** What every object of the API has. `self` and `html_url` are added to answers, as they hold the address. */
export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly summary: string;
}

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

export const timeZone = z.string().refine((zone) => {
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

type Stored<Kind extends keyof typeof bodies> = Entity & z.infer<(typeof bodies)[Kind]>;

export type User = Stored<"user">;
export type Team = Stored<"team">;
export type Schedule = Stored<"schedule">;
export type EscalationPolicy = Stored<"escalation_policy">;
export type Service = Stored<"service"> & {
  readonly created_at: string;
  readonly last_incident_timestamp: string | null;
};
export type BusinessService = Stored<"business_service">;

export interface Integration extends Entity {
  readonly service: Reference;
  readonly vendor: Reference | null;
  readonly integration_key: string;
  readonly created_at: string;
}

export interface Vendor extends Entity {
  readonly generic_service_type: string;
}

export interface ServiceDependency {
  readonly id: string;
  readonly type: "service_dependency";
  readonly supporting_service: Reference;
  readonly dependent_service: Reference;
}

export type IncidentStatus = "triggered" | "acknowledged" | "resolved";

export interface Incident {
  readonly id: string;
  readonly type: "incident";
  readonly incident_number: number;
  readonly incident_key: string;
  readonly created_at: string;
  readonly service: Reference & { readonly summary: string };
  readonly escalation_policy: Reference & { readonly summary: string };
  readonly urgency: "high" | "low";
  readonly assignments: readonly {
    readonly at: string;
    readonly assignee: Reference & { readonly summary: string };
  }[];
  /** How many trigger events it has had. */
  alerts: number;
  title: string;
  status: IncidentStatus;
  updated_at: string;
  resolved_at: string | null;
  /** The newest event's payload, links and sender. */
  body: { readonly type: "incident_body"; readonly details: unknown };
}

/** An event that the Events API took, for drills to look at. It never holds the routing key. */
export interface ReceivedEvent {
  readonly received_at: string;
  readonly event_action: string;
  readonly dedup_key: string;
  readonly service: { readonly id: string; readonly name: string };
  readonly integration: { readonly id: string; readonly name: string };
  /** Null where there was nothing to acknowledge or resolve. */
  readonly incident: { readonly id: string; readonly status: IncidentStatus } | null;
  readonly payload: unknown;
}

type Table<T> = Record<string, T>;

export interface State {
  readonly users: Table<User>;
  readonly teams: Table<Team>;
  readonly schedules: Table<Schedule>;
  readonly escalation_policies: Table<EscalationPolicy>;
  readonly services: Table<Service>;
  readonly business_services: Table<BusinessService>;
  readonly integrations: Table<Integration>;
  readonly vendors: Table<Vendor>;
  readonly service_dependencies: Table<ServiceDependency>;
  readonly incidents: Table<Incident>;
  readonly events: ReceivedEvent[];
}

export type Store = JsonStore<State>;

const SEEDED_USERS = [
  { id: "PENGNRA", name: "Engineer A", email: "ana@agentpay.example" },
  { id: "PENGNRB", name: "Engineer B", email: "ben@agentpay.example" },
  { id: "PMANAGR", name: "Engineering Manager", email: "maya@agentpay.example" },
];

const SEEDED_VENDORS = [
  {
    id: "PZQ6AUS",
    name: "Amazon CloudWatch",
    generic_service_type: "event_transformer_api_inbound_integration",
  },
  { id: "PAM4FGS", name: "Datadog", generic_service_type: "event_transformer_api_inbound_integration" },
  { id: "PSENTRY", name: "Sentry", generic_service_type: "events_api_v2_inbound_integration" },
];

/** A new account: the people on call and the vendors' catalogue, as an account has them before any program runs. */
export function initialState(): State {
  return {
    users: byId(
      SEEDED_USERS.map((user) => ({
        ...user,
        type: "user",
        summary: user.name,
        time_zone: "Etc/UTC",
        role: "user",
      })),
    ),
    vendors: byId(SEEDED_VENDORS.map((vendor) => ({ ...vendor, type: "vendor", summary: vendor.name }))),
    teams: {},
    schedules: {},
    escalation_policies: {},
    services: {},
    business_services: {},
    integrations: {},
    service_dependencies: {},
    incidents: {},
    events: [],
  };
}

function byId<T extends { id: string }>(items: readonly T[]): Table<T> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** An id such as `P7B4QXL`. */
export function newId(): string {
  return `P${Array.from(randomBytes(8), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("")}`;
}

/** Whom a reference names, or undefined. */
export function lookUp(state: State, { id, type }: Reference): Entity | undefined {
  const tables: Readonly<Record<string, Table<Entity>>> = {
    user_reference: state.users,
    team_reference: state.teams,
    schedule_reference: state.schedules,
    escalation_policy_reference: state.escalation_policies,
    vendor_reference: state.vendors,
    service_reference: state.services,
    business_service_reference: state.business_services,
  };
  return tables[type]?.[id];
}
