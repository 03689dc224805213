import type { Layer, Restriction } from "./bodies.ts";
import type { EscalationPolicy, Schedule, State, User } from "./model.ts";

const SECOND = 1000;
const DAY_SECONDS = 24 * 3600;
const WEEK_SECONDS = 7 * DAY_SECONDS;

/** The id of who is on call in a schedule at a moment (ms since 1970), or undefined where nobody is. */
export function userOnCall(schedule: Schedule, at: number): string | undefined {
  // A later layer lies on top of the earlier ones.
  return schedule.schedule_layers
    .toReversed()
    .map((layer) => userOfLayer(layer, schedule.time_zone, at))
    .find((user) => user !== undefined);
}

function userOfLayer(layer: Layer, timeZone: string, at: number): string | undefined {
  const started = at >= Date.parse(layer.start);
  const ended = Boolean(layer.end) && at >= Date.parse(layer.end ?? "");
  if (!started || ended || !allowed(layer.restrictions, timeZone, at)) return undefined;
  const turns = Math.floor(
    (at - Date.parse(layer.rotation_virtual_start)) / SECOND / layer.rotation_turn_length_seconds,
  );
  const count = layer.users.length;
  return layer.users[((turns % count) + count) % count]?.user.id;
}

function allowed(restrictions: readonly Restriction[], timeZone: string, at: number): boolean {
  if (restrictions.length === 0) return true;
  const now = secondOfWeek(timeZone, at);
  return restrictions.some((restriction) => {
    const weekly = restriction.type === "weekly_restriction";
    const period = weekly ? WEEK_SECONDS : DAY_SECONDS;
    const day = weekly ? (restriction.start_day_of_week ?? 1) - 1 : 0;
    const start = day * DAY_SECONDS + secondsOf(restriction.start_time_of_day);
    return (now - start + 2 * period) % period < restriction.duration_seconds;
  });
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Seconds since Monday 00:00 on the clocks of a time zone. */
function secondOfWeek(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? "";
  const day = WEEKDAYS.indexOf(part("weekday"));
  return day * DAY_SECONDS + secondsOf(`${part("hour")}:${part("minute")}:${part("second")}`);
}

function secondsOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = timeOfDay.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

export interface OnCall {
  /** 1 is who is called first. */
  readonly level: number;
  /** Undefined for a user who is named in the policy directly. */
  readonly schedule: Schedule | undefined;
  readonly user: User;
}

/** Whom a policy calls at a moment (ms since 1970), level by level. A schedule with nobody on call is left out. */
export function onCall(state: State, policy: EscalationPolicy, at: number): OnCall[] {
  return policy.escalation_rules.flatMap((rule, index) =>
    rule.targets.flatMap((target) => {
      const schedule = target.type === "schedule_reference" ? state.schedules[target.id] : undefined;
      const user = state.users[schedule ? (userOnCall(schedule, at) ?? "") : target.id];
      return user ? [{ level: index + 1, schedule, user }] : [];
    }),
  );
}
