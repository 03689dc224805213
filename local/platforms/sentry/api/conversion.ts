/** What Sentry did in 2026: it turned the rules of before into monitors and alerts, which went on ringing. */

import { type Action, type Condition, INTEGRATIONS, nextId, type State, type Workflow } from "./model.ts";
import { addOwnMonitors, withIds } from "./monitors-api.ts";

type Node = Readonly<Record<string, unknown>> & { readonly id: string };

/** As an earlier version of this service has kept it. */
interface IssueRule {
  readonly project: string;
  readonly name: string;
  readonly actionMatch: "all" | "any";
  readonly filterMatch: "all" | "any" | "none";
  readonly frequency: number;
  readonly environment: string | null;
  readonly conditions: readonly Node[];
  readonly filters: readonly Node[];
  readonly actions: readonly Node[];
  readonly dateCreated: string;
}

interface MetricRule {
  readonly project: string;
  readonly name: string;
  readonly dataset: string;
  readonly eventTypes: readonly string[];
  readonly query: string;
  readonly aggregate: string;
  /** Minutes. */
  readonly timeWindow: number;
  readonly environment: string | null;
  readonly owner: string | null;
  readonly triggers: readonly {
    readonly label: "critical" | "warning";
    readonly alertThreshold: number;
    readonly actions: readonly {
      readonly type: string;
      readonly targetType: string;
      readonly targetIdentifier: string | null;
      readonly integrationId: number | null;
    }[];
  }[];
  readonly dateCreated: string;
}

interface Legacy {
  issueAlerts?: Record<string, IssueRule>;
  metricAlerts?: Record<string, MetricRule>;
}

/** Does nothing where it is done already. */
export function convertRules(state: State & Legacy): void {
  const { issueAlerts, metricAlerts } = state;
  if (!issueAlerts && !metricAlerts) return;
  for (const { slug, dateCreated } of Object.values(state.projects)) addOwnMonitors(state, slug, dateCreated);
  for (const rule of Object.values(issueAlerts ?? {})) convertIssueRule(state, rule);
  for (const rule of Object.values(metricAlerts ?? {})) convertMetricRule(state, rule);
  delete state.issueAlerts;
  delete state.metricAlerts;
}

type Simple = Omit<Condition, "id">;
const when = (type: string, comparison: unknown = true): Simple => ({
  ...{ type, comparison, conditionResult: true },
});

/** The conditions of today, by the last part of a rule's id. */
const SUCCESSORS: Readonly<Record<string, (node: Node) => Simple>> = {
  EveryEventCondition: () => when("every_event"),
  FirstSeenEventCondition: () => when("first_seen_event"),
  RegressionEventCondition: () => when("regression_event"),
  ReappearedEventCondition: () => when("reappeared_event"),
  EventFrequencyCondition: ({ comparisonType, value, interval, comparisonInterval }) =>
    comparisonType === "percent"
      ? when("event_frequency_percent", { value: Number(value), interval, comparisonInterval })
      : when("event_frequency_count", { value: Number(value), interval }),
  TaggedEventFilter: ({ key, match, value }) => when("tagged_event", { key, match, value }),
  LevelFilter: ({ level, match }) => when("level", { level: Number(level), match }),
  // What was "performance" is split, and of that the queries are the most.
  IssueCategoryFilter: ({ value }) => when("issue_category", { value: Number(value) }),
};

function successorsOf(nodes: readonly Node[]): Simple[] {
  return nodes.flatMap((node) => SUCCESSORS[node.id.split(".").at(-1) ?? ""]?.(node) ?? []);
}

function action(
  state: State,
  type: string,
  [targetType, targetIdentifier, targetDisplay]: readonly [string, string | null, string | null],
  integrationId: string | null = null,
): Action {
  const config = { targetType, targetIdentifier, targetDisplay };
  const data = type === "pagerduty" ? { priority: "default" } : {};
  return { ...{ id: nextId(state), type, integrationId, config, data }, status: "active" };
}

