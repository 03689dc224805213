/** Sentry's monitors and alerts (`detectors` and `workflows` in its API) as Pulumi resources. */
import * as pulumi from "@pulumi/pulumi";
import { RestObject, restProvider } from "../shared/rest-object.ts";

/** The oldest self-hosted Sentry that makes monitors at this path. */
export const LOWEST_SELF_HOSTED_VERSION = "26.4.0";

const UNKNOWN_PATH =
  "The organization or the project is not there, or the token does not see it; or this Sentry is too old for " +
  `monitors and alerts: a self-hosted one must be ${LOWEST_SELF_HOSTED_VERSION} or newer`;

type Json = Readonly<Record<string, unknown>>;
interface Group {
  readonly logicType: string;
  readonly conditions: readonly Json[];
  readonly actions?: readonly Action[];
}
interface Action extends Json {
  readonly type: string;
  readonly config: Json;
}
interface Monitor extends Json {
  readonly owner: { readonly type: string; readonly id: string } | null;
  readonly dataSources: readonly { readonly queryObj?: { readonly snubaQuery?: Json } }[] | null;
  readonly conditionGroup: Group | null;
}
interface Alert extends Json {
  readonly detectorIds: readonly string[] | null;
  readonly triggers: Group | null;
  readonly actionFilters: readonly Group[] | null;
}

/** Sentry keeps no order of conditions and actions. */
function inOrder<Item extends Json>(items: readonly Item[]): Item[] {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value;
  const text = ({ type, comparison }: Json) => JSON.stringify([type, comparison], sorted);
  return [...items].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}

