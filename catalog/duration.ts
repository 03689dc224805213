/** A Prometheus duration such as `30s`, `5m`, `1h`, `30d`. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds in a duration. */
export function inSeconds(duration: Duration): number {
  const unit = duration.slice(-1) as keyof typeof SECONDS;
  return Number(duration.slice(0, -1)) * SECONDS[unit];
}
