/** Days in UTC, as Cost Explorer and the ledger count them. */

const DAY_MILLISECONDS = 86_400_000;

/** `YYYY-MM-DD`. */
export type Day = string;

export const editions = ["daily", "weekly", "monthly"] as const;
export type Edition = (typeof editions)[number];

/** Some days in a row. */
export interface Span {
  readonly first: Day;
  readonly last: Day;
}

/** @throws RangeError where there is no such day */
export function parseDay(text: string): Day {
  const exists = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!exists || new Date(text).toISOString().slice(0, 10) !== text) {
    throw new RangeError(`"${text}" is no day: give one such as 2026-11-22`);
  }
  return text;
}

export function dayOf(instant: Date): Day {
  return instant.toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(Date.parse(day) + days * DAY_MILLISECONDS));
}

/** First moment of a day. */
export function startOf(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function daysOf({ first, last }: Span): readonly Day[] {
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MILLISECONDS) + 1;
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

export function monthOf(day: Day): Span {
  const first = `${day.slice(0, 7)}-01`;
  const next = new Date(startOf(first));
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { first, last: addDays(dayOf(next), -1) };
}

/** The last day that an edition reports which is due at an instant: yesterday, or the end of last month. */
export function lastDayOf(edition: Edition, due: Date): Day {
  const today = dayOf(due);
  return addDays(edition === "monthly" ? monthOf(today).first : today, -1);
}

/** What an edition of a day tells about, and what it is compared with. */
export function periodsOf(edition: Edition, day: Day): { readonly period: Span; readonly before: Span } {
  if (edition === "monthly") {
    const { first } = monthOf(day);
    return { period: { first, last: day }, before: monthOf(addDays(first, -1)) };
  }
  const length = edition === "weekly" ? 7 : 1;
  const period = { first: addDays(day, 1 - length), last: day };
  return { period, before: { first: addDays(period.first, -7), last: addDays(period.last, -7) } };
}
