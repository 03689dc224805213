/**
 * How rules count. A counter that somebody once added NaN to stays NaN until its process restarts, and a sum over it
 * is NaN, which no threshold is ever compared with: one broken series would blind an alert on all of them. Nothing
 * that is NaN passes a comparison, so it is left out before the sum.
 */
import type { Duration } from "./duration.ts";

/** What a counter's series gain a second, for a sum. */
export function rate(series: string, window: Duration): string {
  return `rate(${series}[${window}]) >= 0`;
}

/** What a counter's series gain in the window, for a sum. */
export function increase(series: string, window: Duration): string {
  return `increase(${series}[${window}]) >= 0`;
}

/**
 * More than so many in each of the last two windows of 5 minutes, by labels: a counter that jumps once does not count.
 * Behind an address that fails over, another server's counters go on with what that one has counted all its life.
 */
export function sustained(series: string, threshold: number, by: string): string {
  const before = `sum by (${by}) (increase(${series}[5m] offset 5m) >= 0)`;
  return `sum by (${by}) (${increase(series, "5m")}) > ${threshold} and on (${by}) ${before} > ${threshold}`;
}
