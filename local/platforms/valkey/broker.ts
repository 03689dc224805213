/** Does what the simulated AgentPay does with its Redis, on the local Valkey, in batches. */
import type { RedisClientType } from "@redis/client";
import type { Broker } from "../../agentpay/broker.ts";
import { type Queue, queues } from "../../agentpay/world.ts";

/** Beyond that, lookups are left out: a Valkey that is away must not fill the daemon's memory. */
const MOST_WAITING = 1000;
/** Things that AgentPay looks up, each for as long as it is fresh. */
const CACHED_THINGS = 400;
const FRESH_SECONDS = 300;
/** What happened last, for whoever follows it. */
const EVENTS = { key: "agentpay:events", most: 1000 } as const;

const listOf = (queue: Queue) => `dramatiq:${queue}`;
const JOB = JSON.stringify({ actor: "summarise", args: [], options: { retries: 0 } });

export class ValkeyBroker implements Broker {
  /** Jobs that came, less those that were taken, since the last time. */
  readonly #jobs = new Map<Queue, { came: number; taken: number }>();
  #lookups = 0;

  enqueue(queue: Queue): void {
    this.#of(queue).came++;
  }

  take(queue: Queue, jobs: number): void {
    this.#of(queue).taken += jobs;
  }

  work(amount: number): void {
    this.#lookups = Math.min(MOST_WAITING, this.#lookups + amount);
  }

  /** Empties the queues: jobs of an AgentPay that is gone are done by nobody. */
  async begin(client: RedisClientType): Promise<void> {
    this.#jobs.clear();
    this.#lookups = 0;
    await client.del(queues.map(listOf));
  }

  /** Does what has come since the last time. What can't be done is lost, and its error thrown. */
  async flush(client: RedisClientType): Promise<void> {
    const jobs = [...this.#jobs];
    const lookups = this.#lookups;
    this.#jobs.clear();
    this.#lookups = 0;
    const batches = jobs.map(async ([queue, { came, taken }]) => {
      if (came > 0)
        await client.lPush(
          listOf(queue),
          Array.from({ length: came }, () => JOB),
        );
      if (taken > 0) await client.rPopCount(listOf(queue), taken);
    });
    await Promise.all([...batches, ...Array.from({ length: lookups }, () => lookUp(client))]);
    if (lookups > 0) await client.xAdd(EVENTS.key, "*", { requests: String(lookups) }, trimmed);
  }

  #of(queue: Queue): { came: number; taken: number } {
    const known = this.#jobs.get(queue) ?? { came: 0, taken: 0 };
    this.#jobs.set(queue, known);
    return known;
  }
}

const trimmed = {
  TRIM: { strategy: "MAXLEN", strategyModifier: "~", threshold: EVENTS.most },
} as const;

async function lookUp(client: RedisClientType): Promise<void> {
  const key = `agentpay:cache:${Math.floor(Math.random() ** 3 * CACHED_THINGS)}`;
  if ((await client.get(key)) === null)
    await client.set(key, JSON.stringify({ key }), { expiration: { type: "EX", value: FRESH_SECONDS } });
}
