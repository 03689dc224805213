/** What other thresholds would have done: the stack's rules, rendered with other values and played on the same history. */
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alerts as catalog, thresholdOf } from "../../catalog/alerts/index.ts";
import { type Happened, worthOf } from "./judgement.ts";
import type { Message } from "./pages.ts";
import { type Played, playable, playOn } from "./play.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import type { Rules } from "./rules.ts";
import { type Sent, sentOf } from "./schedule.ts";

/** What came of one value. */
export interface Trial {
  readonly alert: string;
  readonly value: number;
  readonly firings: number;
  readonly sent: readonly Sent[];
}

export interface ThresholdRow {
  readonly value: number;
  readonly isCurrent: boolean;
  readonly fired: number;
  /** When it fires, ISO 8601. */
  readonly times: readonly { readonly start: string; readonly last: string }[];
  /** Pages, where a pager is told of the alert. */
  readonly pages: number;
  readonly perWeek: number;
  /** Real incidents that these tell of, and how many of them tell of none; undefined where no incident is known. */
  readonly worth?: { readonly caught: number; readonly noise: number };
}

export interface ThresholdTable {
  readonly alert: string;
  readonly unit: string;
  /** Where the default comes from. */
  readonly source: string;
  /** From the one that rings least to the one that rings most. */
  readonly rows: readonly ThresholdRow[];
  /** What `perWeek` counts: an alert that pages nobody is told by its firings. */
  readonly counts: "pages" | "firings";
  /** The value nearest to the present one with at most so many a week; undefined where none of the rows is. */
  readonly atMost: { readonly perWeek: number; readonly value: number | undefined };
}

/** One step is a quarter. */
const STEP = 1.25;
const STEPS = [-3, -2, -1, 0, 1, 2, 3];
const SIGNIFICANT_DIGITS = 2;

type WithThreshold = Extract<Alert, { threshold: object }>;

/** Alerts of these names that have a threshold to set. */
export function withThreshold(names: readonly string[]): readonly WithThreshold[] {
  return catalog.filter(
    (alert): alert is WithThreshold => alert.threshold !== undefined && names.includes(alert.name),
  );
}

/** Values around the present one that the settings take, and the present one itself. */
export function valuesAround(
  current: number,
  { unit, wholeUpTo }: WithThreshold["threshold"],
): readonly number[] {
  const largest =
    wholeUpTo ?? (unit.startsWith("share") ? 0.999 : unit.startsWith("percent") ? 99.9 : Infinity);
  const values = STEPS.map((step) => {
    if (step === 0) return current;
    const value = Number((current * STEP ** step).toPrecision(SIGNIFICANT_DIGITS));
    return wholeUpTo === undefined ? value : Math.round(value);
  });
  return [...new Set(values)].filter((value) => value > 0 && value <= largest);
}

export interface TrialOptions {
  readonly api: PrometheusApi;
  readonly played: Played;
  readonly alerts: readonly WithThreshold[];
  /** The stack's own. */
  readonly thresholds: Readonly<Partial<Record<string, number>>>;
  readonly rulesWith: (thresholds: Readonly<Partial<Record<string, number>>>) => Rules;
  readonly onProgress: (line: string) => void;
}

/** @throws Failure where the history can't be reached */
export async function trialsOf(options: TrialOptions): Promise<readonly Trial[]> {
  const { api, played, alerts, thresholds, rulesWith, onProgress } = options;
  const trials: Trial[] = [];
  for (const alert of alerts) {
    const values = valuesAround(thresholdOf(alert, thresholds), alert.threshold);
    for (const value of values) {
      const { groups } = await playable(api, rulesWith({ ...thresholds, [alert.name]: value }), [alert.name]);
      const own = (await playOn(played.stage, groups)).filter(({ rule }) => rule.alert === alert.name);
      const sent = own.flatMap(({ firings, group }) =>
        firings
          .filter(({ last }) => last >= played.period.from)
          .map((firing) => sentOf(firing, group.interval)),
      );
      trials.push({ alert: alert.name, value, firings: sent.length, sent });
    }
    onProgress(`tried ${values.length} thresholds of ${alert.name}`);
  }
  return trials;
}

/** Tells the messages of one trial from those of another. */
export function variantOf({ alert, value }: Pick<Trial, "alert" | "value">): string {
  return `${alert} ${value}`;
}

export interface TableOptions {
  readonly alerts: readonly WithThreshold[];
  readonly thresholds: TrialOptions["thresholds"];
  readonly trials: readonly Trial[];
  readonly messages: readonly Message[];
  /** Milliseconds. */
  readonly length: number;
  /** Pages a week that are bearable. */
  readonly mostPerWeek: number;
  /** What really happened, where that is known. */
  readonly happened?: Happened | undefined;
}

const WEEK = 7 * 86_400_000;

export function tablesOf({ alerts, trials, messages, ...options }: TableOptions): readonly ThresholdTable[] {
  return alerts.map((alert) => {
    const own = trials.filter((trial) => trial.alert === alert.name);
    const pagesOf = (trial: Trial) =>
      messages.filter(({ variant, isPage }) => isPage && variant === variantOf(trial)).map(({ at }) => at);
    const counts = own.some((trial) => pagesOf(trial).length > 0) ? "pages" : "firings";
    const current = thresholdOf(alert, options.thresholds);
    const rows = own
      .map((trial): ThresholdRow => {
        const pages = pagesOf(trial);
        const counted = counts === "pages" ? pages : trial.sent.map(({ start }) => start);
        const perWeek = counted.length / (options.length / WEEK);
        return {
          value: trial.value,
          isCurrent: trial.value === current,
          fired: trial.firings,
          times: trial.sent.map(({ start, end }) => ({
            start: new Date(start).toISOString(),
            last: new Date(end).toISOString(),
          })),
          pages: pages.length,
          perWeek,
          ...(options.happened && { worth: worthOf(counted, options.happened) }),
        };
      })
      .toSorted((left, right) => left.perWeek - right.perWeek || left.value - right.value);
    const bearable = rows
      .filter(({ perWeek }) => perWeek <= options.mostPerWeek)
      .toSorted((left, right) => Math.abs(left.value - current) - Math.abs(right.value - current));
    return {
      alert: alert.name,
      unit: alert.threshold.unit,
      source: alert.threshold.source,
      rows: rows.toSorted((left, right) => left.value - right.value),
      counts,
      atMost: { perWeek: options.mostPerWeek, value: bearable[0]?.value },
    };
  });
}
