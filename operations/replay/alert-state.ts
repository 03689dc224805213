/**
 * One alerting rule as Prometheus 3 keeps it from evaluation to evaluation: pending, firing, kept firing, over, and what of
 * it is in `ALERTS`. Times are milliseconds since 1970, those of the samples that an evaluation reads and writes.
 * @see https://github.com/prometheus/prometheus/blob/v3.13.5/rules/alerting.go
 */
import type { AlertingRule } from "./rules.ts";
import { keyOf, type Labels } from "./series.ts";

/** A time in which an alert fired. */
export interface Firing {
  readonly labels: Labels;
  /** When its condition began to hold. */
  readonly activeAt: number;
  /** The evaluation from which it fired. */
  readonly start: number;
  /** The first of its samples in `ALERTS`: after a start, Prometheus writes none for two evaluations. */
  readonly from: number;
  /** The last evaluation at which it fired. */
  readonly last: number;
  /** The evaluation that found it over; undefined where it went on to the end of the data, or to a gap in them. */
  readonly resolvedAt: number | undefined;
}

/** Times in which a condition held, and ended before the alert fired. */
export interface NearMisses {
  readonly count: number;
  /** Milliseconds. */
  readonly longest: number;
  /** From the evaluation that first found it to the last. */
  readonly times: readonly { readonly from: number; readonly to: number }[];
}

type State = "pending" | "firing";

/** A span of one series of `ALERTS`. */
interface Span {
  readonly labels: Labels;
  readonly from: number;
  last: number;
  /** When it was marked as over. */
  staleAt?: number;
}

interface Active {
  readonly labels: Labels;
  activeAt: number;
  state: State;
  start: number;
  last: number;
  keepFiringSince?: number;
  span?: Span;
  /** The first of its firing samples. */
  from?: number;
}

/** Prometheus' defaults: alerts with a shorter `for` begin again after a start, and after an hour all do. */
const GRACE = 10 * 60_000;
const OUTAGE_TOLERANCE = 60 * 60_000;
/** How long a sample counts that no other one followed. */
const LOOKBACK = 5 * 60_000;
/** Evaluations after a start that write nothing: the state of before is looked up after the second. */
const SILENT_EVALUATIONS = 2;

export class AlertState {
  readonly rule: AlertingRule;
  readonly firings: Firing[] = [];
  readonly #memory: number;
  #active = new Map<string, Active>();
  #spans: Span[] = [];
  #before = new Map<string, { readonly activeAt: number; readonly downAt: number }>();
  #silent = 0;
  #missed: { readonly from: number; readonly to: number }[] = [];

  /** @param memory how far back others look at this alert, milliseconds */
  constructor(rule: AlertingRule, memory = 0) {
    this.rule = rule;
    this.#memory = Math.max(memory, LOOKBACK);
  }

  get nearMisses(): NearMisses {
    const longest = this.#missed.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    return { count: this.#missed.length, longest, times: this.#missed };
  }

