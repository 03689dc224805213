/** What customers are told of: work on AgentPay, whose alerts tell nobody meanwhile, and incidents. */
import { affectedBy, type EndpointKey } from "./uptime.ts";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type WeekdayName = (typeof WEEKDAYS)[number];

/** A stretch of one day, UTC. */
export interface MaintenanceWindow {
  /** Every week on that day, or once on that date. */
  readonly day: { readonly weekday: WeekdayName } | { readonly date: string };
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive; at most `24:00`. */
  readonly to: string;
}

/** Work on public services. While it lasts, nobody is told of what it makes fail. */
export interface Maintenance {
  readonly window: MaintenanceWindow;
  /** The window as it was written, such as `Sunday 02:00-04:00`. */
  readonly when: string;
  /** When customers were told, `YYYY-MM-DD`. */
  readonly announced: string;
  readonly affects: readonly EndpointKey[];
  readonly text: string;
  /** Whether it is over: it is shown as past then, and mutes nothing. */
  readonly over: boolean;
}

export const incidentStates = ["outage", "degraded", "information", "resolved"] as const;

export interface Incident {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly state: (typeof incidentStates)[number];
  readonly affects: readonly EndpointKey[];
  readonly text: string;
  /** Whether it is shown as past. */
  readonly over: boolean;
}

/** What a stack announces. */
export interface Announcements {
  readonly maintenance: readonly Maintenance[];
  readonly incidents: readonly Incident[];
}

export const nothingAnnounced: Announcements = { maintenance: [], incidents: [] };

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const FORM = /^(\S+) ([01]\d|2[0-3]):([0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** `Sunday 02:00-04:00` or `2026-12-24 20:00-24:00`; undefined for anything else. */
export function parseMaintenanceWindow(text: string): MaintenanceWindow | undefined {
  const [, dayText = "", hour, minute, to = ""] = FORM.exec(text) ?? [];
  const day = parseDay(dayText);
  const from = `${hour}:${minute}`;
  return day && from < to ? { day, from, to } : undefined;
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Of Monday to Sunday, from 1. */
export function weekdayNumber(weekday: WeekdayName): number {
  return WEEKDAYS.indexOf(weekday) + 1;
}

/** Minutes that it lasts. */
export function minutesLong({ from, to }: MaintenanceWindow): number {
  return minutesOf(to) - minutesOf(from);
}

/** The weekday that it is on, for those who know no dates. */
export function weekdayOf({ day }: MaintenanceWindow): WeekdayName {
  if ("weekday" in day) return day.weekday;
  const sundayFirst = new Date(`${day.date}T00:00:00Z`).getUTCDay();
  return WEEKDAYS[(sundayFirst + 6) % 7] ?? "monday";
}

/** What mutes alerts about an endpoint. */
export function maintenanceOf(key: EndpointKey, maintenance: readonly Maintenance[]): readonly Maintenance[] {
  return maintenance.filter(
    ({ over, affects }) => !over && affects.some((service) => affectedBy(service).endpoints.includes(key)),
  );
}

function parseDay(text: string): MaintenanceWindow["day"] | undefined {
  const weekday = WEEKDAYS.find((name) => name === text.toLowerCase());
  if (weekday) return { weekday };
  const exists = DATE.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return exists ? { date: text } : undefined;
}
