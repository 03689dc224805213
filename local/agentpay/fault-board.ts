/** Which faults are at work. */
import { z } from "zod";
import { type Conditions, healthyConditions } from "./conditions.ts";
import { type FaultName, faults } from "./faults.ts";

/** A fault at work. Times are in seconds since 1970. */
export interface ActiveFault {
  readonly name: FaultName;
  readonly title: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  /** Null: until somebody stops it. */
  readonly endsAt: number | null;
}

const request = z.looseObject({
  name: z.enum(Object.keys(faults) as [FaultName, ...FaultName[]]),
  durationSeconds: z.number().gt(0).optional(),
});

/** The faults at work. */
export class FaultBoard {
  readonly #active = new Map<string, ActiveFault & { change: (conditions: Conditions) => void }>();

  /**
   * Starts a fault; one of that name that is at work already is replaced.
   * @param given `{ name, durationSeconds?, ...parameters of the fault }`
   * @throws z.ZodError that names everything wrong with it.
   */
  start(given: unknown, now: number): ActiveFault {
    const { name, durationSeconds, ...parameters } = request.parse(given);
    const { title, effect, parameters: schema } = faults[name];
    const endsAt = durationSeconds === undefined ? null : now + durationSeconds;
    const active = { name, title, parameters: schema.parse(parameters), startedAt: now, endsAt };
    this.#active.set(name, { ...active, change: effect(parameters) });
    return active;
  }

  /** Returns whether the fault was at work. */
  stop(name: string): boolean {
    return this.#active.delete(name);
  }

  stopAll(): void {
    this.#active.clear();
  }

  active(now: number): ActiveFault[] {
    this.#expire(now);
    return [...this.#active.values()].map(({ change, ...active }) => active);
  }

  /** The healthy conditions, changed by each fault in the order in which they started. */
  conditions(now: number): Conditions {
    this.#expire(now);
    const conditions = healthyConditions();
    for (const { change } of this.#active.values()) change(conditions);
    return conditions;
  }

  #expire(now: number): void {
    for (const { name, endsAt } of this.#active.values()) {
      if (endsAt !== null && endsAt <= now) this.#active.delete(name);
    }
  }
}
