/** A replay in figures: what its JSON has, and what its Markdown and its page tell. */

import type { Firing } from "./alert-state.ts";
import { totalOf } from "./coverage.ts";
import type { Piece } from "./history.ts";
import { clockIn, type PartOfDay } from "./hours.ts";
import {
  type AlertJudgement,
  type Doings,
  type Happened,
  type JudgedIncident,
  judged,
  judgedIncidents,
  type Verdict,
  verdictOn,
} from "./judgement.ts";
import { graphUrl } from "./links.ts";
import type { Message, Told } from "./pages.ts";
import type { AlertRecord, Played } from "./play.ts";
import type { Readings } from "./readings.ts";
import type { RecordedFiring } from "./recorded.ts";
import { keyOf, type Labels } from "./series.ts";
import type { ThresholdTable } from "./thresholds.ts";

export interface FiringSummary {
  readonly labels: Labels;
  /** ISO 8601. */
  readonly start: string;
  /** The last evaluation at which it fired. */
  readonly last: string;
  readonly seconds: number;
  /** Why nothing is known of its end, where that is so. */
  readonly openEnd: boolean;
  readonly at: PartOfDay;
  /** Whether it really fired so, to one evaluation. */
  readonly asRecorded: boolean;
  /** Undefined where nothing says what really happened. */
  readonly verdict?: Verdict;
  readonly graph: string;
}

/** When something went on, ISO 8601. */
export interface Span {
  readonly start: string;
  readonly last: string;
}

/** Who would have been told. */
export interface PageSummary {
  /** That wake somebody. */
  readonly count: number;
  /** When, ISO 8601. */
  readonly at: readonly string[];
  readonly perWeek: number;
  readonly during: Readonly<Record<PartOfDay, number>>;
  /** Messages that something fires, by receiver and channel, such as `critical: SMS`. */
  readonly messages: Readonly<Record<string, number>>;
}

export interface AlertSummary {
  readonly alert: string;
  readonly severity: string;
  readonly fired: number;
  /** Of all firings together. */
  readonly seconds: number;
  readonly during: Readonly<Record<PartOfDay, number>>;
  readonly firings: readonly FiringSummary[];
  /** Undefined where no Alertmanager was asked. One that tells of several alerts counts for each. */
  readonly pages?: PageSummary;
  /** Undefined where nothing says what really happened. */
  readonly judgement?: AlertJudgement;
  /** What really fired. */
  readonly recorded: {
    readonly fired: number;
    readonly seconds: number;
    /** Of those, how many the replay has as well, to one evaluation. */
    readonly alike: number;
    readonly times: readonly Span[];
  };
  /** What its condition measured; undefined where that was not asked for, or its condition compares with no number. */
  readonly readings?: Readings;
  readonly nearMisses: { readonly count: number; readonly longestSeconds: number };
  readonly failedEvaluations: { readonly count: number; readonly reason?: string };
  /** Series that it looks at, and hours in which there was none. */
  readonly unseen: readonly { readonly series: string; readonly hours: number }[];
  /** Share of the period in which there was none of all the series that it looks at. */
  readonly blind: number;
  readonly remarks: readonly string[];
}

export interface Summary {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  readonly alerts: readonly AlertSummary[];
  /** Undefined where no Alertmanager was asked. */
  readonly pages?: PageSummary;
  /** Undefined where nothing says what really happened. */
  readonly judgement?: { readonly source: string; readonly incidents: readonly JudgedIncident[] };
  /** Undefined where no other thresholds were tried. */
  readonly thresholds?: readonly ThresholdTable[];
  /** Recorded series that were computed instead: the engine has none by these rules. */
  readonly computed: readonly string[];
  readonly problems: readonly string[];
  readonly questions: number;
}

export interface Surroundings {
  readonly timeZone: string;
  /** At which Prometheus' own graphs are. */
  readonly prometheusUrl: string;
  /** What a real Alertmanager made of the replayed alerts, where it was asked. */
  readonly told?: Told | undefined;
  /** What really happened, where that is known. */
  readonly happened?: Happened | undefined;
  /** By alert, where they were asked for. */
  readonly readings?: ReadonlyMap<string, Readings>;
}

export function summaryOf(played: Played, surroundings: Surroundings): Summary {
  const { period, gaps, alerts, computed, problems, questions } = played;
  return {
    from: iso(period.from),
    to: iso(period.to),
    timeZone: surroundings.timeZone,
    gaps: gaps.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    alerts: alerts
      .map((alert) => alertSummary(alert, period, surroundings))
      .toSorted((left, right) => right.fired - left.fired || left.alert.localeCompare(right.alert)),
    ...(surroundings.told && { pages: pageSummary(surroundings.told.messages, period, surroundings) }),
    ...(surroundings.happened && {
      judgement: {
        source: surroundings.happened.source,
        incidents: judgedIncidents(
          alerts.map((alert) => doingsOf(alert, surroundings)),
          surroundings.happened,
        ),
      },
    }),
    computed,
    problems: [...problems, ...(surroundings.told?.remarks ?? [])],
    questions,
  };
}

