/** What the simulated Sentry holds, in the field names of Sentry's API. */
import { randomBytes } from "node:crypto";
import type { JsonStore } from "../../shared/json-store.ts";

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

export interface Condition {
  readonly id: string;
  readonly type: string;
  readonly comparison: unknown;
  /** Of a monitor the priority that its issue gets, 0 where it ends; of an alert true. */
  readonly conditionResult: number | boolean;
}

export interface ConditionGroup {
  readonly id: string;
  readonly logicType: "any" | "any-short" | "all" | "none";
  readonly conditions: readonly Condition[];
}

/** What a monitor asks of the events that arrived. */
export interface DataSource {
  readonly dataset: string;
  readonly queryType: number;
  readonly aggregate: string;
  readonly query: string;
  /** Seconds. */
  readonly timeWindow: number;
  readonly environment: string | null;
  readonly eventTypes: readonly string[];
  readonly extrapolationMode: string;
}

/** A monitor. Each project has two from its first day, which nobody makes and nobody removes. */
export interface Detector {
  readonly id: string;
  /** Slug. */
  readonly project: string;
  readonly name: string;
  readonly type: "error" | "issue_stream" | "metric_issue";
  readonly description: string | null;
  /** Such as `team:1`. */
  readonly owner: string | null;
  readonly enabled: boolean;
  readonly dataSource: DataSource | null;
  readonly conditionGroup: ConditionGroup | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dateCreated: string;
  readonly dateUpdated: string;
}

export interface Action {
  readonly id: string;
  readonly type: string;
  readonly integrationId: string | null;
  readonly config: {
    readonly targetType: string;
    readonly targetIdentifier: string | null;
    readonly targetDisplay: string | null;
  };
  readonly data: Readonly<Record<string, unknown>>;
  readonly status: "active";
}

export interface ActionFilter extends ConditionGroup {
  readonly actions: readonly Action[];
}

/** An alert. It belongs to the organization, and to a project by the monitors that it is attached to. */
export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly environment: string | null;
  readonly owner: string | null;
  /** Minutes. */
  readonly config: { readonly frequency?: number };
  readonly detectorIds: readonly string[];
  readonly triggers: ConditionGroup;
  readonly actionFilters: readonly ActionFilter[];
  readonly dateCreated: string;
  readonly dateUpdated: string;
  readonly lastTriggered: string | null;
}

/** What events of one kind, or a monitor that saw something, are to people. */
export interface Issue {
  readonly id: string;
  /** Slug. */
  readonly project: string;
  readonly category: "error" | "db_query" | "metric";
  /** What makes events the same issue. */
  readonly fingerprint: string;
  readonly title: string;
  /** 75 is high, 50 medium. */
  readonly priority: number;
  readonly status: "unresolved" | "resolved";
  readonly level: string;
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Events of all time. */
  readonly times: number;
  /** Milliseconds since the epoch of the latest events, the newest last. */
  readonly seen: readonly number[];
}

/** That somebody was told. */
export interface Notification {
  readonly at: string;
  readonly alert: string;
  readonly issue: string;
  readonly state: "open" | "resolved";
  readonly action: string;
  /** A team's slug, a channel, a service. */
  readonly to: string;
}

/** One traced request, as monitors count it. */
export interface Segment {
  /** Slug. */
  readonly project: string;
  /** Milliseconds since the epoch at which it arrived. */
  readonly at: number;
  readonly milliseconds: number;
  readonly attributes: Readonly<Record<string, string>>;
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
  readonly detectors: Record<string, Detector>;
  readonly workflows: Record<string, Workflow>;
  readonly projectSettings: Record<string, ProjectSettings>;
  readonly events: ReceivedEvent[];
  readonly issues: Record<string, Issue>;
  readonly segments: Segment[];
  readonly notifications: Notification[];
  /** When an alert last told of an issue, in milliseconds since the epoch, by `<workflow>/<issue>`. */
  readonly told: Record<string, number>;
}

export type Store = JsonStore<State>;

/** The one organization, as it is before any program runs. */
export const ORGANIZATION = { id: "1", slug: "agentpay", name: "AgentPay" } as const;

export const INTEGRATIONS: readonly Integration[] = [
  { id: "101", name: "AgentPay", provider: { key: "slack", slug: "slack", name: "Slack" } },
  { id: "102", name: "AgentPay", provider: { key: "pagerduty", slug: "pagerduty", name: "PagerDuty" } },
];

/** The one service that the PagerDuty integration knows. */
export const PAGERDUTY_SERVICE = { id: "1", name: "AgentPay" } as const;

export function initialState(): State {
  return {
    ...{ lastId: 1000, teams: {}, projects: {}, keys: {} },
    ...{ detectors: {}, workflows: {}, projectSettings: {}, events: [] },
    ...{ issues: {}, segments: [], notifications: [], told: {} },
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
