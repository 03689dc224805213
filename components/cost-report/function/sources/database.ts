import { Client, type ClientConfig } from "pg";
import { z } from "zod";
import { addDays, type Span, startOf } from "../calendar.ts";
import type { ConversationDay, LlmDay } from "../figures.ts";
import { ANSWER_MILLISECONDS, type Found } from "./source.ts";

const LLM_BY_DAY = `
  SELECT to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, model,
    coalesce(sum(cost_usd), 0)::float8 AS usd, count(*)::integer AS calls,
    (count(*) FILTER (WHERE cost_usd IS NULL))::integer AS "unpricedCalls"
  FROM llm_metrics WHERE timestamp >= $1 AND timestamp < $2 GROUP BY 1, 2`;

/** As the guide counts them: a conversion is a completed conversation with a checkout. */
const CONVERSATIONS_BY_DAY = `
  SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*)::integer AS conversations,
    (count(*) FILTER (WHERE status = 'completed' AND checkout_id IS NOT NULL))::integer AS conversions
  FROM conversations WHERE created_at >= $1 AND created_at < $2 GROUP BY 1`;

const llmDays = z.array(
  z.object({
    day: z.string(),
    model: z.string(),
    usd: z.number(),
    calls: z.number(),
    unpricedCalls: z.number(),
  }),
);
const conversationDays = z.array(
  z.object({ day: z.string(), conversations: z.number(), conversions: z.number() }),
);

/** AgentPay's database, through the read-only role. */
export class Database {
  readonly name = "the database";
  readonly #connection: () => Promise<ClientConfig>;

  /** @param connection is made when it is needed: it takes a password to be read */
  constructor(connection: () => Promise<ClientConfig>) {
    this.#connection = connection;
  }

  async llmDays(span: Span): Promise<Found<LlmDay>> {
    return { rows: llmDays.parse(await this.#rows(LLM_BY_DAY, span)) };
  }

  async conversationDays(span: Span): Promise<Found<ConversationDay>> {
    return { rows: conversationDays.parse(await this.#rows(CONVERSATIONS_BY_DAY, span)) };
  }

  async #rows(sql: string, { first, last }: Span): Promise<readonly unknown[]> {
    const client = new Client({
      connectionTimeoutMillis: ANSWER_MILLISECONDS,
      query_timeout: ANSWER_MILLISECONDS,
      ...(await this.#connection()),
    });
    client.on("error", () => {
      // The query that was under way tells it.
    });
    await client.connect();
    try {
      return (await client.query(sql, [startOf(first), startOf(addDays(last, 1))])).rows;
    } finally {
      await client.end();
    }
  }
}
