/** Believable numbers of series for the whole metric contract. Their values only have to move. */
import { metrics } from "../../../catalog/metrics/index.ts";
import {
  formatBound,
  type Histogram,
  type Job,
  type LabelValues,
  type Metric,
} from "../../../catalog/metrics/metric.ts";

/** How much there is of what AgentPay's size decides. */
export interface Scale {
  readonly instances: number;
  readonly endpoints: number;
  readonly models: number;
}

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it gains in a second; 0: a gauge that stays. */
  readonly slope: number;
}

/** Values of labels that the contract leaves open; of those that it doesn't, where not each goes with each. */
function labelValues(scale: Scale): Readonly<Record<string, readonly string[]>> {
  const models = numbered("model-", scale.models);
  return {
    // A route has one method, and a model one provider.
    method: ["POST"],
    provider: ["anthropic"],
    endpoint: numbered("/api/v1/resource-", scale.endpoints),
    status: ["200", "404", "500"],
    model: models,
    from_model: models.slice(0, 1),
    to_model: models.slice(-1),
    queryid: numbered("", 100),
    cmd: numbered("command-", 20),
    rule_group: numbered("group-", 30),
  };
}

function targets(job: Job, { instances }: Scale): readonly string[] {
  if (job === "agentpay-api") return numbered("api-", instances);
  return job === "agentpay-worker" ? numbered("worker-", Math.ceil(instances / 4)) : [job];
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

/** Every series that the contract's targets expose, and what Prometheus writes about each target. */
export function* contractSeries(scale: Scale): Generator<Series> {
  const open = labelValues(scale);
  for (const metric of Object.values<Metric>(metrics)) {
    for (const job of metric.jobs) {
      for (const instance of targets(job, scale)) {
        for (const labels of combinations(metric.labels, open)) {
          yield* seriesOf(metric, { job, instance, ...labels });
        }
      }
    }
  }
}

export function seriesCount(scale: Scale): number {
  let count = 0;
  for (const _ of contractSeries(scale)) count += 1;
  return count;
}

function* combinations(
  labels: Readonly<Record<string, LabelValues>>,
  open: ReturnType<typeof labelValues>,
): Generator<Record<string, string>> {
  const [first, ...others] = Object.entries(labels);
  if (first === undefined) return yield {};
  const [name, declared] = first;
  const closed = "open" in declared ? undefined : declared;
  for (const value of (closed && !["method", "provider"].includes(name) ? closed : open[name]) ?? ["any"]) {
    for (const rest of combinations(Object.fromEntries(others), open)) yield { [name]: value, ...rest };
  }
}

function* seriesOf(metric: Metric, labels: Series["labels"]): Generator<Series> {
  if (metric.type === "histogram") return yield* histogramSeries(metric, labels);
  yield { name: metric.name, labels, slope: metric.type === "counter" ? 1 : 0 };
}

function* histogramSeries(
  { bucket, sum, count, buckets }: Histogram,
  labels: Series["labels"],
): Generator<Series> {
  for (const [index, bound] of [...buckets, Number.POSITIVE_INFINITY].entries()) {
    const le = bound === Number.POSITIVE_INFINITY ? "+Inf" : formatBound(bound);
    yield { name: bucket, labels: { ...labels, le }, slope: (index + 1) / (buckets.length + 1) };
  }
  yield { name: sum, labels, slope: 0.3 };
  yield { name: count, labels, slope: 1 };
}
