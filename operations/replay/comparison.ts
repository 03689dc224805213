/** What two versions of the rules make of one history. */
import { settableThresholds, thresholdOf } from "../../catalog/alerts/index.ts";
import type { Version } from "./base.ts";
import type { AlertSummary, Summary } from "./summary.ts";

/** Of one version of the rules. */
interface Figures {
  readonly fired: number;
  readonly seconds: number;
  /** Undefined where no Alertmanager was asked. */
  readonly pages: number | undefined;
}

/** An alert that does not the same in both. */
export interface AlertComparison {
  readonly alert: string;
  /** Undefined where only one of the versions has it. */
  readonly before: Figures | undefined;
  readonly after: Figures | undefined;
  /** Where the threshold is another one. */
  readonly threshold?: { readonly before: number; readonly after: number; readonly unit: string };
}

export interface Comparison {
  /** Branch, tag or commit. */
  readonly base: string;
  readonly changes: readonly AlertComparison[];
}

/** A replay, compared with that of another version where that was asked for. */
export interface ComparedSummary extends Summary {
  readonly comparison?: Comparison;
}

/** @param own the stack's thresholds */
export function comparisonOf(
  base: string,
  { before, after }: { readonly before: Summary; readonly after: Summary },
  thresholds: Version["thresholds"],
  own: Readonly<Partial<Record<string, number>>>,
): Comparison {
  const of = ({ alerts }: Summary, name: string) => alerts.find(({ alert }) => alert === name);
  const names = [...new Set([...before.alerts, ...after.alerts].map(({ alert }) => alert))];
  const changes = names.map((alert): AlertComparison => {
    const [was, now] = [figures(of(before, alert)), figures(of(after, alert))];
    const [old, limit] = [thresholds[alert], settableThresholds[alert]];
    const value = limit && thresholdOf({ name: alert, threshold: limit }, own);
    const isOther = old !== undefined && value !== undefined && old.value !== value;
    return {
      alert,
      before: was,
      after: now,
      ...(isOther && { threshold: { before: old.value, after: value, unit: old.unit } }),
    };
  });
  return {
    base,
    changes: changes
      .filter(({ before: was, after: now, threshold }) => threshold || !isSame(was, now))
      .toSorted((left, right) => left.alert.localeCompare(right.alert)),
  };
}

function figures(summary: AlertSummary | undefined): Figures | undefined {
  return summary && { fired: summary.fired, seconds: summary.seconds, pages: summary.pages?.count };
}

function isSame(before: Figures | undefined, after: Figures | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return before.fired === after.fired && before.pages === after.pages && before.seconds === after.seconds;
}
