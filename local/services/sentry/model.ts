/** What the simulated Sentry holds, in the field names of Sentry's API. */
import { randomBytes } from "node:crypto";
import type { JsonStore } from "../json-store.ts";

export interface Team {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly dateCreated: string;
}

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly platform: string | null;
  readonly dateCreated: string;
  /** Hours; 0 is never. */
  readonly resolveAge: number;
  readonly digestsMinDelay: number;
  readonly digestsMaxDelay: number;
  /** Slugs. */
  readonly teams: readonly string[];
}

export interface Key {
  /** Also the public key. */
  readonly id: string;
  readonly secret: string;
  /** Slug. */
  readonly project: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly rateLimit: { readonly count: number; readonly window: number } | null;
  readonly dateCreated: string;
}

/** One condition, filter or action of an issue alert: `id` names the rule, the rest are its settings. */
export type RuleNode = Readonly<Record<string, unknown>> & { readonly id: string };

export interface IssueAlert {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly actionMatch: "all" | "any";
  readonly filterMatch: "all" | "any" | "none";
  readonly frequency: number;
  readonly environment: string | null;
  readonly conditions: readonly RuleNode[];
  readonly filters: readonly RuleNode[];
  readonly actions: readonly RuleNode[];
  readonly dateCreated: string;
}

export interface TriggerAction {
  readonly id: string;
  readonly type: string;
  readonly targetType: string;
  readonly targetIdentifier: string | null;
  readonly integrationId: number | null;
}

export interface Trigger {
  readonly id: string;
  readonly label: "critical" | "warning";
  readonly thresholdType: number;
  readonly alertThreshold: number;
  readonly resolveThreshold: number | null;
  readonly actions: readonly TriggerAction[];
}

export interface MetricAlert {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly dataset: string;
  readonly eventTypes: readonly string[];
  readonly query: string;
  readonly aggregate: string;
  /** Minutes. */
  readonly timeWindow: number;
  readonly thresholdType: number;
  readonly resolveThreshold: number | null;
  readonly environment: string | null;
  readonly owner: string | null;
  readonly triggers: readonly Trigger[];
  readonly dateCreated: string;
}

/** The inbound filters that are on or off as a whole. */
export const TOGGLES = ["browser-extensions", "filtered-transaction", "localhost", "web-crawlers"] as const;

export interface ProjectSettings {
  /** Number of the project. */
  readonly id: string;
  readonly project: string;
  readonly filters: Readonly<Partial<Record<(typeof TOGGLES)[number], boolean>>>;
  readonly ownership: {
    /** A rule a line; null where nobody wrote one. */
    readonly raw: string | null;
    readonly fallthrough: boolean;
    readonly autoAssignment: string;
    readonly isActive: boolean;
    readonly lastUpdated?: string;
  };
}

/** One item of an envelope, or one stored event. */
export interface ReceivedEvent {
  readonly receivedAt: string;
  /** Slug. */
  readonly project: string;
  readonly eventId: string;
  /** `event`, `transaction`, `session`, ... */
  readonly type: string;
  readonly level: string | null;
  readonly title: string;
  readonly environment: string | null;
  readonly payload: unknown;
}

export interface Integration {
  readonly id: string;
  readonly name: string;
  readonly provider: { readonly key: string; readonly slug: string; readonly name: string };
}

export interface State {
  /** The last number given as an id. */
  lastId: number;
  readonly teams: Record<string, Team>;
  readonly projects: Record<string, Project>;
  readonly keys: Record<string, Key>;
  readonly issueAlerts: Record<string, IssueAlert>;
  readonly metricAlerts: Record<string, MetricAlert>;
  readonly projectSettings: Record<string, ProjectSettings>;
  readonly events: ReceivedEvent[];
}

export type Store = JsonStore<State>;

/** The one organization, as it is before any program runs. */
export const ORGANIZATION = { id: "1", slug: "agentpay", name: "AgentPay" } as const;

export const INTEGRATIONS: readonly Integration[] = [
  { id: "101", name: "AgentPay", provider: { key: "slack", slug: "slack", name: "Slack" } },
  { id: "102", name: "AgentPay", provider: { key: "pagerduty", slug: "pagerduty", name: "PagerDuty" } },
];

export function initialState(): State {
  return {
    ...{ lastId: 1000, teams: {}, projects: {}, keys: {} },
    ...{ issueAlerts: {}, metricAlerts: {}, projectSettings: {}, events: [] },
  };
}

export function nextId(state: State): string {
  state.lastId += 1;
  return String(state.lastId);
}

export function newKey(project: string, name: string, rateLimit: Key["rateLimit"] = null): Key {
  return {
    id: randomBytes(16).toString("hex"),
    secret: randomBytes(16).toString("hex"),
    project,
    name,
    isActive: true,
    rateLimit,
    dateCreated: new Date().toISOString(),
  };
}
