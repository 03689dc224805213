/** Error budgets: what a week spent of them, and when they run out. Pure: events of each day in, figures out. */
import { errorBudget, MINIMUM_BAD_EVENTS, type Objective } from "../../catalog/objectives.ts";
import { addDays, type Day } from "../../components/cost-report/function/calendar.ts";
import type { Budgets } from "./model.ts";

/** Of one day. Undefined where nothing was recorded: that is no day without events. */
export interface DayEvents {
  readonly bad: number;
  readonly all: number;
}

/** Of an objective: the 30 days up to the end of the week, oldest first, the week's last. */
export interface ObjectiveDays {
  readonly objective: Objective;
  readonly days: readonly (DayEvents | undefined)[];
}

/** Days over which a budget counts. */
export const PERIOD_DAYS = 30;
const WEEK_DAYS = 7;
/** Later is not foreseen. */
const FORESEEN_DAYS = 90;
/** Of binary fractions: what spends a budget exactly does not overspend it. */
const NOISE = 1e-9;

/**
 * @param last the week's Sunday, the last of the days
 * @param urlOf the dashboard of an objective. Default: there is none
 */
export function budgetsOf(
  objectives: readonly ObjectiveDays[],
  last: Day,
  urlOf: (objective: string) => string | undefined = () => undefined,
): Budgets {
  const isKnown = ({ days }: ObjectiveDays) => days.slice(-WEEK_DAYS).some((day) => day !== undefined);
  return {
    objectives: objectives
      .filter(isKnown)
      .map((each) => ({ ...budgetOf(each, last), url: urlOf(each.objective.name) }))
      .toSorted((one, other) => one.left - other.left || one.objective.localeCompare(other.objective)),
    unknown: objectives.filter((each) => !isKnown(each)).map(({ objective }) => objective.name),
  };
}

function budgetOf({ objective, days }: ObjectiveDays, last: Day): Budgets["objectives"][number] {
  const budget = errorBudget(objective);
  const total = sum(days);
  // A month without events spends nothing.
  const allowed = total.all * budget;
  const share = (bad: number) => (allowed > 0 ? bad / allowed : 0);
  const runsOutIn = daysLeft(days, budget);
  return {
    objective: objective.name,
    promise: objective.promise,
    target: objective.target,
    spent: share(sum(days.slice(-WEEK_DAYS)).bad),
    left: 1 - share(total.bad),
    bad: total.bad,
    ...(runsOutIn !== undefined && { runsOut: addDays(last, runsOutIn) }),
  };
}

/**
 * After how many days like the mean one of the week the 30 days up to then are overspent: what was spent before falls out of
 * them meanwhile. 0 where they are already. Fewer than a handful of bad events spend no budget.
 */
function daysLeft(days: readonly (DayEvents | undefined)[], budget: number): number | undefined {
  const week = days.slice(-WEEK_DAYS).filter((day) => day !== undefined);
  const { bad, all } = sum(week);
  const pace = { bad: bad / week.length, all: all / week.length };
  for (let ahead = 0; ahead <= FORESEEN_DAYS; ahead += 1) {
    const kept = sum(days.slice(ahead));
    const coming = Math.min(ahead, days.length);
    const then = { bad: kept.bad + pace.bad * coming, all: kept.all + pace.all * coming };
    if (then.bad > then.all * budget * (1 + NOISE) && then.bad >= MINIMUM_BAD_EVENTS) return ahead;
  }
  return undefined;
}

function sum(days: readonly (DayEvents | undefined)[]): DayEvents {
  return days.reduce<DayEvents>(
    (total, day) => ({ bad: total.bad + (day?.bad ?? 0), all: total.all + (day?.all ?? 0) }),
    { bad: 0, all: 0 },
  );
}
