/**
 * A past for the simulated AgentPay: conversations and language model calls as the simulation would have had them in
 * a healthy time, for the days in which it did not run. The server makes the rows itself, a day at a time.
 */
import type { ClientBase } from "pg";
import { models } from "../../agentpay/world.ts";

const DAY_SECONDS = 86_400;

/** As in the simulation (traffic/visitors.ts, agent.ts, llm.ts): each call of a turn counts. */
const CONVERSATIONS_A_DAY = DAY_SECONDS * (0.45 * 0.1 + 0.004);
const CALLS_PER_CONVERSATION = 4 * 1.95;

/** At the busiest time of a day. */
const HIGHEST_LOAD = 1.4;

/**
 * Moments of one day by the daily curve of `loadAt`: a candidate is kept with the probability of its second's load.
 * $1 is the day's first second (since 1970), $2 the candidates, $3 and $4 the seconds between which rows are kept.
 */
const CONVERSATIONS = `
  INSERT INTO conversations (id, organization_id, stage, status, checkout_id, created_at, completed_at)
  SELECT
    md5('conversation' || $1 || number)::uuid,
    md5('organization' || floor(organization * organization * 40))::uuid,
    CASE WHEN buys THEN 'checkout' WHEN outcome < 0.5 THEN 'recommendation' ELSE 'discovery' END,
    CASE WHEN outcome < 0.03 THEN 'escalated' WHEN buys OR outcome < 0.63 THEN 'completed'
      WHEN outcome < 0.635 THEN 'failed' ELSE 'abandoned' END,
    CASE WHEN buys THEN md5('checkout' || $1 || number)::uuid END,
    to_timestamp(second),
    to_timestamp(second + duration)
  FROM (
    SELECT
      number,
      $1::float8 + random() * ${DAY_SECONDS} AS second,
      random() * ${HIGHEST_LOAD} AS height,
      random() AS organization,
      random() AS outcome,
      random() < 0.12 AS buys,
      20 + 30 * (random() + random() + random() + random() + random() + random()) AS duration
    FROM generate_series(1, $2::integer) AS number
  ) AS candidates
  WHERE height < ${curve("second")} AND second >= $3 AND second + duration < $4`;

/** The calls of one day. The models' prices are US dollars per million tokens. */
const CALLS = `
  INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output, cost_usd, cached, timestamp)
  SELECT
    model,
    latency,
    question + prompt,
    output,
    (question * input_price + prompt * (CASE WHEN cached THEN read_price ELSE write_price END)
      + output * output_price)::numeric / 1000000,
    cached,
    to_timestamp(second)
  FROM (
    SELECT
      second,
      CASE kind WHEN 1 THEN '${models.embedding.id}' ELSE
        CASE WHEN fallback THEN '${models.large.id}' ELSE '${models.small.id}' END END AS model,
      CASE kind WHEN 1 THEN ${price("embedding", "input")} ELSE ${byModel("input")} END AS input_price,
      CASE kind WHEN 1 THEN 0 ELSE ${byModel("output")} END AS output_price,
      CASE kind WHEN 1 THEN 0 ELSE ${byModel("cache_read")} END AS read_price,
      CASE kind WHEN 1 THEN 0 ELSE ${byModel("cache_write")} END AS write_price,
      CASE kind WHEN 1 THEN 30 + 20 * random() ELSE 500 + 1000 * random() * random() END AS latency,
      (CASE kind WHEN 1 THEN 20 ELSE 60 END * (0.5 + 2 * random() * random() + random()))::integer AS question,
      CASE kind WHEN 1 THEN 0 ELSE 800 END AS prompt,
      CASE kind WHEN 1 THEN 0 ELSE (30 * (0.5 + 2 * random() * random() + random()))::integer + 1 END AS output,
      kind <> 1 AND hit AS cached
    FROM (
      SELECT
        $1::float8 + random() * ${DAY_SECONDS} AS second,
        random() * ${HIGHEST_LOAD} AS height,
        random() < 0.005 AS fallback,
        random() < 0.95 AS hit,
        -- Of a turn's calls, 0.6 embed a question, 1 answers, 0.35 call again after a tool.
        CASE WHEN random() < 0.6 / 1.95 THEN 1 ELSE 2 END AS kind
      FROM generate_series(1, $2::integer)
    ) AS candidates
    WHERE height < ${curve("second")} AND second >= $3 AND second < $4
  ) AS calls`;

/** A span of time, seconds since 1970; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Fills `conversations`, which must hold nothing of that time. The same day always gets the same rows. */
export function writeConversations(client: ClientBase, span: Span): Promise<void> {
  return write(client, CONVERSATIONS, CONVERSATIONS_A_DAY, span);
}

/** Fills `llm_metrics` likewise. */
export function writeCalls(client: ClientBase, span: Span): Promise<void> {
  return write(client, CALLS, CONVERSATIONS_A_DAY * CALLS_PER_CONVERSATION, span);
}

async function write(client: ClientBase, statement: string, daily: number, span: Span): Promise<void> {
  for (let day = span.from - (span.from % DAY_SECONDS); day < span.to; day += DAY_SECONDS) {
    await client.query("SELECT setseed($1)", [((day / DAY_SECONDS) * 0.618_033_988_75) % 1]);
    await client.query(statement, [day, Math.round(daily * HIGHEST_LOAD), span.from, span.to]);
  }
}

function curve(second: string): string {
  // Whole days make no difference to a cosine.
  return `1 + 0.4 * cos(${(2 * Math.PI) / DAY_SECONDS} * (${second} - 54000))`;
}

function price(model: keyof typeof models, type: "input" | "output" | "cache_read" | "cache_write"): number {
  return models[model].price[type];
}

function byModel(type: "input" | "output" | "cache_read" | "cache_write"): string {
  return `CASE WHEN fallback THEN ${price("large", type)} ELSE ${price("small", type)} END::float8`;
}
