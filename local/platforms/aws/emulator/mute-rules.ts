/** CloudWatch's alarm mute rules, which the emulator lacks: the stand-in keeps them, and alarms ask here. */
import type { Store } from "../provider/store.ts";

/** Their kind in the stand-in's store. */
export const MUTE_RULES = "alarm-mute-rule";

interface Schedule {
  readonly expression: string;
  /** ISO 8601. */
  readonly duration: string;
}

const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/** Whether a time, in milliseconds since 1970, is within the schedule; undefined for one that is not understood. */
export function parseSchedule({ expression, duration }: Schedule): ((now: number) => boolean) | undefined {
  const [, days = 0, hours = 0, minutes = 0] = (
    /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? []
  )
    .map(Number)
    .map((number) => number || 0);
  const length = ((days * 24 + hours) * 60 + minutes) * MINUTE;
  if (length < MINUTE || length > 15 * 24 * 60 * MINUTE) return undefined;
  const once = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d)(?::00)?\)$/.exec(expression)?.[1];
  if (once !== undefined) {
    const start = Date.parse(`${once}:00Z`);
    return (now) => now >= start && now < start + length;
  }
  const [, minute, hour, day = ""] = /^cron\((\d+) (\d+) \* \* ([A-Z]{3})\)$/.exec(expression) ?? [];
  if (!WEEKDAYS.includes(day) || Number(minute) > 59 || Number(hour) > 23) return undefined;
  // 1970 began on a Thursday.
  const start = (((WEEKDAYS.indexOf(day) + 3) % 7) * 24 * 60 + Number(hour) * 60 + Number(minute)) * MINUTE;
  return (now) => (((now - start) % WEEK) + WEEK) % WEEK < length;
}

/** Names of the alarms of a region whose actions are muted now. */
export function mutedAlarms(store: Store, region: string, now: number): ReadonlySet<string> {
  const rules = store.list(MUTE_RULES) as readonly {
    readonly rule: { readonly schedule: Schedule };
    readonly muteTargets?: { readonly alarmNames: readonly string[] };
    readonly region?: string;
  }[];
  return new Set(
    rules
      .filter((rule) => rule.region === region && parseSchedule(rule.rule.schedule)?.(now))
      .flatMap(({ muteTargets }) => muteTargets?.alarmNames ?? []),
  );
}
