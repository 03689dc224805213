/** A whole replay: what of the rules is played, over what of the history, and what came of it. */

import { Failure } from "../../toolkit/failure.ts";
import type { Firing, NearMisses } from "./alert-state.ts";
import { blindSpells, gapsIn, totalOf } from "./coverage.ts";
import { History, type Piece } from "./history.ts";
import { alertsReadBy, namesIn, planOf, queriesOf, seriesLookedAt } from "./plan.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import { type Recorded, type RecordedFiring, recordedOf } from "./recorded.ts";
import { NotReplayable, unrecordedIn, withoutRecords } from "./recording.ts";
import { type Replayed, replay } from "./replay.ts";
import { type AlertGroup, type AlertingRule, type Rules, unknownTemplates } from "./rules.ts";
import { keyOf, selector } from "./series.ts";

export interface PlayOptions {
  readonly api: PrometheusApi;
  readonly rules: Rules;
  /** Milliseconds since 1970. */
  readonly period: Piece;
  /** Names of the alerts that are wanted. Default: all. */
  readonly alerts?: readonly string[] | undefined;
  /** Folder in which the history's answers are kept. */
  readonly cache: string;
  readonly onProgress?: (line: string) => void;
}

/** What became of the rules of one name. */
export interface AlertRecord {
  readonly alert: string;
  readonly rules: readonly AlertingRule[];
  /** Milliseconds between its evaluations. */
  readonly interval: number;
  readonly firings: readonly Firing[];
  readonly nearMisses: NearMisses;
  /** What really fired. */
  readonly recorded: readonly RecordedFiring[];
  /** Evaluations that failed, and why. */
  readonly failures: Replayed["failures"];
  /** Series that it looks at, and when there were none, to the hour. */
  readonly unseen: readonly { readonly series: string; readonly spells: readonly Piece[] }[];
  /** How many series it looks at. */
  readonly looksAt: number;
  /** What the replay could not do as Prometheus does it. */
  readonly remarks: readonly string[];
}

export interface Played {
  readonly period: Piece;
  readonly stage: Stage;
  /** In which there was no Prometheus. */
  readonly gaps: readonly Piece[];
  readonly alerts: readonly AlertRecord[];
  /** Recorded series that were computed instead: the engine has none by these rules. */
  readonly computed: readonly string[];
  /** Alerts that can't be played, and why; and what else has to be said of all. */
  readonly problems: readonly string[];
  /** Questions that the engine was asked. */
  readonly questions: number;
}

/** What may go on from before: pending alerts, and what others look back at. */
const LONGEST_WARM_UP = 86_400_000;
const SHORTEST_WARM_UP = 600_000;

/** A history that was looked into, and in which rules can be played. */
export interface Stage {
  readonly history: History;
  /** What is played: more than is told of, since alerts may go on from before. */
  readonly all: Piece;
  readonly gaps: readonly Piece[];
  /** By name of the group. */
  readonly recorded: ReadonlyMap<string, Recorded>;
}

/** @throws Failure where the history can't be reached, or none of the alerts can be played */
export async function play(options: PlayOptions): Promise<Played> {
  const { api, rules, period, alerts, onProgress = () => {} } = options;
  const { groups, computed, problems } = await playable(api, rules, alerts);
  if (groups.length === 0) throw new Failure(`None of the alerts can be played:\n${problems.join("\n")}`);
  const stage = await stageFor(groups, options);
  const replayed = await playOn(stage, groups, (done, of, until) =>
    onProgress(`played ${done} of ${of} pieces, up to ${new Date(until).toISOString().slice(0, 16)}`),
  );
  const wanted = replayed.filter(({ rule }) => alerts === undefined || alerts.includes(rule.alert));
  const names = [...new Set(wanted.map(({ rule }) => rule.alert))];
  const records = names.map((name) => recordOf(name, wanted, stage.recorded, period));
  const unseen = await unseenSeries(api, wanted, period);
  onProgress("looked for series without samples");
  return {
    period,
    stage,
    gaps: stage.gaps.flatMap((gap) => within(gap, period)),
    alerts: records.map((record) => ({
      ...record,
      unseen: unseen
        .filter(({ alert }) => alert === record.alert)
        .map(({ series, spells }) => ({ series, spells })),
    })),
    computed,
    problems,
    questions: api.asked,
  };
}

async function stageFor(groups: readonly AlertGroup[], options: PlayOptions): Promise<Stage> {
  const { api, period, cache, onProgress = () => {} } = options;
  const history = new History(api, cache);
  await history.tidy();
  const all = { from: period.from - warmUp(groups), to: period.to };
  const gaps = await gapsIn(api, all, usualInterval(options.rules.groups));
  onProgress("looked for gaps in the history");
  const recorded = new Map<string, Recorded>();
  await Promise.all(
    groups.map(async (group) => recorded.set(group.name, await recordedOf(api, group, all, gaps))),
  );
  onProgress("read what really fired");
  return { history, all, gaps, recorded };
}

/** Samples come as often as most groups are evaluated, not as those that look for outages. */
function usualInterval(groups: readonly AlertGroup[]): number {
  const intervals = groups.map(({ interval }) => interval).toSorted((left, right) => left - right);
  return intervals[Math.floor(intervals.length / 2)] ?? 0;
}

/** @throws Failure where the history can't be reached */
export function playOn(
  { history, all, gaps, recorded }: Stage,
  groups: readonly AlertGroup[],
  onProgress?: (done: number, of: number, until: number) => void,
): Promise<readonly Replayed[]> {
  return replay({
    history,
    groups,
    phaseOf: ({ name }) => recorded.get(name)?.phase ?? 0,
    period: all,
    gaps,
    ...(onProgress && { onProgress }),
  });
}

