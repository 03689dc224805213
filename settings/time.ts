/** Time zones, and hours that exist in them every day. */
import { text } from "./values.ts";

const TIME_ZONE = "an IANA time zone such as Europe/Berlin";

const known = new Map<string, boolean>();

/** The zone's own name in the spelling that the platforms take: they, unlike JavaScript, mind capital letters. */
function isZone(zone: string): boolean {
  // A formatter takes as long to make as all other settings to read.
  const found = known.get(zone) ?? isNamed(zone);
  known.set(zone, found);
  return found;
}

/**
 * Names that JavaScript's tables have from older ones, and no IANA database: BST is Bangladesh's, and nobody means it.
 * @see https://unicode-org.github.io/icu/userguide/datetime/timezone/
 */
const NOT_IANA =
  /^(ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|SystemV\/.*|US\/Pacific-New|Canada\/East-Saskatchewan)$/;

function isNamed(zone: string): boolean {
  if (NOT_IANA.test(zone)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
    const isAlias = timeZone.toLowerCase() !== zone.toLowerCase();
    const shouts =
      zone.includes("/") && zone.split("/").some((part) => /^(?!GMT|UTC|UCT)[A-Z]{3,}$/.test(part));
    return isAlias ? !shouts : timeZone === zone;
  } catch {
    return false;
  }
}

/** Not `Intl.supportedValuesOf`: it leaves out current names, such as Asia/Kolkata, in favour of old ones. */
export const timeZone = text(/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/, TIME_ZONE).refine(isZone, TIME_ZONE);

const ROTATION_START = "a Monday before 2026, such as 2024-01-01T00:00:00Z";
export const rotationStart = text(/^\d{4}-\d{2}-\d{2}T00:00:00Z$/, ROTATION_START).refine((instant) => {
  const date = new Date(instant);
  const exists = date.getTime() > 0 && date.toISOString().startsWith(instant.slice(0, 10));
  return exists && date.getUTCDay() === 1 && date.getUTCFullYear() < 2026;
}, ROTATION_START);

const QUARTER = 900_000;
const HOUR = 4 * QUARTER;
const DAY = 24 * HOUR;

/** Milliseconds that a zone's clock is ahead of UTC. */
function offsetAt(clock: Intl.DateTimeFormat, instant: number): number {
  const part = Object.fromEntries(
    clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - instant;
}

function clockOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

/**
 * The first moment of a day on a zone's clock, milliseconds since 1970: some zones skip midnight on the day on which they
 * put their clocks forward, or have it twice where they put them back.
 * @param day such as 2026-11-23
 */
export function startOfDay(zone: string, day: string): number {
  const clock = clockOf(zone);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const offsets = [offsetAt(clock, midnight - DAY), offsetAt(clock, midnight + DAY)] as const;
  const found = offsets
    .filter((offset) => offsetAt(clock, midnight - offset) === offset)
    .map((offset) => midnight - offset);
  // Where the clock skips midnight, the day begins as it is put forward.
  return found.length > 0 ? Math.min(...found) : midnight - offsets[0];
}

/** A change by which a zone's clock goes forward: when, on that clock, and by how much. */
interface Gap {
  readonly localTime: number;
  readonly length: number;
}

const gaps = new Map<string, readonly Gap[]>();

/** Of the year that begins now. Clocks change at a quarter of an hour. */
function gapsOf(zone: string): readonly Gap[] {
  const known = gaps.get(zone);
  if (known) return known;
  const clock = clockOf(zone);
  const start = Math.floor(Date.now() / HOUR) * HOUR;
  const found = Array.from({ length: 366 }, (_, day) => start + day * DAY).flatMap((from): Gap[] => {
    const before = offsetAt(clock, from);
    const length = offsetAt(clock, from + DAY) - before;
    if (length <= 0) return [];
    const quarters = Array.from({ length: DAY / QUARTER }, (_, index) => from + (index + 1) * QUARTER);
    const change = quarters.find((instant) => offsetAt(clock, instant) > before) ?? from;
    return [{ localTime: change + before, length }];
  });
  gaps.set(zone, found);
  return found;
}

/**
 * Whether a zone's clock leaves out an hour on some day of the year that begins now. EventBridge Scheduler runs nothing
 * that is due in it.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function skipsHour(zone: string, hour: number): boolean {
  return gapsOf(zone).some(({ localTime, length }) => {
    const midnight = Math.floor(localTime / DAY) * DAY;
    return [midnight, midnight + DAY].some((day) => {
      const due = day + hour * HOUR;
      return due >= localTime && due < localTime + length;
    });
  });
}
