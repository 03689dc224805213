/** A Prometheus duration such as `30s`, `5m`, `1h`, `30d`. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Milliseconds in all parts of a duration that a program wrote, such as `1h30m`; 0 where it has none. */
export function partsInMilliseconds(duration: string): number {
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit = "ms"]) => sum + Number(count) * (MILLISECONDS[unit] ?? 0),
    0,
  );
}

/** Seconds in a duration. */
export function inSeconds(duration: Duration): number {
  return (Number(duration.slice(0, -1)) * (MILLISECONDS[duration.slice(-1)] ?? 0)) / 1000;
}