/**
 * The groups with the rules that are wanted and those that they look at, as this history can answer them.
 * @param alerts names. Default: all
 */
export async function playable(api: PrometheusApi, rules: Rules, alerts?: readonly string[]) {
  const groups = withCauses(rules.groups, alerts);
  const wanted = groups.flatMap((group) => group.rules.flatMap(({ expression }) => namesIn(expression)));
  const { rules: unrecorded, problem } = await unrecordedIn(api, rules, wanted);
  const problems = problem === undefined ? [] : [problem];
  const possible = groups.map((group) => ({
    ...group,
    rules: group.rules.flatMap((rule) => {
      try {
        return [{ ...rule, expression: withoutRecords(rule.expression, unrecorded) }];
      } catch (error) {
        if (!(error instanceof NotReplayable)) throw error;
        problems.push(`${rule.alert} is not played: ${error.message}`);
        return [];
      }
    }),
  }));
  return {
    groups: possible.filter((group) => group.rules.length > 0),
    computed: [...unrecorded.keys()],
    problems,
  };
}

/** The groups with the rules that are wanted, and those whose alerts they look at. */
function withCauses(
  groups: readonly AlertGroup[],
  alerts: readonly string[] | undefined,
): readonly AlertGroup[] {
  if (alerts === undefined) return groups;
  const rules = groups.flatMap((group) => group.rules);
  const wanted = new Set(rules.filter(({ alert }) => alerts.includes(alert)));
  for (const rule of wanted) {
    for (const { conditions } of alertsReadBy(planOf(rule.expression))) {
      const named = selector(conditions.filter(({ label }) => label === "alertname"));
      for (const cause of rules) if (named({ alertname: cause.alert })) wanted.add(cause);
    }
  }
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => wanted.has(rule)) }))
    .filter((group) => group.rules.length > 0);
}

function warmUp(groups: readonly AlertGroup[]): number {
  const longest = Math.max(
    0,
    ...groups.flatMap(({ rules }) => rules.map(({ holdFor, keepFiringFor }) => holdFor + keepFiringFor)),
  );
  return Math.min(LONGEST_WARM_UP, Math.max(SHORTEST_WARM_UP, 2 * longest));
}

function recordOf(
  alert: string,
  replayed: readonly Replayed[],
  recorded: Stage["recorded"],
  { from }: Piece,
): Omit<AlertRecord, "unseen"> {
  const own = replayed.filter(({ rule }) => rule.alert === alert);
  const groups = [...new Set(own.map(({ group }) => group.name))];
  const firings = own.flatMap((each) => each.firings).filter(({ last }) => last >= from);
  // Each group of several with alerts of one name has found them all.
  const really = new Map(
    groups
      .flatMap((group) => recorded.get(group)?.firings ?? [])
      .map((each) => [`${keyOf(each.labels)} ${each.from}`, each]),
  );
  return {
    alert,
    rules: own.map(({ rule }) => rule),
    interval: own[0]?.group.interval ?? 0,
    firings: firings.toSorted((left, right) => left.start - right.start),
    nearMisses: {
      count: own.reduce((sum, { nearMisses }) => sum + nearMisses.count, 0),
      longest: Math.max(...own.map(({ nearMisses }) => nearMisses.longest)),
      times: own.flatMap(({ nearMisses }) => nearMisses.times),
    },
    recorded: [...really.values()]
      .filter(({ labels, last }) => labels["alertname"] === alert && last >= from)
      .toSorted((left, right) => left.from - right.from),
    failures: {
      count: own.reduce((sum, { failures }) => sum + failures.count, 0),
      reason: own.find(({ failures }) => failures.reason !== undefined)?.failures.reason,
    },
    looksAt: new Set(own.flatMap(({ plan }) => seriesLookedAt(plan))).size,
    remarks: [...new Set(own.flatMap(remarksOn))],
  };
}

function remarksOn({ rule, plan }: Replayed): string[] {
  const labels = unknownTemplates(rule);
  return [
    ...(queriesOf(plan).some(({ readsAlerts }) => readsAlerts)
      ? ["it computes with ALERTS, which is taken as recorded, not as replayed"]
      : []),
    ...(labels.length > 0 ? [`the template of ${labels.join(", ")} is left as it is`] : []),
    ...(/@\s*(start|end)\s*\(/.test(rule.expression)
      ? ["@ start() and @ end() are the replay's, not the rule's"]
      : []),
  ];
}

async function unseenSeries(api: PrometheusApi, replayed: readonly Replayed[], period: Piece) {
  const looked = replayed.flatMap(({ rule, plan }) =>
    seriesLookedAt(plan).map((series) => ({ alert: rule.alert, series })),
  );
  const names = [...new Set(looked.map(({ series }) => series))];
  const found = await Promise.all(
    names.map(async (series) => ({ series, spells: await blindSpells(api, series, period) })),
  );
  return found
    .filter(({ spells }) => totalOf(spells) > 0)
    .flatMap(({ series, spells }) =>
      [...new Set(looked.filter((each) => each.series === series).map(({ alert }) => alert))].map(
        (alert) => ({
          alert,
          series,
          spells,
        }),
      ),
    );
}

function within({ from, to }: Piece, period: Piece): Piece[] {
  const piece = { from: Math.max(from, period.from), to: Math.min(to, period.to) };
  return piece.from < piece.to ? [piece] : [];
}