/** Without what Sentry fills in: the channel's id, and what a service is called. */
function comparableAction({ config, ...action }: Action): Action {
  const { targetIdentifier, targetDisplay, ...target } = config;
  const channel = typeof targetDisplay === "string" ? targetDisplay.replace(/^#/, "") : targetDisplay;
  const named = action.type === "slack" ? { targetDisplay: channel } : { targetIdentifier };
  return { ...action, config: { ...target, ...named } } as Action;
}

export const monitorProvider = restProvider({
  vendor: "Sentry",
  file: "components/sentry/objects.ts",
  update: "PUT",
  pathEnd: "/",
  unknownPath: UNKNOWN_PATH,
  parse: (answer) => {
    const { id, owner, dataSources, conditionGroup, ...monitor } = answer as Monitor;
    const attributes = {
      ...monitor,
      owner: owner && `${owner.type}:${owner.id}`,
      dataSources: (dataSources ?? []).map(({ queryObj }) => queryObj?.snubaQuery ?? {}),
      conditionGroup: conditionGroup && {
        ...conditionGroup,
        conditions: inOrder(conditionGroup.conditions),
      },
    };
    return { id, attributes };
  },
});

export const alertProvider = restProvider({
  vendor: "Sentry",
  file: "components/sentry/objects.ts",
  update: "PUT",
  pathEnd: "/",
  unknownPath: UNKNOWN_PATH,
  parse: (answer) => {
    const { id, triggers, actionFilters, ...alert } = answer as Alert;
    const attributes = {
      ...alert,
      // A list of a project's alerts also holds those of the organization that watch nothing.
      isAttached: (alert.detectorIds ?? []).length > 0,
      triggers: triggers && { ...triggers, conditions: inOrder(triggers.conditions) },
      actionFilters: (actionFilters ?? []).map((filter) => ({
        ...filter,
        conditions: inOrder(filter.conditions),
        actions: inOrder((filter.actions ?? []).map(comparableAction)),
      })),
    };
    return { id, attributes };
  },
});

/** Where monitors and alerts are kept. */
export interface SentryPlace {
  /** Slug of the organization. */
  readonly organization: string;
  /** Slug of the project. */
  readonly project: pulumi.Input<string>;
  /** Sentry's number of the project. */
  readonly projectId: pulumi.Input<string>;
}

type Place = Readonly<SentryPlace>;

/** All of the project's; the rest is asked for page by page. */
function listOf(collection: string, { projectId }: Place): pulumi.Output<string> {
  return pulumi.interpolate`${collection}/?project=${projectId}&per_page=100`;
}

const collectionOf = (kind: "detectors" | "workflows", { organization }: Place) =>
  `0/organizations/${organization}/${kind}`;

/** The monitor that Sentry gives each project, and that sees all of its issues. */
export function issueStream(name: string, place: Place, opts: pulumi.CustomResourceOptions): RestObject {
  const path = collectionOf("detectors", place);
  const existing = { list: listOf(path, place), where: { type: "issue_stream" } };
  const args = { path, existing, vendorOwned: true, attributes: {} };
  return new RestObject(monitorProvider, ["sentry", "IssueStream"], name, args, opts);
}

export interface SentryCondition {
  readonly type: string;
  readonly comparison: unknown;
  readonly conditionResult: number | boolean;
}

export interface SentryMonitorArgs extends SentryPlace {
  /** What is there of this name in the project is taken over, and not made twice. */
  readonly title: string;
  /** Such as `team:1`. */
  readonly owner: pulumi.Input<string>;
  /** As the API takes it. */
  readonly dataSource: Json;
  /** Of which any opens or ends the monitor's issue. */
  readonly conditions: readonly SentryCondition[];
}

/** Watches a number, and opens an issue when one of its conditions says so. */
export function sentryMonitor(
  name: string,
  { title, owner, dataSource, conditions, ...place }: SentryMonitorArgs,
  opts: pulumi.CustomResourceOptions,
): RestObject {
  const path = collectionOf("detectors", place);
  const identity = { name: title, type: "metric_issue" };
  const args = {
    path,
    createPath: pulumi.interpolate`0/organizations/${place.organization}/projects/${place.project}/detectors`,
    existing: { list: listOf(path, place), where: identity },
    attributes: {
      ...identity,
      ...{ owner, enabled: true, config: { detectionType: "static" } },
      dataSources: [dataSource],
      conditionGroup: { logicType: "any", conditions: inOrder(conditions.map(plain)) },
    },
  };
  return new RestObject(monitorProvider, ["sentry", "Monitor"], name, args, opts);
}

export interface SentryAction {
  readonly type: string;
  /** Null for an email. */
  readonly integrationId: pulumi.Input<string> | null;
  readonly config: Readonly<Record<string, pulumi.Input<string> | null>>;
  readonly data: Readonly<Record<string, string>>;
}

export interface SentryAlertArgs extends SentryPlace {
  /** What is there of this name in the project is taken over, and not made twice. */
  readonly title: string;
  readonly owner: pulumi.Input<string>;
  /** Whose issues it tells of. */
  readonly monitor: RestObject;
  /** Any of them suffices. */
  readonly triggers: readonly SentryCondition[];
  readonly filters: readonly SentryCondition[];
  /** Whether all of the filters must hold, or any. */
  readonly filterLogic: "all" | "any-short";
  /** Minutes after which the same issue notifies again at the earliest; 0 for each time. */
  readonly frequency: number;
  readonly actions: readonly SentryAction[];
}

/** Tells people of a monitor's issues. */
export function sentryAlert(
  name: string,
  { title, owner, monitor, frequency, ...alert }: SentryAlertArgs,
  opts: pulumi.CustomResourceOptions,
): RestObject {
  const path = collectionOf("workflows", alert);
  const filter = {
    logicType: alert.filterLogic,
    conditions: inOrder(alert.filters.map(plain)),
    actions: inOrder(alert.actions.map(plain)),
  };
  const args = {
    path,
    existing: { list: listOf(path, alert), where: { name: title, isAttached: true } },
    attributes: {
      ...{ name: title, owner, enabled: true, environment: null, config: { frequency } },
      detectorIds: [monitor.id.apply(Number)],
      triggers: { logicType: "any-short", conditions: inOrder(alert.triggers.map(plain)) },
      actionFilters: [filter],
    },
  };
  return new RestObject(alertProvider, ["sentry", "Alert"], name, args, opts);
}

const plain = (item: SentryCondition | SentryAction): Json => ({ ...item });
