/** What AgentPay does in its database while it runs. Times are seconds since 1970. */

/** A row of `conversations`, written at its start and again at its end. */
export interface ConversationRow {
  readonly id: string;
  readonly stage: "discovery" | "recommendation" | "checkout";
  readonly status: "active" | "completed" | "abandoned" | "escalated" | "failed";
  readonly checkoutId?: string | undefined;
  readonly createdAt: number;
  readonly completedAt?: number;
}

/** A row of `llm_metrics`. */
export interface CallRow {
  readonly model: string;
  readonly timestamp: number;
  readonly latencyMilliseconds: number;
  /** All of them, those read from and written to the cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined where the price is not known. */
  readonly costUsd: number | undefined;
  readonly cached: boolean;
}

export interface Ledger {
  conversation(row: ConversationRow): void;
  call(row: CallRow): void;
  /** @param amount requests and jobs of a second, each of which asks the database something */
  work(amount: number): void;
}

export const noLedger: Ledger = { conversation: () => {}, call: () => {}, work: () => {} };
