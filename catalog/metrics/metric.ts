/** What a metric is: a counter, a gauge or a histogram of some scrape jobs, with the values that its labels take. */

/** Prometheus's scrape jobs, by `job` label. */
export const jobs = [
  "agentpay-api",
  "agentpay-worker",
  "postgres",
  "redis",
  "prometheus",
  "alertmanager",
  "blackbox",
  // Of an engine elsewhere, where its rulers can be scraped.
  "ruler",
] as const;
export type Job = (typeof jobs)[number];

/** Those of AgentPay itself: its API alone, and all of its processes. */
export const api = ["agentpay-api"] as const;
export const app = ["agentpay-api", "agentpay-worker"] as const;

/** A label whose values are not all known here (a model id, a route), but are few: it never holds an id. */
export interface OpenLabel {
  readonly open: string;
}
/** The only values a label takes, or what an open label holds. */
export type LabelValues = readonly string[] | OpenLabel;
export type Labels = Readonly<Record<string, LabelValues>>;

interface Description<L extends Labels> {
  readonly help: string;
  /** The scrape jobs whose targets have this metric. */
  readonly jobs: readonly Job[];
  /** What one unit of the value is. Absent: a plain number of things. */
  readonly unit?: "seconds" | "bytes" | "usd" | "timestamp" | "boolean";
  readonly labels: L;
}

interface Scalar<Type extends "counter" | "gauge", L extends Labels> extends Description<L> {
  readonly type: Type;
  /** The name as queried; a counter's includes `_total` where it has one. */
  readonly name: string;
  /** The names of its series in Prometheus. */
  readonly series: readonly string[];
  /** Whether series carry labels beyond the declared ones, as ALERTS does. */
  readonly anyLabel?: true;
}
export type Counter<L extends Labels = Labels> = Scalar<"counter", L>;
export type Gauge<L extends Labels = Labels> = Scalar<"gauge", L>;

export interface Histogram<L extends Labels = Labels> extends Description<L> {
  readonly type: "histogram";
  /** The base name, of which no series exists: query `bucket`, `sum` or `count`. */
  readonly name: string;
  readonly bucket: string;
  readonly sum: string;
  readonly count: string;
  readonly series: readonly string[];
  /** Upper bounds without +Inf, ascending, in the histogram's unit. They hold every threshold that rules use. */
  readonly buckets: readonly number[];
}

export type Metric = Counter | Gauge | Histogram;

export function counter<const L extends Labels>(name: string, description: Description<L>): Counter<L> {
  return { ...description, type: "counter", name, series: [name] };
}

export function gauge<const L extends Labels>(
  name: string,
  description: Description<L> & { anyLabel?: true },
): Gauge<L> {
  return { ...description, type: "gauge", name, series: [name] };
}

export function histogram<const L extends Labels>(
  name: string,
  description: Description<L> & { buckets: readonly number[] },
): Histogram<L> {
  const [bucket, sum, count] = [`${name}_bucket`, `${name}_sum`, `${name}_count`] as const;
  return { ...description, type: "histogram", name, bucket, sum, count, series: [bucket, sum, count] };
}

export function open(holds: string): OpenLabel {
  return { open: holds };
}

/** Prometheus 3 stores bucket bounds as floating-point numbers: `le="2"` matches nothing, `le="2.0"` does. */
export function formatBound(bound: number): string {
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

/**
 * The `le` label of the bucket that ends at a threshold.
 * @throws when no bucket ends there: the share below the threshold could not be counted.
 */
export function bucketLabel(metric: Histogram, threshold: number): string {
  if (!metric.buckets.includes(threshold)) {
    throw new Error(
      `${metric.name} has no bucket that ends at ${threshold}: choose one of ${metric.buckets.join(", ")}, ` +
        "or add it to catalog/metrics/ and to the application",
    );
  }
  return formatBound(threshold);
}
