/**
 * How well the machine keeps up with a lab's pace, as measured while the lab lives: from 1 on it does not. At 60 times
 * the pace, a server that gets no processor for half a second has missed half a minute, and looks dead: what fails then
 * proves nothing of the alerts.
 */
import type { Lab } from "./lab.ts";
import { query } from "./observation.ts";

/** Simulated seconds for which a machine may stand still: half the shortest hold time. */
const STANDING_SECONDS = 30;

/** Share of its time that Prometheus needs for its slowest group of rules; but for those that are too slow on purpose. */
const BUSY =
  'max(prometheus_rule_group_last_duration_seconds{rule_group!~".*;drill-.*"} / prometheus_rule_group_interval_seconds)';

export class Strain {
  readonly #factor: number;
  #most = 0;
  #lookedAt: number | undefined;

  constructor(factor: number) {
    this.#factor = factor;
  }

  /** The worst so far: 1 is just bearable. */
  get most(): number {
    return this.#most;
  }

  /** Counts the time since the last look: of that, so many seconds were asked for. */
  look(asked: number, now = Date.now()): void {
    const standing = this.#lookedAt === undefined ? 0 : (now - this.#lookedAt) / 1000 - asked;
    this.#lookedAt = now;
    this.#note((standing * this.#factor) / STANDING_SECONDS);
  }

  /** Counts how long Prometheus needed for its rules just now. */
  async lookAtRules(lab: Lab): Promise<void> {
    const [busy = 0] = await query(lab, BUSY);
    this.#note(busy);
  }

  #note(strain: number): void {
    if (Number.isFinite(strain)) this.#most = Math.max(this.#most, strain);
  }
}

/** What is left to chance: no second is like the one before. */
const MARGIN = 0.7;
/** Slower than that, a round takes most of an hour. */
const SLOWEST = 1 / 4;

/** The pace of a run: as fast as asked for, and no faster than the machine was seen to bear. */
export class Tempo {
  readonly #most: number;
  #factor: number;

  /** @param most simulated seconds in a second */
  constructor(most: number) {
    this.#most = most;
    this.#factor = most;
  }

  /** Simulated seconds in a second, for what starts now. */
  get factor(): number {
    return this.#factor;
  }

  /** Goes by what a lab of this pace was seen to be subject to. */
  measured(factor: number, strain: number): void {
    this.#factor = this.#bearable(strain === 0 ? this.#most : (factor * MARGIN) / strain);
  }

  /** For what is repeated: slower by half at least than what did not hold, and slower still where that was measured. */
  slowerThan(factor: number): number {
    return this.#bearable(Math.min(this.#factor, factor / 2));
  }

  #bearable(factor: number): number {
    return Math.max(1, Math.ceil(this.#most * SLOWEST), Math.min(this.#most, Math.floor(factor)));
  }
}
