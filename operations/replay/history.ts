/**
 * What a history answers to a query at each of many times, piece by piece. What was answered is kept: a replay that was
 * interrupted goes on where it was.
 */
import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { NoAnswer, type PrometheusApi } from "./prometheus-api.ts";
import type { Labels } from "./series.ts";

/** Times at which something is evaluated: each whole number of steps after the phase. Milliseconds. */
export interface Grid {
  readonly step: number;
  readonly phase: number;
}

/** A piece of a history: from a time on, and before another. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Series that had a value, by time. A time that is missing had none. */
export interface Answer {
  readonly at: ReadonlyMap<number, readonly Labels[]>;
  /** Times at which the query fails, for which Prometheus' rule would have failed as well. */
  readonly failed: ReadonlySet<number>;
  readonly reason: string | undefined;
}

/** As it is kept in a file. */
const storedAnswer = z.object({
  series: z.array(z.object({ labels: z.record(z.string(), z.string()), times: z.array(z.number()) })),
  failed: z.array(z.number()),
  reason: z.string().optional(),
});
type Stored = z.output<typeof storedAnswer>;

/** Prometheus answers at most 11,000 points a series. */
const MOST_POINTS = 10_000;
/** Where answers are kept, unless somebody says otherwise. */
export const CACHE = join(REPOSITORY, "node_modules/.cache/replay");
/** A query that fails is halved until it is known when. After so many failures it is given up. */
const MOST_FAILURES = 64;
/** Samples may come late: what is so young is asked again. */
const SETTLED_MILLISECONDS = 10 * 60_000;
const KEPT_MILLISECONDS = 3 * 86_400_000;

export class History {
  readonly #api: PrometheusApi;
  readonly #folder: string;

  /** @param folder where answers are kept */
  constructor(api: PrometheusApi, folder: string) {
    this.#api = api;
    this.#folder = folder;
  }

  /** Removes answers that nobody will want again. */
  async tidy(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const file = join(this.#folder, name);
      const { mtimeMs } = await stat(file);
      if (Date.now() - mtimeMs > KEPT_MILLISECONDS) await rm(file, { force: true });
    }
  }

  /** @throws Failure where the history can't be reached */
  async answer(expression: string, grid: Grid, piece: Piece): Promise<Answer> {
    let all = EMPTY;
    for (const part of piecesOf(piece, MOST_POINTS * grid.step)) {
      all = joined(all, await this.#stored(expression, grid, part));
    }
    return indexed(all);
  }

  async #stored(expression: string, grid: Grid, piece: Piece): Promise<Stored> {
    const times = timesOf(grid, piece);
    const [start, end] = [times.at(0), times.at(-1)];
    if (start === undefined || end === undefined) return EMPTY;
    const question = { expression, start, end, step: grid.step };
    const file = join(this.#folder, `${digest([this.#api.identity, question])}.json`);
    const kept = await readIfExists(file);
    if (kept !== undefined) {
      const read = storedAnswer.safeParse(JSON.parse(kept));
      if (read.success) return read.data;
    }
    const fresh = await this.#halving(expression, times, grid.step, { failures: 0 });
    if (end < Date.now() - SETTLED_MILLISECONDS) await writeAtomically(file, JSON.stringify(fresh));
    return fresh;
  }

  /** Asks for less at a time where there is too much to compute, or where some of the evaluations fail. */
  async #halving(
    expression: string,
    times: readonly number[],
    step: number,
    budget: { failures: number },
  ): Promise<Stored> {
    const [start = 0, end = 0] = [times.at(0), times.at(-1)];
    try {
      const series = await this.#api.range({ expression, start, end, step });
      return {
        series: series.map(({ labels, times: found }) => ({ labels, times: [...found] })),
        failed: [],
      };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      budget.failures += 1;
      if (times.length === 1 || budget.failures > MOST_FAILURES) {
        return { series: [], failed: [...times], reason: messageOf(error) };
      }
      const middle = Math.ceil(times.length / 2);
      return joined(
        await this.#halving(expression, times.slice(0, middle), step, budget),
        await this.#halving(expression, times.slice(middle), step, budget),
      );
    }
  }
}

const EMPTY: Stored = { series: [], failed: [] };

function joined(left: Stored, right: Stored): Stored {
  const reason = left.reason ?? right.reason;
  return {
    series: [...left.series, ...right.series],
    failed: [...left.failed, ...right.failed],
    ...(reason !== undefined && { reason }),
  };
}

function indexed({ series, failed, reason }: Stored): Answer {
  const at = new Map<number, Labels[]>();
  for (const { labels, times } of series) {
    for (const time of times) {
      const there = at.get(time);
      if (there) there.push(labels);
      else at.set(time, [labels]);
    }
  }
  return { at, failed: new Set(failed), reason };
}

/** The grid's times in a piece. */
export function timesOf({ step, phase }: Grid, { from, to }: Piece): readonly number[] {
  const first = Math.ceil((from - phase) / step) * step + phase;
  return Array.from(
    { length: Math.max(0, Math.ceil((to - first) / step)) },
    (_, index) => first + index * step,
  );
}

/** Pieces that begin at the same times whenever they are asked for. */
export function piecesOf({ from, to }: Piece, length: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / length) + 1) * length);
    pieces.push({ from: start, to: end });
    start = end;
  }
  return pieces;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
