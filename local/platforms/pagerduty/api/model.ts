/** What the simulated PagerDuty holds, in the field names of PagerDuty's REST API. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { JsonStore } from "../../shared/json-store.ts";
import type { bodies, Reference } from "./bodies.ts";

/** What every object of the API has. `self` and `html_url` are added to answers, as they hold the address. */
export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly summary: string;
}

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
  /** Those who are on it. */
  acknowledgements?: readonly {
    readonly at: string;
    readonly acknowledger: Reference & { readonly summary: string };
  }[];
  /** The newest event's payload, links and sender. */
  body: { readonly type: "incident_body"; readonly details: unknown };
}

/** Something that happened to an incident. */
export interface LogEntry {
  readonly id: string;
  readonly type: `${"trigger" | "assign" | "notify" | "acknowledge" | "resolve"}_log_entry`;
  readonly created_at: string;
  readonly incident: Reference;
  /** Who did it: a person, or the service that the event came to. */
  readonly agent: Reference & { readonly summary: string };
  /** Whom a notification went to. */
  readonly user?: Reference & { readonly summary: string };
  readonly channel: {
    readonly type: "api" | "auto" | "website";
    readonly notification?: { readonly type: string; readonly status: "success" };
  };
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
  readonly log_entries: LogEntry[];
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
    log_entries: [],
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
