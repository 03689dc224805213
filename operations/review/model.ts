/** What there is to say of a change. */
import type { DriftResult } from "../drift/check.ts";
import type { Preview } from "./preview.ts";
import type { ReplayedChange } from "./replay.ts";
import type { RuleTests } from "./rule-tests.ts";
import type { Side } from "./side.ts";

/** A part, or why it can't be had. */
export type Part<Value> = { readonly value: Value } | { readonly problem: string };

export interface Review {
  readonly stack: string;
  /** What it is compared with, for people. */
  readonly base: string;
  readonly before: Part<Side>;
  readonly after: Part<Side>;
  /** Undefined where it was not asked for. */
  readonly preview: Part<Preview> | undefined;
  /** What the platforms say of what is there now. Undefined where the engine was left out. */
  readonly platforms: Part<DriftResult> | undefined;
  /** What the change would have done to the alerts. Undefined where that was not asked for, or one side can't be had. */
  readonly replay?: Part<ReplayedChange> | undefined;
  /** Undefined where they were not asked for. */
  readonly ruleTests: RuleTests | undefined;
}
