/** What really fired: `ALERTS` as Prometheus wrote it down. */
import { type Piece, piecesOf } from "./history.ts";
import { ALERTS } from "./plan.ts";
import type { PrometheusApi, Series } from "./prometheus-api.ts";
import type { AlertGroup, AlertingRule } from "./rules.ts";
import { keyOf, type Labels } from "./series.ts";

/** A time in which an alert fired: from its first sample to its last, milliseconds since 1970. */
export interface RecordedFiring {
  readonly labels: Labels;
  readonly from: number;
  readonly last: number;
}

export interface Recorded {
  /** Of all alerts that have the name of one of the group's. */
  readonly firings: readonly RecordedFiring[];
  /** How far the group's evaluations are from whole numbers of its interval; undefined where none was recorded. */
  readonly phase: number | undefined;
}

const MOST_SAMPLES = 10_000;
/** More than so many intervals between two samples: one is missing. */
const APART = 1.5;

/** The samples of one alert. */
interface Trail {
  readonly labels: Labels;
  readonly times: number[];
  /** Since when it was active, by time. */
  readonly activeAt: Map<number, number>;
}

/**
 * @param gaps in which there was no Prometheus
 * @throws NoAnswer, Failure
 */
export async function recordedOf(
  api: PrometheusApi,
  { interval, rules }: AlertGroup,
  period: Piece,
  gaps: readonly Piece[],
): Promise<Recorded> {
  const names = [...new Set(rules.map(({ alert }) => alert))];
  const selector = `{alertname=~${JSON.stringify(names.join("|"))}}`;
  const trails = new Map<string, Trail>();
  const ofGroup = (labels: Labels) => rules.some((rule) => isOf(rule, labels));
  let phase: number | undefined;
  for (const { from, to } of piecesOf(period, interval * MOST_SAMPLES)) {
    const alerts = await api.samples(`${ALERTS}${selector}`, from - 1, to);
    const last = alerts.findLast(({ labels }) => ofGroup(labels))?.times.at(-1);
    phase = last === undefined ? phase : last % interval;
    const active = await api.samples(`ALERTS_FOR_STATE${selector}`, from - 1, to);
    follow(trails, alerts, active);
  }
  const firings = [...trails.values()].flatMap((trail) =>
    spansOf(trail, interval * APART, gaps).map((span) => ({ labels: trail.labels, ...span })),
  );
  return { firings, phase };
}

function follow(trails: Map<string, Trail>, alerts: readonly Series[], active: readonly Series[]): void {
  for (const { labels, times } of alerts.filter((series) => series.labels["alertstate"] === "firing")) {
    const { times: known } = trailOf(labels, trails);
    const before = known.at(-1) ?? 0;
    known.push(...times.filter((time) => time > before));
  }
  for (const { labels, times, values } of active) {
    const { activeAt } = trailOf(labels, trails);
    for (const [index, time] of times.entries()) activeAt.set(time, values[index] ?? 0);
  }
}

function trailOf({ __name__: _, alertstate: _state, ...labels }: Labels, trails: Map<string, Trail>): Trail {
  const key = keyOf(labels);
  const trail = trails.get(key) ?? { labels, times: [], activeAt: new Map() };
  trails.set(key, trail);
  return trail;
}

/** Groups may have alerts of one name, which their rules' own labels tell apart. */
function isOf({ alert, labels: own }: AlertingRule, labels: Labels): boolean {
  return (
    labels["alertname"] === alert &&
    Object.entries(own).every(([name, value]) => value.includes("{{") || labels[name] === value)
  );
}

/** An evaluation that failed or was missed writes no sample: it is the same firing while it was active since the same time. */
function spansOf(
  { times, activeAt }: Trail,
  apart: number,
  gaps: readonly Piece[],
): { from: number; last: number }[] {
  const spans: { from: number; last: number }[] = [];
  for (const time of times) {
    const current = spans.at(-1);
    const since = activeAt.get(time);
    const goesOn =
      current &&
      (time - current.last <= apart ||
        (since !== undefined &&
          since === activeAt.get(current.last) &&
          !gaps.some(({ from, to }) => current.last <= to && from < time)));
    if (goesOn) current.last = time;
    else spans.push({ from: time, last: time });
  }
  return spans;
}
