/** Does what the simulated AgentPay does in its database, on the local one, in batches. */
import type { CallRow, ConversationRow, Ledger } from "../../agentpay/ledger.ts";
import type { AgentPayPools } from "./agentpay.ts";

/** Beyond that, rows are dropped: a database that is away must not fill the daemon's memory. */
const MOST_WAITING = 10_000;
/** Questions a second: a busy database would be most of a small machine's work. */
const MOST_QUESTIONS = 50;

const CONVERSATIONS = `
  INSERT INTO conversations (id, organization_id, stage, status, checkout_id, created_at, completed_at)
  SELECT id, md5('organization')::uuid, stage, status, "checkoutId", to_timestamp("createdAt"),
    to_timestamp("completedAt")
  FROM jsonb_to_recordset($1) AS rows(id uuid, stage text, status text, "checkoutId" uuid,
    "createdAt" float8, "completedAt" float8)
  ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, status = excluded.status,
    checkout_id = excluded.checkout_id, completed_at = excluded.completed_at`;

const CALLS = `
  INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output, cost_usd, cached, timestamp)
  SELECT model, "latencyMilliseconds", "inputTokens", "outputTokens", "costUsd", cached, to_timestamp(timestamp)
  FROM jsonb_to_recordset($1) AS rows(model text, "latencyMilliseconds" float8, "inputTokens" integer,
    "outputTokens" integer, "costUsd" numeric, cached boolean, timestamp float8)`;

export class DatabaseLedger implements Ledger {
  #from = Number.POSITIVE_INFINITY;
  /** By id: the end of a conversation replaces its start where neither is written yet. */
  #conversations = new Map<string, ConversationRow>();
  #calls: CallRow[] = [];
  #questions = 0;

  /** Rows of before that moment (seconds since 1970) are not kept: the history holds them. */
  startAt(from: number): void {
    this.#from = from;
  }

  conversation(row: ConversationRow): void {
    if (row.createdAt < this.#from || this.#conversations.size >= MOST_WAITING) return;
    this.#conversations.set(row.id, row);
  }

  call(row: CallRow): void {
    if (row.timestamp >= this.#from && this.#calls.length < MOST_WAITING) this.#calls.push(row);
  }

  work(amount: number): void {
    this.#questions = Math.min(MOST_QUESTIONS, this.#questions + amount);
  }

  /** Does what has come since the last time. What can't be done is lost. */
  async flush(pools: AgentPayPools): Promise<void> {
    const [conversations, calls] = [[...this.#conversations.values()], this.#calls];
    this.#conversations = new Map();
    this.#calls = [];
    const questions = this.#questions;
    this.#questions = 0;
    if (conversations.length > 0) await pools.api.query(CONVERSATIONS, [JSON.stringify(conversations)]);
    if (calls.length > 0) await pools.api.query(CALLS, [JSON.stringify(calls)]);
    await pools.ask(questions);
  }
}
