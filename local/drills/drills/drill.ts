/** What a drill says: what is broken on purpose, and what has to ring then. */
import type { Duration } from "../../../catalog/duration.ts";
import type { FaultName } from "../../agentpay/faults.ts";
import type { AlertId } from "../alert-id.ts";
import type { PrometheusBreakage } from "../breakages.ts";

/** Parts of what is watched that a drill disturbs: drills with one in common never run together. */
export type Area =
  | "api"
  | "edge"
  | "status page"
  | "websocket"
  | "checkout"
  | "llm"
  | "cost"
  | "rag"
  | "tools"
  | "worker"
  | "postgres"
  | "redis"
  | "prometheus"
  | "alertmanager";

export interface Drill {
  /** Unique; what breaks, for people. */
  readonly title: string;
  /** Faults of the simulated AgentPay, with their parameters. */
  readonly faults?: Readonly<Partial<Record<FaultName, Readonly<Record<string, number>>>>>;
  /** What else breaks. */
  readonly prometheus?: PrometheusBreakage;
  readonly statusPage?: "gone";
  readonly alertmanager?: "refused configuration" | "revoked Slack webhook" | "announced work on the API";
  /** Whether AWS takes part, for phones and the heartbeat. Default: no, it is slow to start. */
  readonly aws?: true;
  /** Default: everything, so it runs by itself. */
  readonly areas?: readonly Area[];
  /** How long all is well before it breaks: as long as it takes for the alerts to have the past that they compare. Default: 15m. */
  readonly history?: Duration;
  /** What has to reach people, and to end once the fault is gone. */
  readonly rings: readonly AlertId[];
  /** Whether all that pages is to be one incident. Default: it may be several. */
  readonly once?: true;
  /** What has to hold for long enough to fire, and be held back by what rings, or by announced work. */
  readonly mutes?: readonly AlertId[];
  /** What has to reach people once the fault is gone, for it was held back while that lasted. */
  readonly ringsAfter?: readonly AlertId[];
  /** What may ring as well, for the same reason. */
  readonly mayRing?: readonly AlertId[];
  /** Those that ring and whose end is not waited for, with the reason. */
  readonly outlast?: Readonly<Record<AlertId, string>>;
}

/**
 * What burns a budget all at once passes the limit of the 1h window first, as the 6h window holds hours without a fault.
 * Young windows hold the same, and the 6h limit is lower.
 */
export const BEFORE_A_FAST_BURN: Duration = "2h";

/** Everything that may fire because of a drill. */
export function alertsOf({ rings, mutes = [], ringsAfter = [], mayRing = [] }: Drill): readonly AlertId[] {
  return [...rings, ...mutes, ...ringsAfter, ...mayRing];
}