function alertSummary(record: AlertRecord, period: Piece, surroundings: Surroundings): AlertSummary {
  const { timeZone, prometheusUrl, told, happened } = surroundings;
  const { alert, rules, interval, firings, recorded, nearMisses, failures, unseen, remarks } = record;
  const partOf = clockIn(timeZone);
  const doings = doingsOf(record, surroundings);
  const readings = surroundings.readings?.get(alert);
  const asRecorded = (firing: Firing) => recorded.some((each) => isAlike(firing, each, interval));
  const summaries = firings.map((firing) => ({
    labels: firing.labels,
    start: iso(firing.start),
    last: iso(firing.last),
    seconds: lengthOf(firing, period, interval),
    openEnd: firing.resolvedAt === undefined,
    at: partOf(Math.max(firing.start, period.from)),
    asRecorded: asRecorded(firing),
    ...(happened && { verdict: verdictOn(firing.start, doings.calls, happened) }),
    graph: graphUrl(rules, firing, prometheusUrl),
  }));
  return {
    alert,
    severity: rules[0]?.labels["severity"] ?? "",
    fired: summaries.length,
    seconds: summaries.reduce((sum, { seconds }) => sum + seconds, 0),
    during: counted(summaries.map(({ at }) => at)),
    firings: summaries,
    ...(told && {
      pages: pageSummary(
        told.messages.filter(({ alerts }) => alerts.some((labels) => labels["alertname"] === alert)),
        period,
        surroundings,
      ),
    }),
    ...(happened && { judgement: judged(doings, happened) }),
    recorded: {
      fired: recorded.length,
      seconds: recorded.reduce(
        (sum, each) => sum + lengthOf({ ...each, start: each.from }, period, interval),
        0,
      ),
      alike: recorded.filter((each) => firings.some((firing) => isAlike(firing, each, interval))).length,
      times: recorded.map(({ from, last }) => ({ start: iso(from), last: iso(last) })),
    },
    ...(readings && { readings }),
    nearMisses: { count: nearMisses.count, longestSeconds: nearMisses.longest / 1000 },
    failedEvaluations: {
      count: failures.count,
      ...(failures.reason !== undefined && { reason: failures.reason }),
    },
    unseen: unseen.map(({ series, spells }) => ({ series, hours: totalOf(spells) / HOUR })),
    blind: blindShare(record, period),
    remarks,
  };
}

/** The severity whose alerts call people, where no Alertmanager was asked. */
const CALLS = "critical";

function doingsOf({ alert, rules, firings, nearMisses }: AlertRecord, { told }: Surroundings): Doings {
  const calls = told
    ? told.messages.some(
        ({ isPage, alerts }) => isPage && alerts.some((labels) => labels["alertname"] === alert),
      )
    : rules.some(({ labels }) => labels["severity"] === CALLS);
  return { alert, calls, starts: firings.map(({ start }) => start), nearMisses: nearMisses.times };
}

const WEEK = 7 * 86_400_000;

function pageSummary(all: readonly Message[], { from, to }: Piece, { timeZone }: Surroundings): PageSummary {
  const messages = all.filter(({ at }) => at >= from);
  const pages = messages.filter(({ isPage }) => isPage);
  const channels = messages.map(({ channel: { receiver, name } }) => `${receiver}: ${name}`);
  return {
    count: pages.length,
    at: pages.map(({ at }) => iso(at)),
    perWeek: pages.length / ((to - from) / WEEK),
    during: counted(pages.map(({ at }) => clockIn(timeZone)(at))),
    messages: Object.fromEntries(
      [...new Set(channels)].map((name) => [name, channels.filter((each) => each === name).length]),
    ),
  };
}

function counted(parts: readonly PartOfDay[]): Readonly<Record<PartOfDay, number>> {
  const count = (part: PartOfDay) => parts.filter((each) => each === part).length;
  return { work: count("work"), "off hours": count("off hours"), asleep: count("asleep") };
}

const HOUR = 3_600_000;

/** To one evaluation, in its start and its end. */
function isAlike(replayed: Firing, recorded: RecordedFiring, interval: number): boolean {
  return (
    Math.abs(replayed.from - recorded.from) <= interval &&
    Math.abs(replayed.last - recorded.last) <= interval &&
    keyOf(replayed.labels) === keyOf(recorded.labels)
  );
}

/** Seconds within the period. One that fired at a single evaluation lasted until the next. */
function lengthOf(
  { start, last }: { readonly start: number; readonly last: number },
  { from, to }: Piece,
  interval: number,
): number {
  return Math.max(0, Math.min(to, last + interval) - Math.max(from, start)) / 1000;
}

/** Blind is an alert of which all series are missing at once: of one that compares two, either may be none by itself. */
function blindShare({ unseen, looksAt }: AlertRecord, { from, to }: Piece): number {
  if (looksAt === 0 || unseen.length < looksAt) return 0;
  const hours = unseen.map(({ spells }) => new Set(spells.flatMap(hoursOf)));
  const [first = new Set<number>(), ...others] = hours;
  const all = [...first].filter((hour) => others.every((set) => set.has(hour)));
  return Math.min(1, (all.length * HOUR) / (to - from));
}

function hoursOf({ from, to }: Piece): number[] {
  return Array.from({ length: Math.round((to - from) / HOUR) }, (_, index) => from + index * HOUR);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
