import * as client from "prom-client";
import { exposedBy, metrics } from "../../catalog/metrics/index.ts";
import type { Counter, Gauge, Histogram, Job, Labels, Metric } from "../../catalog/metrics/metric.ts";

/** A value for each label of a metric, checked where the contract lists the values. */
export type LabelsOf<L extends Labels> = {
  readonly [Name in keyof L]: L[Name] extends readonly (infer Value)[] ? Value : string;
};

/** What one job's target exposes: the contract's metrics of that job, and no other. */
export class Exposition {
  readonly #job: Job;
  readonly #registry = new client.Registry();
  readonly #counters = new Map<string, client.Counter>();
  readonly #gauges = new Map<string, client.Gauge>();
  readonly #histograms = new Map<string, client.Histogram>();

  constructor(job: Job) {
    this.#job = job;
    for (const metric of exposedBy(job)) this.#register(metric);
  }

  /** Adds to a counter. An amount of 0 makes a label set known before its first event. */
  add<L extends Labels>(metric: Counter<L>, labels: LabelsOf<L>, amount = 1): void {
    this.#find(this.#counters, metric).inc(plain(labels), amount);
  }

  set<L extends Labels>(metric: Gauge<L>, labels: LabelsOf<L>, value: number): void {
    this.#find(this.#gauges, metric).set(plain(labels), value);
  }

  observe<L extends Labels>(metric: Histogram<L>, labels: LabelsOf<L>, value: number): void {
    this.#find(this.#histograms, metric).observe(plain(labels), value);
  }

  /** Makes a histogram's label set known before its first observation. */
  initialise<L extends Labels>(metric: Histogram<L>, labels: LabelsOf<L>): void {
    this.#find(this.#histograms, metric).zero(plain(labels));
  }

  /** Forgets everything, as the restart of a process does. */
  restart(now: number): void {
    this.#registry.resetMetrics();
    this.set(metrics.processStartTime, {}, now);
  }

  /** Counts from 0 again, as a counter does that another program keeps. */
  reset(metric: Counter): void {
    this.#find(this.#counters, metric).reset();
  }

  /** The metrics in Prometheus's text format; `visible` leaves some out. */
  async text(visible: (name: string) => boolean = () => true): Promise<string> {
    const names = this.#registry.getMetricsAsArray().map(({ name }) => name);
    const texts = await Promise.all(
      names.filter(visible).map((name) => this.#registry.getSingleMetricAsString(name)),
    );
    return `${texts.join("\n\n")}\n`;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #register(metric: Metric): void {
    const options = {
      name: metric.name,
      help: metric.help,
      labelNames: Object.keys(metric.labels),
      registers: [this.#registry],
    };
    if (metric.type === "counter") this.#counters.set(metric.name, new client.Counter(options));
    else if (metric.type === "gauge") this.#gauges.set(metric.name, new client.Gauge(options));
    else {
      const buckets = [...metric.buckets];
      this.#histograms.set(metric.name, new client.Histogram({ ...options, buckets }));
    }
  }

  #find<Instrument>(instruments: ReadonlyMap<string, Instrument>, { name }: { name: string }): Instrument {
    const instrument = instruments.get(name);
    if (!instrument) throw new Error(`${this.#job} does not expose ${name}: see catalog/metrics/`);
    return instrument;
  }
}

/** As prom-client, which knows nothing of the contract, takes them. */
function plain<L extends Labels>(labels: LabelsOf<L>): Record<string, string> {
  return labels as Record<string, string>;
}
