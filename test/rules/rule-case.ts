/** How the tests of the alerts are written: what AgentPay does, and which alerts fire when. */
import type { Duration } from "../../catalog/duration.ts";

/** What a series does for so many minutes; "gone" is a target that left, "NaN" a value that is none. A restart sets a counter to 0. */
export type Phase = readonly [value: number | "gone" | "NaN", minutes: number] | "restart";

/** The values of a series over time. */
export interface Shape {
  readonly type: "counter" | "gauge";
  readonly phases: readonly Phase[];
}

/** A counter that grows by so much a minute. */
export function perMinute(...phases: Phase[]): Shape {
  return { type: "counter", phases };
}

/** A gauge at a level. */
export function level(...phases: Phase[]): Shape {
  return { type: "gauge", phases };
}

/** A counter that somebody once added NaN to. */
export function notANumber(minutes: number): Shape {
  return { type: "gauge", phases: [["NaN", minutes]] };
}

export type Labels = Readonly<Record<string, string>>;

/** A series as promtool reads it. */
export function series(name: string, labels: Labels): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${matchers.join(",")}}`;
}

export interface RuleCase {
  readonly title: string;
  readonly series: Readonly<Record<string, Shape>>;
  /**
   * By minute, the firing alerts: their labels beyond those that every alert of the name has. Rules that share a name
   * are told apart by the labels given.
   */
  readonly firing: Readonly<Record<number, readonly Labels[]>>;
  /** Time between samples. Default: 30s. */
  readonly scrapeInterval?: Duration;
  /** Default: the alert's. */
  readonly evaluationInterval?: Duration;
}

/** Cases by alert. */
export type GroupCases = Readonly<Record<string, readonly RuleCase[]>>;

/** Nothing fires at any of these minutes. */
export function silent(...minutes: number[]): Record<number, readonly Labels[]> {
  return Object.fromEntries(minutes.map((minute) => [minute, []]));
}
