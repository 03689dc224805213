/** How much there was before something stopped, for as long as it is stopped. */
import type { RecordingRule } from "./recording-rule.ts";

/** A held level loses half of itself in six hours, as an evening does: no alert on it rings for ever. */
const DECAY_PER_EVALUATION = 0.999;

/**
 * The mean of a recorded series over the half hour up to 5 minutes ago. While the series is below a share of it, the
 * mean is held: else it would fall with what it is compared with, and the alert would end although nothing came back.
 * The rule reads what it recorded itself; its group is evaluated every 30 seconds.
 */
export function heldBefore(record: string, current: RecordingRule, share: number): RecordingRule {
  const last = `last_over_time(${record}[10m])`;
  return {
    record,
    expression:
      `avg_over_time(${current.record}[30m] offset 5m) unless ${current.record} < ${share} * ${last}` +
      ` or ${last} * ${DECAY_PER_EVALUATION}`,
  };
}
