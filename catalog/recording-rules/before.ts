/** How much there was before something stopped, for as long as it is stopped. */
import type { RecordingRule } from "./recording-rule.ts";

/** A held level loses half of itself in six hours, as an evening does: no alert on it rings for ever. */
const DECAY_PER_EVALUATION = 0.999;

/**
 * The mean of a recorded series over the half hour up to 5 minutes ago. While the series is below a share of it, the
 * mean is held: else it would fall with what it is compared with, and the alert would end although nothing came back.
 * The rule reads what it recorded itself; its group is evaluated every 30 seconds.
 */
export function heldBefore(
  record: string,
  current: Pick<RecordingRule, "record">,
  share: number,
): RecordingRule {
  return held(record, `avg_over_time(${current.record}[30m] offset 5m)`, current, share);
}

/** Likewise, of what went on for over an hour: the lesser of that mean and the one before, so that a batch counts as none. */
export function heldSteadyBefore(
  record: string,
  current: Pick<RecordingRule, "record">,
  share: number,
): RecordingRule {
  const [before, earlier] = ["5m", "1h"].map((ago) => `avg_over_time(${current.record}[30m] offset ${ago})`);
  return held(record, `(${before} < ${earlier} or ${earlier})`, current, share);
}

function held(
  record: string,
  usual: string,
  current: Pick<RecordingRule, "record">,
  share: number,
): RecordingRule {
  const last = `last_over_time(${record}[10m])`;
  return {
    record,
    expression: `${usual} unless ${current.record} < ${share} * ${last} or ${last} * ${DECAY_PER_EVALUATION}`,
  };
}
