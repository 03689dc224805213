import { type Duration, inSeconds } from "../duration.ts";
import { errorBudget, OBJECTIVE_PERIOD, type Objective, objectives } from "../objectives.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

/** How often events are recorded: each sample stands for so many seconds. */
export const SLI_INTERVAL: Duration = "30s";
/** Days change slowly, but whoever has just started the platform looks at an empty panel until then. */
const BUDGET_INTERVAL: Duration = "1m";

/**
 * Windows that are summed from the recorded events. Each of these reaches 5 minutes further back than it says, and costs
 * the same for any number of servers: six hours of every server's counters, twice a minute, would be most of what rules cost.
 */
const SUMMED = ["30m", "1h", "2h", "6h"] as const;
/** The same, for alerts that take hours. */
const SUMMED_SLOWLY = ["1d", "3d", OBJECTIVE_PERIOD] as const;

const ERRORS = "slo:sli_errors:rate5m";
const EVENTS = "slo:sli_events:rate5m";

/** Selects the series of one objective. */
export function ofObjective(record: string, { name }: Pick<Objective, "name">): string {
  return `${record}{slo="${name}"}`;
}

export const objectiveRecords = {
  /** Bad events a second. */
  errors: ERRORS,
  /** All events a second. */
  events: EVENTS,
  target: "slo:objective:ratio",
  /** Share of events that may be bad. */
  budget: "slo:error_budget:ratio",
  /** 1 spends the budget exactly in the period. */
  burnRate: "slo:current_burn_rate:ratio",
  /** 1 is all of it; below 0 it is overspent. */
  budgetRemaining: "slo:error_budget_remaining:ratio",
} as const;

/** Share of bad events over a window. */
export function errorRatioRecord(window: Duration): string {
  return `slo:sli_error:ratio_rate${window}`;
}

/** Bad events of an objective in a window. A sum of what was recorded: where nothing was, nothing is made up. */
export function badEventsIn(objective: Objective, window: Duration): string {
  return `sum_over_time(${ofObjective(ERRORS, objective)}[${window}]) * ${inSeconds(SLI_INTERVAL)}`;
}

function indicatorRules(objective: Objective): RecordingRule[] {
  const budget = errorBudget(objective);
  const { badEvents, events, unserved } = objective;
  return [
    { record: EVENTS, expression: orAsBefore(events, objective, unserved) },
    { record: ERRORS, expression: orAsBefore(badEvents, objective, unserved) },
    {
      record: errorRatioRecord("5m"),
      expression: `${ofObjective(ERRORS, objective)} / (${ofObjective(EVENTS, objective)} > 0)`,
    },
    ...SUMMED.map((window) => summed(objective, window)),
    { record: objectiveRecords.target, expression: `vector(${objective.target})` },
    { record: objectiveRecords.budget, expression: `vector(${budget})` },
    {
      record: objectiveRecords.burnRate,
      expression: `${ofObjective(errorRatioRecord("1h"), objective)} / ${budget}`,
    },
  ];
}

/** While nobody is there to count, as many events as in the busiest moment of the half hour before, which is held. */
function orAsBefore(counted: string, objective: Objective, unserved: string | undefined): string {
  if (unserved === undefined) return counted;
  return `sum(max_over_time(${ofObjective(EVENTS, objective)}[30m])) and on () ${unserved} or ${counted}`;
}

/** Hours with more traffic weigh more. */
function summed(objective: Objective, window: Duration): RecordingRule {
  const sum = (record: string) => `sum_over_time(${ofObjective(record, objective)}[${window}])`;
  return { record: errorRatioRecord(window), expression: `${sum(ERRORS)} / (${sum(EVENTS)} > 0)` };
}

function budgetRules(objective: Objective): RecordingRule[] {
  return [
    ...SUMMED_SLOWLY.map((window) => summed(objective, window)),
    {
      record: objectiveRecords.budgetRemaining,
      expression: `1 - ${ofObjective(errorRatioRecord(OBJECTIVE_PERIOD), objective)} / ${errorBudget(objective)}`,
    },
  ];
}

function labelled(rules: readonly RecordingRule[], { name, service }: Objective): RecordingRule[] {
  return rules.map((rule) => ({ ...rule, labels: { slo: name, service } }));
}

export const objectiveRecordingRules: readonly RecordingRuleGroup[] = objectives.flatMap((objective) => [
  {
    name: `slo-${objective.name}-sli.rules`,
    interval: SLI_INTERVAL,
    rules: labelled(indicatorRules(objective), objective),
  },
  {
    name: `slo-${objective.name}-budget.rules`,
    interval: BUDGET_INTERVAL,
    rules: labelled(budgetRules(objective), objective),
  },
]);
