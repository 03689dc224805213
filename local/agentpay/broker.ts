/** What AgentPay does with its Redis while it runs: queues of jobs, and a cache. */
import type { Queue } from "./world.ts";

export interface Broker {
  enqueue(queue: Queue): void;
  take(queue: Queue, jobs: number): void;
  /** @param amount requests and jobs of a second, each of which looks something up */
  work(amount: number): void;
}

export const noBroker: Broker = { enqueue: () => {}, take: () => {}, work: () => {} };
