import type { Duration } from "../duration.ts";

/** A series that Prometheus computes once, so that alerts and panels share it. */
export interface RecordingRule {
  /** `level:metric:operations`, the level being the labels that are left. */
  readonly record: string;
  readonly expression: string;
  /** Labels that the series gets beyond those of its expression. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Recording rules that are evaluated together, in order. */
export interface RecordingRuleGroup {
  /** At most 40 characters. */
  readonly name: string;
  readonly interval: Duration;
  readonly rules: readonly RecordingRule[];
}
