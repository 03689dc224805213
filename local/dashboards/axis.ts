/** A value axis whose ticks are round numbers of its unit. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

const PARTS = 4;
const ROUND_STEPS = [1, 2, 2.5, 5, 10];
/** Shares above this are drawn up to 100%, and no further. */
const NEARLY_ALL = 0.8;

/**
 * From 0, or from below where values are, up to a round number above all of them.
 * @param reach a value that the axis shows in any case, such as an alarm's threshold
 */
export function axisOf(values: readonly number[], unit: string, reach?: number): Axis {
  const finite = values.filter(Number.isFinite);
  const lowest = Math.min(0, ...finite);
  const highest = Math.max(0, ...finite, reach ?? 0);
  if (highest === 0 && lowest === 0) return { min: 0, max: 1, interval: 1 / PARTS };
  if (unit === "percentunit" && lowest === 0 && highest > NEARLY_ALL && highest <= 1) {
    return { min: 0, max: 1, interval: 1 / PARTS };
  }
  const interval = roundStep((highest - lowest) / PARTS, unit);
  return {
    min: exact(Math.floor(lowest / interval) * interval),
    max: exact(Math.ceil(highest / interval) * interval),
    interval,
  };
}

/** The next larger step that people count in: 1, 2, 2.5 or 5 of a power of ten; of bytes, a power of two. */
function roundStep(least: number, unit: string): number {
  if (unit === "bytes") return 2 ** Math.ceil(Math.log2(least));
  const power = 10 ** Math.floor(Math.log10(least));
  return exact((ROUND_STEPS.find((step) => step * power >= least * 0.999) ?? 10) * power);
}

/** Without the noise of binary fractions. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
