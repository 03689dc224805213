import { inSeconds } from "../duration.ts";
import {
  type BurnRateWindow,
  burnRateFactor,
  burnRateThreshold,
  burnRateWindows,
  MINIMUM_BAD_EVENTS,
  OBJECTIVE_PERIOD,
  type Objective,
  objectives,
} from "../objectives.ts";
import {
  badEventsIn,
  errorRatioRecord,
  objectiveRecords,
  ofObjective,
} from "../recording-rules/objectives.ts";
import type { Alert, AlertGroup } from "./alert.ts";

/** `{{ $value | humanizePercentage }}`, the share of bad events, of the sentence "99.9% of ... are ...". */
function promiseOf({ target, promise }: Objective): string {
  return `${Number((target * 100).toPrecision(6))}% of ${promise}`;
}

function daysToSpendBudget(window: BurnRateWindow): string {
  return `${Number((inSeconds(OBJECTIVE_PERIOD) / 86_400 / burnRateFactor(window)).toFixed(1))} days`;
}

function budgetBurn(objective: Objective, window: BurnRateWindow): Alert {
  const { long, short, minimumBadEvents, severity, holdFor } = window;
  const threshold = burnRateThreshold(objective, window);
  const over = (span: typeof long) => `${ofObjective(errorRatioRecord(span), objective)} > ${threshold}`;
  return {
    name: `${objective.alertPrefix}BudgetBurn`,
    severity,
    service: objective.service,
    labels: { slo: objective.name, long, short },
    summary: `The error budget of ${objective.name} burns too fast.`,
    description:
      `${objective.whenBroken} In the last ${long} {{ $value | humanizePercentage }} went wrong where the objective is ` +
      `that ${promiseOf(objective)}: at this pace a month's error budget is gone in ${daysToSpendBudget(window)}.`,
    expression: () =>
      `${over(long)} and ${over(short)} and ${badEventsIn(objective, long)} > ${minimumBadEvents}`,
    holdFor,
    panel: { dashboard: "agentpay-slo", panel: "burnRate" },
  };
}

function budgetExhausted(objective: Objective): Alert {
  return {
    name: "ErrorBudgetExhausted",
    severity: "info",
    service: objective.service,
    labels: { slo: objective.name },
    summary: "An objective is missed: its error budget is spent.",
    description:
      `${objective.whenBroken} Over 30 days too much went wrong to still say that ${promiseOf(objective)}; ` +
      "of the error budget, {{ $value | humanizePercentage }} is left (below 0: overspent).",
    expression: () =>
      `${ofObjective(objectiveRecords.budgetRemaining, objective)} <= 0` +
      ` and ${badEventsIn(objective, OBJECTIVE_PERIOD)} > ${MINIMUM_BAD_EVENTS}`,
    holdFor: "15m",
    panel: { dashboard: "agentpay-slo", panel: "budgetRemaining" },
  };
}

/**
 * A renamed metric, label or bucket would otherwise look like an objective that is met. A route has no series before
 * its first request, so a quiet night after a restart looks the same: something else has to show that events happen,
 * or there were none for a day.
 */
function metricMissing(objective: Objective): Alert {
  const absent = (record: string) => `absent(${ofObjective(record, objective)})`;
  const forADay = `absent_over_time(${ofObjective(objectiveRecords.events, objective)}[1d])`;
  return {
    name: "SLOMetricMissing",
    severity: "warning",
    service: objective.service,
    labels: { slo: objective.name },
    summary: "An objective is no longer measured.",
    description: `Nobody would notice if this happened: ${objective.whenBroken} The series that ${objective.name} is computed from have been missing for 30 minutes, while AgentPay is used, or for a day.`,
    expression: () =>
      `(${absent(objectiveRecords.errors)} or ${absent(objectiveRecords.events)}) and on () ${objective.activity}` +
      ` or ${forADay}`,
    holdFor: "30m",
    panel: { dashboard: "agentpay-slo", panel: "events" },
  };
}

export const objectiveAlerts: readonly AlertGroup[] = objectives.map((objective) => ({
  name: `slo-${objective.name}-alerts`,
  interval: "30s",
  alerts: [
    ...burnRateWindows.map((window) => budgetBurn(objective, window)),
    budgetExhausted(objective),
    metricMissing(objective),
  ],
}));
