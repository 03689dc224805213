/** `--since` and `--until`. */
import { InvalidArgumentError } from "commander";
import { partsInMilliseconds } from "../../catalog/duration.ts";
import type { Piece } from "./history.ts";

/** A time of the command line: ago, or absolute; milliseconds since 1970. */
export type Moment = { readonly ago: number } | { readonly at: number };

const MINUTE = 60_000;

/** @throws InvalidArgumentError, which commander shows beside the option */
export function parseMoment(text: string): Moment {
  if (/^(\d+(ms|[smhdwy]))+$/.test(text)) return { ago: partsInMilliseconds(text) };
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError(
      "It is a duration such as 30d, or a time such as 2026-11-01 or 2026-11-01T09:30Z.",
    );
  }
  return { at };
}

/**
 * To the minute, so that a replay that is run again soon asks for the same.
 * @param until Default: now
 * @throws InvalidArgumentError where nothing is between
 */
export function periodOf(since: Moment, until: Moment | undefined, now: number): Piece {
  const time = (moment: Moment) => ("at" in moment ? moment.at : now - moment.ago);
  const to = until === undefined ? now : Math.min(now, time(until));
  const from = "ago" in since && until !== undefined ? to - since.ago : time(since);
  const period = { from: Math.floor(from / MINUTE) * MINUTE, to: Math.floor(to / MINUTE) * MINUTE };
  if (period.from >= period.to) {
    throw new InvalidArgumentError("--since must be before --until and before now, by a minute or more.");
  }
  return period;
}
