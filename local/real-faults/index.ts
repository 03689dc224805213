/**
 * The faults of PostgreSQL and Redis, done to the real servers of the local stack: what the board of the simulated
 * AgentPay says is at work is made so, and undone when it no longer is.
 */

import { messageOf } from "../../toolkit/error-message.ts";
import type { ActiveFault } from "../agentpay/fault-board.ts";
import type { FaultName } from "../agentpay/faults.ts";
import type { Logger } from "../host/service.ts";

export type Undo = () => Promise<void>;
/** Does it, and returns what undoes it. @throws where it can't be done; nothing is left half done then */
export type Effect = (parameters: Readonly<Record<string, unknown>>) => Promise<Undo>;
export type Effects = { readonly [Name in FaultName]?: Effect };

/** What it can do comes from the services that run the servers. */
export class RealFaults {
  #effects: Effects = {};
  readonly #done = new Map<FaultName, Undo>();
  #work: Promise<void> = Promise.resolve();

  offer(effects: Effects): void {
    this.#effects = { ...this.#effects, ...effects };
  }

  /** Makes it so that exactly these are at work. One change after the other; what fails is tried again the next time. */
  follow(active: readonly Pick<ActiveFault, "name" | "parameters">[], log: Logger): Promise<void> {
    this.#work = this.#work.then(() =>
      this.#converge(active).catch((error: unknown) => log.warn(messageOf(error))),
    );
    return this.#work;
  }

  async #converge(active: readonly Pick<ActiveFault, "name" | "parameters">[]): Promise<void> {
    const wanted = new Set(active.map(({ name }) => name));
    for (const [name, undo] of this.#done) {
      if (wanted.has(name)) continue;
      await undo();
      this.#done.delete(name);
    }
    for (const { name, parameters } of active) {
      if (this.#done.has(name)) continue;
      const undo = await this.#effects[name]?.(parameters);
      if (undo) this.#done.set(name, undo);
    }
  }
}
