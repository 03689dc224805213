/** Where a history says nothing: what is not known is told, and never taken for health. */
import { type Piece, piecesOf } from "./history.ts";
import { ALERTS } from "./plan.ts";
import type { PrometheusApi } from "./prometheus-api.ts";

/** Something evaluated rules, or scraped, while samples of one of these came. */
const SIGNS_OF_LIFE = `max(timestamp(up)) or max(timestamp(${ALERTS}))`;
/** As many intervals without a sample are no slip. */
const MISSED = 3;
/** How closely the samples of a metric are looked for, milliseconds. */
const LOOK = 3_600_000;
const MOST_POINTS = 10_000;

/** Times in which Prometheus itself was not there, in order. @param step milliseconds between looks, an evaluation's */
export async function gapsIn(api: PrometheusApi, period: Piece, step: number): Promise<readonly Piece[]> {
  const seen = new Set<number>();
  for (const { from, to } of piecesOf(period, step * MOST_POINTS)) {
    for (const expression of SIGNS_OF_LIFE.split(" or ")) {
      const series = await api.range({ expression, start: from, end: Math.max(from, to - step), step });
      for (const { values } of series) for (const value of values) seen.add(Math.round(value * 1000));
    }
  }
  return gapsBetween(
    [...seen].filter((time) => time >= period.from).toSorted((a, b) => a - b),
    period,
    step,
  );
}

/** @param seen when there was a sign of life, in order */
export function gapsBetween(seen: readonly number[], { from, to }: Piece, step: number): readonly Piece[] {
  const waits = seen.slice(1).map((time, index) => time - (seen[index] ?? time));
  const usual = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? step;
  const longest = MISSED * Math.max(usual, step);
  const marks = [from, ...seen, to];
  return marks.slice(1).flatMap((time, index) => {
    const before = marks[index] ?? time;
    return time - before > longest ? [{ from: before, to: time }] : [];
  });
}

/** Times in which no sample of a metric came, to the hour; one that comes and goes by itself has many. */
export async function blindSpells(
  api: PrometheusApi,
  metric: string,
  period: Piece,
): Promise<readonly Piece[]> {
  const there = new Set<number>();
  const start = Math.ceil(period.from / LOOK) * LOOK;
  for (const { from, to } of piecesOf({ from: start, to: period.to }, LOOK * MOST_POINTS)) {
    const series = await api.range({
      expression: `group({__name__=${JSON.stringify(metric)}})`,
      start: from,
      end: to,
      step: LOOK,
    });
    for (const { times } of series) for (const time of times) there.add(time);
  }
  const spells: { from: number; to: number }[] = [];
  for (let time = start; time <= period.to; time += LOOK) {
    if (there.has(time)) continue;
    const last = spells.at(-1);
    if (last?.to === time) last.to = time + LOOK;
    else spells.push({ from: time, to: time + LOOK });
  }
  return spells;
}

export function totalOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { from, to }) => sum + (to - from), 0);
}