/** Of an issue rule's actions the three that the program made. */
function actionOf(state: State, node: Node): Action[] {
  const of = (key: string) => String(node[key]);
  switch (node.id.split(".").at(-1)) {
    case "NotifyEmailAction":
      return [action(state, "email", [of("targetType").toLowerCase(), of("targetIdentifier"), null])];
    case "SlackNotifyServiceAction":
      return [
        action(state, "slack", ["specific", "C0OLD", of("channel").replace(/^#/, "")], of("workspace")),
      ];
    case "PagerDutyNotifyServiceAction":
      return [action(state, "pagerduty", ["specific", of("service"), "AgentPay"], of("account"))];
    default:
      return [];
  }
}

function keep(
  state: State,
  workflow: Omit<Workflow, "id" | "enabled" | "dateUpdated" | "lastTriggered">,
): void {
  const id = nextId(state);
  const { dateCreated: dateUpdated } = workflow;
  state.workflows[id] = { ...workflow, id, enabled: true, dateUpdated, lastTriggered: null };
}

function convertIssueRule(state: State, rule: IssueRule): void {
  const detectorIds = Object.values(state.detectors)
    .filter(({ project, type }) => project === rule.project && type !== "metric_issue")
    .map(({ id }) => id);
  const logic = { all: "all", any: "any-short", none: "none" } as const;
  keep(state, {
    ...{ name: rule.name, environment: rule.environment, owner: null, detectorIds },
    config: { frequency: rule.frequency },
    triggers: withIds(state, {
      logicType: logic[rule.actionMatch],
      conditions: successorsOf(rule.conditions),
    }),
    actionFilters: [
      {
        ...withIds(state, { logicType: logic[rule.filterMatch], conditions: successorsOf(rule.filters) }),
        actions: rule.actions.flatMap((node) => actionOf(state, node)),
      },
    ],
    dateCreated: rule.dateCreated,
  });
}

const PRIORITIES = { critical: 75, warning: 50 } as const;

function convertMetricRule(state: State, rule: MetricRule): void {
  const { project, name, owner, environment, dateCreated, triggers } = rule;
  const id = nextId(state);
  const lowest = Math.min(...triggers.map(({ alertThreshold }) => alertThreshold));
  const { dataset, eventTypes, query, aggregate, timeWindow } = rule;
  state.detectors[id] = {
    ...{ id, project, name, type: "metric_issue", description: null, owner, enabled: true },
    config: { detectionType: "static" },
    dataSource: {
      ...{ dataset, queryType: dataset === "events" ? 0 : 1, aggregate, query, environment, eventTypes },
      ...{ timeWindow: timeWindow * 60, extrapolationMode: "server_weighted" },
    },
    conditionGroup: withIds(state, {
      logicType: "any",
      conditions: [
        ...triggers.map(({ label, alertThreshold }) => ({
          ...{ type: "gt", comparison: alertThreshold, conditionResult: PRIORITIES[label] },
        })),
        { type: "lte", comparison: lowest, conditionResult: 0 },
      ],
    }),
    ...{ dateCreated, dateUpdated: dateCreated },
  };
  keep(state, {
    ...{ name, environment: null, owner, detectorIds: [id], config: {} },
    triggers: withIds(state, { logicType: "any-short", conditions: [] }),
    actionFilters: triggers.map(({ label, actions }) => ({
      ...withIds(state, {
        logicType: "any-short",
        conditions: [
          when("issue_priority_greater_or_equal", PRIORITIES[label]),
          when("issue_priority_deescalating", PRIORITIES[label]),
        ],
      }),
      actions: actions.map(({ type, targetType, targetIdentifier, integrationId }) => {
        const integration = INTEGRATIONS.find(({ id: known }) => known === String(integrationId));
        const display = type === "slack" ? (targetIdentifier?.replace(/^#/, "") ?? null) : null;
        return action(state, type, [targetType, targetIdentifier, display], integration?.id ?? null);
      }),
    })),
    dateCreated,
  });
}
