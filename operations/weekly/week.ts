/** The week that a review is about: Monday to Sunday on the clocks of the stack's people. */
import { InvalidArgumentError } from "commander";
import { addDays, type Day, parseDay } from "../../components/cost-report/function/calendar.ts";
import type { TimeRange } from "../../components/shared/incident.ts";
import { startOfDay } from "../../settings/time.ts";
import { messageOf } from "../../toolkit/error-message.ts";

/** Milliseconds since 1970; an hour shorter or longer than others where clocks change in it. */
export interface Week extends TimeRange {
  /** Its Monday and its Sunday. */
  readonly first: Day;
  readonly last: Day;
  readonly timeZone: string;
}

const DAYS = 7;

/** The week that has that day. */
export function weekWith(day: Day, timeZone: string): Week {
  // Days of the week as ISO 8601 counts them, less one.
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + DAYS - 1) % DAYS;
  const first = addDays(day, -sinceMonday);
  const next = addDays(first, DAYS);
  return {
    first,
    last: addDays(next, -1),
    timeZone,
    from: startOfDay(timeZone, first),
    to: startOfDay(timeZone, next),
  };
}

export function weekBefore({ first, timeZone }: Week): Week {
  return weekWith(addDays(first, -1), timeZone);
}

/** The day that it is at a time. */
function dayIn(timeZone: string, time: number): Day {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(time);
}

/**
 * The last whole week, or the one with a day.
 * @throws InvalidArgumentError where that one is not over
 */
export function reviewedWeek(day: Day | undefined, timeZone: string, now: number): Week {
  const last = weekBefore(weekWith(dayIn(timeZone, now), timeZone));
  if (day === undefined) return last;
  const week = weekWith(day, timeZone);
  if (week.to <= now) return week;
  throw new InvalidArgumentError(
    `The week of ${day} is not over. The last whole one began on ${last.first}.`,
  );
}

/** For the command line. @throws InvalidArgumentError */
export function dayOption(text: string): Day {
  try {
    return parseDay(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}
