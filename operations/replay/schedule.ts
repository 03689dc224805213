/** When replayed alerts are handed to an Alertmanager whose time runs faster, and in which nothing happens while nothing fires. */
import type { Firing } from "./alert-state.ts";
import type { Labels } from "./series.ts";

/** An alert as Prometheus hands it over. Milliseconds of the history. */
export interface Sent {
  readonly labels: Labels;
  readonly start: number;
  readonly end: number;
}

/** A time in which something happens, and where it lies in the time that is played. */
export interface Scene {
  readonly from: number;
  readonly to: number;
  /** Milliseconds of the history that are played before it. */
  readonly offset: number;
}

/** Longer ones are played for so long: what comes after is a repetition. */
export const LONGEST_PLAYED = 6 * 3_600_000;
/** Prometheus says of each alert that it is over soon unless it says so again: four times the minute in which it does. */
export const RESENT = 4 * 60_000;

/** @param interval milliseconds between the alert's evaluations */
export function sentOf({ labels, start, last, resolvedAt }: Firing, interval: number): Sent {
  const end = resolvedAt ?? last + Math.max(RESENT, 4 * interval);
  return { labels, start, end: Math.min(end, start + LONGEST_PLAYED) };
}

/** Heartbeats fire all the time, and page nobody. */
const HEARTBEAT = "none";

/** What Prometheus tells Alertmanager of these: each has its label `environment`. Heartbeats are left out. */
export function handedOver(sent: readonly Sent[], environment: string): readonly Sent[] {
  return sent
    .filter(({ labels }) => labels["severity"] !== HEARTBEAT)
    .map(({ labels, ...times }) => ({ labels: { environment, ...labels }, ...times }));
}

/** @param margin milliseconds in which Alertmanager may still tell something after an end */
export function scenesOf(sent: readonly Sent[], margin: number): readonly Scene[] {
  const scenes: { from: number; to: number }[] = [];
  for (const { start, end } of sent.toSorted((left, right) => left.start - right.start)) {
    const current = scenes.at(-1);
    if (current && start <= current.to) current.to = Math.max(current.to, end + margin);
    else scenes.push({ from: start, to: end + margin });
  }
  let offset = 0;
  return scenes.map((scene) => {
    const placed = { ...scene, offset };
    offset += scene.to - scene.from;
    return placed;
  });
}

/** Milliseconds of the history that are played before a time of it. */
export function playedUntil(scenes: readonly Scene[], time: number): number {
  const scene = scenes.findLast(({ from }) => from <= time);
  return scene ? scene.offset + Math.min(time, scene.to) - scene.from : 0;
}

/** The time of the history after so many milliseconds of it were played. */
export function timeAfter(scenes: readonly Scene[], played: number): number {
  const scene = scenes.findLast(({ offset }) => offset <= played) ?? scenes[0];
  return scene ? scene.from + Math.max(0, played - scene.offset) : 0;
}
