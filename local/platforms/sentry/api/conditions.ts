/** Whether an alert's conditions hold. */
import type { Condition, ConditionGroup, Issue } from "./model.ts";

/** What happened to an issue, as conditions ask it. */
export interface Sight {
  readonly issue: Issue;
  readonly happened: "new" | "back" | "again" | "resolved";
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly level: string;
  readonly tags: ReadonlyMap<string, string>;
}

type Setting = Readonly<Record<string, never>>;

const MINUTE = 60_000;
const INTERVALS: Readonly<Record<string, number>> = {
  ...{ "1m": MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "1h": 60 * MINUTE },
  ...{ "1d": 1440 * MINUTE, "1w": 10_080 * MINUTE, "30d": 43_200 * MINUTE },
};
const LEVELS: Readonly<Record<string, number>> = { debug: 10, info: 20, warning: 30, error: 40, fatal: 50 };
const CATEGORIES = { error: 1, metric: 11, db_query: 12 } as const;

const countIn = ({ issue }: Sight, interval: string, end: number): number => {
  const start = end - (INTERVALS[interval] ?? 0);
  return issue.seen.filter((at) => at > start && at <= end).length;
};

const compared = (value: number, match: string, limit: number): boolean =>
  match === "gte" ? value >= limit : match === "lte" ? value <= limit : value === limit;

const TESTS: Readonly<Record<string, (sight: Sight, setting: Setting, comparison: unknown) => boolean>> = {
  every_event: ({ happened }) => happened !== "resolved",
  first_seen_event: ({ happened }) => happened === "new",
  regression_event: ({ happened }) => happened === "back",
  reappeared_event: () => false,
  issue_resolved_trigger: ({ happened }) => happened === "resolved",
  new_high_priority_issue: ({ happened, issue }) => happened === "new" && issue.priority >= 75,
  existing_high_priority_issue: () => false,
  event_frequency_count: (sight, { interval = "", value = 0 }) => countIn(sight, interval, sight.now) > value,
  event_frequency_percent: (sight, { interval = "", value = 0, comparisonInterval = "" }) => {
    const before = countIn(sight, interval, sight.now - (INTERVALS[comparisonInterval] ?? 0));
    const now = countIn(sight, interval, sight.now);
    return (before > 0 ? ((now - before) / before) * 100 : now * 100) > value;
  },
  level: ({ level }, { match = "", level: limit = 0 }) => compared(LEVELS[level] ?? 0, match, limit),
  tagged_event: ({ tags }, { key = "", match = "", value = "" }) =>
    match === "is" ? tags.has(key) : match === "ne" ? tags.get(key) !== value : tags.get(key) === value,
  issue_category: ({ issue }, { value = 0 }) => CATEGORIES[issue.category] === value,
  issue_occurrences: ({ issue }, { value = 0 }) => issue.seen.length >= value,
  issue_priority_greater_or_equal: ({ issue }, _, comparison) => issue.priority >= Number(comparison),
  issue_priority_deescalating: ({ happened, issue }, _, comparison) =>
    happened === "resolved" && Number(comparison) <= issue.priority,
};

const test =
  (sight: Sight) =>
  ({ type, comparison }: Condition) =>
    TESTS[type]?.(sight, Object(comparison) as Setting, comparison) ?? false;

/** A group without conditions holds, as at Sentry. */
export function holds({ logicType, conditions }: ConditionGroup, sight: Sight): boolean {
  if (conditions.length === 0) return true;
  if (logicType === "all") return conditions.every(test(sight));
  const any = conditions.some(test(sight));
  return logicType === "none" ? !any : any;
}
