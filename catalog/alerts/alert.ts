import type { PanelReference } from "../dashboards/index.ts";
import type { Duration } from "../duration.ts";
import type { Job } from "../metrics/metric.ts";
import type { ServiceName } from "../services.ts";
import type { Severity } from "../severity.ts";

/** A number that a stack may set for itself (`alertThresholds.<AlertName>`). */
export interface Threshold {
  /** The value where the stack says nothing. */
  readonly default: number;
  /**
   * What one unit of it is, for people: `seconds`, ...; `share of requests`, ... where it must be below 1, `percent of a
   * disk`, ... where it must be below 100.
   */
  readonly unit: string;
  /** Where the default comes from. */
  readonly source: string;
  /** The largest, where what evaluates it takes whole numbers only. Default: any number. */
  readonly wholeUpTo?: number;
}

interface AlertBase {
  /**
   * PascalCase, at most 40 characters; also the name of its runbook. Rules that only differ in their windows or
   * objective share a name, and then have `labels` that tell them apart, and no threshold.
   */
  readonly name: string;
  readonly severity: Severity;
  readonly service: ServiceName;
  /** Labels beyond severity, service and team. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One static sentence. */
  readonly summary: string;
  /** What users feel and what was measured; a Prometheus template. */
  readonly description: string;
  /** How long the condition must hold before anyone is told. */
  readonly holdFor: Duration;
  /** How often it is evaluated, where the stack's own Prometheus does that. Default: as often as its group. */
  readonly evaluatedEach?: Duration;
  /** How long the alert stays once the condition ended, for what comes and goes. Default: not at all. */
  readonly keepFiringFor?: Duration;
  /** The dashboard, and the panel on it, that show what the alert watches. */
  readonly panel: PanelReference;
}

/** An alert that Prometheus evaluates. */
export type Alert =
  | (AlertBase & { readonly threshold?: undefined; readonly expression: () => string })
  | (AlertBase & { readonly threshold: Threshold; readonly expression: (threshold: number) => string });

/** A number that no expression has by itself. */
const TELLTALE = 987_654.25;

/** Whether the alert rings below its threshold, rather than above it: as its expression compares. */
export function ringsBelow(alert: Alert): boolean {
  return (
    alert.threshold !== undefined && new RegExp(`<=? ${TELLTALE}(?!\\d)`).test(alert.expression(TELLTALE))
  );
}

/** Alerts that are evaluated together. */
export interface AlertGroup {
  /** At most 40 characters. */
  readonly name: string;
  /** How often its alerts are evaluated, unless they say otherwise: hold times are multiples of it. */
  readonly interval: Duration;
  /** The scrape job that its alerts watch. A stack that doesn't scrape it goes without them. Default: every stack has them. */
  readonly job?: Job;
  readonly alerts: readonly Alert[];
}

/** Of an outage that a few raw series tell, which cost nothing to look at: half a minute of waiting for the next look is spared. */
export const OUTAGE_INTERVAL: Duration = "3s";

/**
 * Few failures in few events are a large share of nothing: an alert on a share also asks for more than this many.
 * On failures, not on traffic, so that a total outage at low traffic still shows.
 */
export const MINIMUM_FAILURES = 5;

/** The 95th percentile of fewer is one event's luck. */
export const MINIMUM_OBSERVATIONS = 10;
