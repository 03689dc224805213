/** Times in which nobody is told of anything: work that was announced. */

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
type WeekdayName = (typeof WEEKDAYS)[number];

/** A stretch of one day, UTC. */
export interface MaintenanceWindow {
  /** Every week on that day, or once on that date. */
  readonly day: { readonly weekday: WeekdayName } | { readonly date: string };
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive; at most `24:00`. */
  readonly to: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const FORM = /^(\S+) ([01]\d|2[0-3]):([0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** `Sunday 02:00-04:00` or `2026-12-24 20:00-24:00`; undefined for anything else. */
export function parseMaintenanceWindow(text: string): MaintenanceWindow | undefined {
  const [, dayText = "", hour, minute, to = ""] = FORM.exec(text) ?? [];
  const day = parseDay(dayText);
  const from = `${hour}:${minute}`;
  return day && from < to ? { day, from, to } : undefined;
}

function parseDay(text: string): MaintenanceWindow["day"] | undefined {
  const weekday = WEEKDAYS.find((name) => name === text.toLowerCase());
  if (weekday) return { weekday };
  const exists = DATE.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return exists ? { date: text } : undefined;
}
