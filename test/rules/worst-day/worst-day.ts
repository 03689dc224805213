/** How a bad day is written: what breaks on a platform that is well otherwise, and everything that people are told of it. */
import type { Platform } from "./healthy.ts";

/** The kinds of fault that rules tend to get wrong. */
export const kinds = {
  hidden: "an outage that another one hides",
  fallback: "what a fallback makes good",
  silence: "what hangs or vanishes",
  part: "parts of the fleet",
  threshold: "the guide's thresholds",
  false: "nothing that people need to know of",
  blind: "what blinds a rule",
  outside: "what is seen from outside",
} as const;
export type Kind = keyof typeof kinds;

/** What people are told of, by name. */
export interface Told {
  readonly pages?: readonly string[];
  readonly warnings?: readonly string[];
}

export interface WorstDay {
  readonly kind: Kind;
  readonly title: string;
  /** Everything that Prometheus scrapes. */
  readonly series: Platform;
  /** By minute, all critical and warning alerts that fire, and no others. */
  readonly told: Readonly<Record<number, Told>>;
}
