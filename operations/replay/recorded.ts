/** What really fired: `ALERTS` as Prometheus wrote it down. */
import { APART } from "./alert-state.ts";
import { type Piece, piecesOf } from "./history.ts";
import { ALERTS } from "./plan.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import type { AlertGroup } from "./rules.ts";
import { keyOf, type Labels } from "./series.ts";

/** A time in which an alert fired: from its first sample to its last, milliseconds since 1970. */
export interface RecordedFiring {
  readonly labels: Labels;
  readonly from: number;
  readonly last: number;
}

export interface Recorded {
  readonly firings: readonly RecordedFiring[];
  /** How far the group's evaluations are from whole numbers of its interval; undefined where none was recorded. */
  readonly phase: number | undefined;
}

const MOST_SAMPLES = 10_000;

/** @throws NoAnswer, Failure */
export async function recordedOf(
  api: PrometheusApi,
  { interval, rules }: AlertGroup,
  period: Piece,
): Promise<Recorded> {
  const names = [...new Set(rules.map(({ alert }) => alert))];
  const asked = `${ALERTS}{alertname=~${JSON.stringify(names.join("|"))}}`;
  const samples = new Map<string, { labels: Labels; times: number[] }>();
  let phase: number | undefined;
  for (const { from, to } of piecesOf(period, interval * MOST_SAMPLES)) {
    for (const { labels, times } of await api.samples(asked, from - 1, to)) {
      phase = times.at(-1) === undefined ? phase : (times.at(-1) ?? 0) % interval;
      if (labels["alertstate"] !== "firing") continue;
      const { __name__: _, alertstate: _state, ...own } = labels;
      const key = keyOf(own);
      const there = samples.get(key) ?? { labels: own, times: [] };
      there.times.push(...times.filter((time) => time > (there.times.at(-1) ?? 0)));
      samples.set(key, there);
    }
  }
  const firings = [...samples.values()].flatMap(({ labels, times }) =>
    spansOf(times, interval * APART).map((span) => ({ labels, ...span })),
  );
  return { firings, phase };
}

function spansOf(times: readonly number[], apart: number): { from: number; last: number }[] {
  const spans: { from: number; last: number }[] = [];
  for (const time of times) {
    const current = spans.at(-1);
    if (current && time - current.last <= apart) current.last = time;
    else spans.push({ from: time, last: time });
  }
  return spans;
}
