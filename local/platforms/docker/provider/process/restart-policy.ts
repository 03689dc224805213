/** Docker's restart policies, and its back-off: 100 ms, doubled by each failure up to a minute. */

export interface RestartPolicy {
  readonly name: "no" | "on-failure" | "always" | "unless-stopped";
  /** Of `on-failure`. 0: no limit. */
  readonly maxRetryCount: number;
}

export interface Ended {
  readonly exitCode: number;
  /** Milliseconds that it ran. */
  readonly ranFor: number;
  /** Ends in a row before this one that came within `SETTLED` of their start. */
  readonly failures: number;
}

/** One that ran as long as this has settled: the next end counts as the first. */
export const SETTLED = 10_000;

const FIRST_DELAY = 100;
const LONGEST_DELAY = 60_000;

/** Milliseconds until an ended server starts again. Undefined: never. */
export function restartDelay(policy: RestartPolicy, ended: Ended): number | undefined {
  const failures = ended.ranFor >= SETTLED ? 0 : ended.failures;
  const exhausted = policy.maxRetryCount > 0 && failures >= policy.maxRetryCount;
  const again: Readonly<Record<RestartPolicy["name"], boolean>> = {
    no: false,
    "on-failure": ended.exitCode !== 0 && !exhausted,
    always: true,
    "unless-stopped": true,
  };
  return again[policy.name] ? Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY) : undefined;
}
