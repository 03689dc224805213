import { metrics } from "../../../catalog/metrics/index.ts";
import type { Broker } from "../broker.ts";
import type { Exposition } from "../exposition.ts";
import type { Ledger } from "../ledger.ts";
import { type Queue, queues } from "../world.ts";
import { checkOut, initialiseCheckouts } from "./checkout.ts";
import { Llm } from "./llm.ts";
import type { Moment } from "./moment.ts";

/** Webhooks, e-mails, synchronisation: jobs that no visitor of the simulation starts. Per second. */
const BACKGROUND_JOBS = 0.6;
/** Jobs a second that the worker manages. */
const CAPACITY = 40;
/** Most jobs that wait in a queue: a publisher that finds it full drops its job. */
const QUEUE_LIMIT = 5000;
/** Now and then a job waits a little longer, so that a healthy queue is not always empty. */
const PAUSE_RATIO = 0.15;

export type Job = "payment" | "summary" | "other";

interface Waiting {
  readonly job: Job;
  readonly since: number;
}

/** The worker and the queues in Redis that feed it. */
export class Worker {
  readonly #worker: Exposition;
  readonly #llm: Llm;
  readonly #broker: Broker;
  readonly #waiting: Record<Queue, Waiting[]> = { high_priority: [], medium_priority: [], low_priority: [] };
  #done = 0;

  constructor(worker: Exposition, ledger: Ledger, broker: Broker) {
    this.#worker = worker;
    this.#broker = broker;
    this.#llm = new Llm(worker, ledger);
  }

  initialise(): void {
    this.#llm.initialise();
    initialiseCheckouts(this.#worker);
    for (const queue of queues) {
      for (const status of metrics.workerJobs.labels.status)
        this.#worker.add(metrics.workerJobs, { queue, status }, 0);
      this.#measure(queue, 0);
    }
  }

  enqueue(queue: Queue, job: Job, { now }: Moment): void {
    const waiting = this.#waiting[queue];
    if (waiting.length >= QUEUE_LIMIT) return;
    waiting.push({ job, since: now });
    this.#broker.enqueue(queue);
  }

  tick(moment: Moment): void {
    const { worker, redis } = moment.conditions;
    const arriving = moment.random.poisson(BACKGROUND_JOBS * moment.load + worker.extraJobRate);
    for (let job = 0; job < arriving; job++) this.enqueue("medium_priority", "other", moment);
    this.#llm.tick(moment);
    this.#done = 0;
    const capacity = worker.up && worker.working && redis.up ? CAPACITY : 0;
    for (const queue of queues) {
      const taken = this.#take(queue, capacity - this.#done, moment);
      for (const { job } of taken) this.#work(queue, job, moment);
      this.#done += taken.length;
      this.#measure(queue, moment.now);
    }
  }

  /** Jobs worked off in the last second. */
  get done(): number {
    return this.#done;
  }

  depth(queue: Queue): number {
    return this.#waiting[queue].length;
  }

  #take(queue: Queue, capacity: number, { random }: Moment): Waiting[] {
    const waiting = this.#waiting[queue];
    const later = random.chance(PAUSE_RATIO) ? 1 : 0;
    const taken = waiting.splice(0, Math.max(0, Math.min(capacity, waiting.length - later)));
    this.#broker.take(queue, taken.length);
    return taken;
  }

  #work(queue: Queue, job: Job, moment: Moment): void {
    const succeeded =
      !moment.random.chance(moment.conditions.worker.failureRatio) && this.#perform(job, moment);
    this.#worker.add(metrics.workerJobs, { queue, status: succeeded ? "succeeded" : "failed" });
  }

  #perform(job: Job, moment: Moment): boolean {
    if (job === "summary") return this.#llm.chat(moment, false);
    if (job === "payment") checkOut(this.#worker, moment);
    return true;
  }

  #measure(queue: Queue, now: number): void {
    const waiting = this.#waiting[queue];
    const [oldest] = waiting;
    this.#worker.set(metrics.workerQueueDepth, { queue }, waiting.length);
    this.#worker.set(metrics.workerOldestJobAge, { queue }, oldest ? now - oldest.since : 0);
  }
}
