import type { Conditions } from "../conditions.ts";
import type { Random } from "../random.ts";

/** One second of the simulation. */
export interface Moment {
  /** Seconds since 1970. */
  readonly now: number;
  /** Traffic of this time of day; 1 is the day's average. */
  readonly load: number;
  readonly conditions: Readonly<Conditions>;
  readonly random: Random;
}

/** Whether it is time again for what happens every so many seconds; 0 is never. */
export function isTime(now: number, every: number): boolean {
  return every > 0 && Math.floor(now) % Math.ceil(every) === 0;
}

const DAY = 86_400;
const BUSIEST = 15 * 3600;

/** The daily curve: 40% above average at 15:00 UTC, 40% below it twelve hours later. */
export function loadAt(now: number): number {
  return 1 + 0.4 * Math.cos((2 * Math.PI * ((now % DAY) - BUSIEST)) / DAY);
}