  /** One evaluation. @param found labels of what the expression gave; undefined where it failed */
  evaluate(at: number, found: readonly Labels[] | undefined): void {
    if (found !== undefined && (found.length > 0 || this.#active.size > 0)) this.#advance(at, found);
    if (this.#silent > 0) {
      this.#silent -= 1;
      if (this.#silent === 0) this.#restore(at);
    }
    if (this.#spans.length > 0) this.#forget(at);
  }

  /** Prometheus was gone, and is there again: it knows nothing of before but what it finds in its samples. */
  restart(): void {
    this.#before = new Map(
      [...this.#active].map(([key, { activeAt, last }]) => [key, { activeAt, downAt: last }]),
    );
    for (const alert of this.#active.values()) if (alert.state === "firing") this.#end(alert, undefined);
    this.#active = new Map();
    this.#silent = SILENT_EVALUATIONS;
  }

  /** Nothing comes after this. */
  finish(): void {
    for (const alert of this.#active.values()) if (alert.state === "firing") this.#end(alert, undefined);
    this.#active = new Map();
  }

  /** Its series of `ALERTS`, as a query of that time finds them. @param window milliseconds, 0 for the moment */
  series(at: number, window: number): readonly Labels[] {
    if (this.#spans.length === 0) return [];
    const there = this.#spans.filter(({ from, last, staleAt }) =>
      window > 0
        ? from <= at && last > at - window
        : from <= at && (staleAt === undefined || staleAt > at) && last > at - LOOKBACK,
    );
    return there.map(({ labels }) => labels);
  }

  #advance(at: number, found: readonly Labels[]): void {
    const now = new Map(found.map((labels) => [keyOf(labels), labels]));
    // Two results with the labels of one alert: the evaluation fails, and all stays as it is.
    if (now.size < found.length) return;
    for (const [key, labels] of now) {
      if (!this.#active.has(key)) {
        this.#active.set(key, { labels, activeAt: at, state: "pending", start: at, last: at });
      }
    }
    for (const [key, alert] of this.#active) {
      if (now.has(key)) delete alert.keepFiringSince;
      if (now.has(key) || this.#keepsFiring(alert, at)) {
        this.#goOn(alert, at);
      } else {
        this.#active.delete(key);
        this.#over(alert, at);
      }
    }
    const { limit } = this.rule;
    if (limit > 0 && this.#active.size > limit) this.#dropAll(at);
  }

  #goOn(alert: Active, at: number): void {
    alert.last = at;
    if (alert.state === "pending" && at - alert.activeAt >= this.rule.holdFor) this.#fire(alert, at);
    if (this.#silent === 0) this.#write(alert, at);
  }

  #keepsFiring(alert: Active, at: number): boolean {
    if (alert.state !== "firing" || this.rule.keepFiringFor === 0) return false;
    alert.keepFiringSince ??= at;
    return at - alert.keepFiringSince < this.rule.keepFiringFor;
  }

  #fire(alert: Active, at: number): void {
    alert.state = "firing";
    alert.start = at;
    if (alert.span) alert.span.staleAt = at;
    delete alert.span;
  }

  #write(alert: Active, at: number): void {
    if (alert.span === undefined) {
      alert.span = { labels: seriesOf(alert), from: at, last: at };
      this.#spans.push(alert.span);
    }
    alert.span.last = at;
    if (alert.state === "firing") alert.from ??= at;
  }

  #over(alert: Active, at: number): void {
    if (alert.span) alert.span.staleAt = at;
    if (alert.state === "firing") this.#end(alert, at);
    else this.#missed.push({ from: alert.activeAt, to: alert.last });
  }

  #end({ labels, activeAt, start, from, last }: Active, resolvedAt: number | undefined): void {
    this.firings.push({ labels, activeAt, start, from: from ?? start, last, resolvedAt });
  }

  /** More alerts than the group may have: Prometheus drops all of them, and tells nobody their end. */
  #dropAll(at: number): void {
    for (const alert of this.#active.values()) this.#over(alert, at);
    this.#active = new Map();
  }

  /** What Prometheus does after a start with alerts that were active before it went. */
  #restore(at: number): void {
    const { holdFor } = this.rule;
    for (const [key, alert] of this.#active) {
      const before = this.#before.get(key);
      if (!before || holdFor < GRACE || at - before.downAt > OUTAGE_TOLERANCE) continue;
      const remaining = holdFor - (before.downAt - before.activeAt);
      if (remaining <= 0) alert.activeAt = before.activeAt;
      else if (remaining < GRACE) alert.activeAt = at + GRACE - holdFor;
      else alert.activeAt = before.activeAt + (at - before.downAt);
    }
    this.#before = new Map();
  }

  #forget(at: number): void {
    const [oldest] = this.#spans;
    if (oldest && oldest.last <= at - this.#memory) {
      this.#spans = this.#spans.filter(({ last }) => last > at - this.#memory);
    }
  }
}

function seriesOf({ labels, state }: Active): Labels {
  return { ...labels, alertstate: state };
}
