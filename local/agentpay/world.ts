/** Who and what the simulated AgentPay consists of: its routes, models, queues and tables. */

import { priceOf } from "../../catalog/llm-pricing.ts";

/** A route of the api. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH";
  readonly endpoint: string;
  /** Status of a good answer. */
  readonly status: string;
  /** Median time to answer, seconds. */
  readonly seconds: number;
  /** Requests a second, at average load, of other programs than the widget. */
  readonly background: number;
}

export const routes = {
  widgetConfiguration: {
    method: "GET",
    endpoint: "/api/v1/widget/{organization_id}/configuration",
    status: "200",
    seconds: 0.02,
    background: 0,
  },
  startConversation: {
    method: "POST",
    endpoint: "/api/v1/agent/conversations",
    status: "201",
    seconds: 0.09,
    background: 0,
  },
  sendMessage: {
    method: "POST",
    endpoint: "/api/v1/agent/conversations/{conversation_id}/messages",
    status: "202",
    seconds: 0.07,
    background: 0,
  },
  readConversation: {
    method: "GET",
    endpoint: "/api/v1/agent/conversations/{conversation_id}",
    status: "200",
    seconds: 0.04,
    background: 0.3,
  },
  createCheckout: {
    method: "POST",
    endpoint: "/api/v1/checkouts",
    status: "201",
    seconds: 0.16,
    background: 0,
  },
  listProducts: {
    method: "GET",
    endpoint: "/api/v1/products",
    status: "200",
    seconds: 0.05,
    background: 1.5,
  },
  readOrganization: {
    method: "GET",
    endpoint: "/api/v1/organizations/{organization_id}",
    status: "200",
    seconds: 0.03,
    background: 0.8,
  },
  updateCustomer: {
    method: "PATCH",
    endpoint: "/api/v1/customers/{customer_id}",
    status: "200",
    seconds: 0.08,
    background: 0.2,
  },
  receiveWebhook: {
    method: "POST",
    endpoint: "/api/v1/integrations/stripe/webhook",
    status: "202",
    seconds: 0.05,
    background: 0.3,
  },
} as const satisfies Record<string, Route>;

export const clientErrors = ["400", "401", "404", "422"] as const;
export const serverErrors = ["500", "502", "503"] as const;

/** A model with its price in US dollars per million tokens. */
export interface Model {
  readonly provider: "anthropic" | "openai";
  readonly id: string;
  readonly price: { readonly input: number; output: number; cache_read: number; cache_write: number };
  /** Tokens of output a second; 0 for an embedding model, which writes none. */
  readonly speed: number;
}

/** Today's, for prompts of ordinary length. */
function listPrice(model: string): Model["price"] {
  const price = priceOf(model, new Date())?.perMTok;
  if (!price) throw new Error(`catalog/llm-prices.ts has no price of ${model}`);
  const { input, output = 0, cacheRead = 0, cacheWrite5m = 0 } = price;
  return {
    input: Number(input),
    output: Number(output),
    cache_read: Number(cacheRead),
    cache_write: Number(cacheWrite5m),
  };
}

const small: Model = {
  provider: "anthropic",
  id: "claude-haiku-4-5",
  price: listPrice("claude-haiku-4-5"),
  speed: 140,
};
const large: Model = {
  provider: "anthropic",
  id: "claude-sonnet-5-5",
  price: listPrice("claude-sonnet-5-5"),
  speed: 70,
};
const embedding: Model = {
  provider: "openai",
  id: "text-embedding-3-small",
  price: listPrice("text-embedding-3-small"),
  speed: 0,
};
/** `small` answers, `large` is asked where it can't. */
export const models = { small, large, embedding };

/** Requests and tokens a minute that each provider allows. */
export const rateLimits = {
  anthropic: { requests: 4000, input_tokens: 2_000_000, output_tokens: 400_000 },
  openai: { requests: 3000, input_tokens: 1_000_000, output_tokens: 1_000_000 },
} as const;

export const tools = ["search_products", "create_checkout", "get_order_status"] as const;

/** Highest priority first. */
export const queues = ["high_priority", "medium_priority", "low_priority"] as const;
export type Queue = (typeof queues)[number];

export const poolLimits = { api: 20, worker: 10 } as const;

export const database = {
  datid: "16384",
  datname: "agentpay",
  usename: "agentpay",
  maxConnections: 100,
  reservedConnections: 3,
  reservedForRoles: 3,
} as const;

/** Statements by the hash that pg_stat_statements gives them. `perRequest` is how often a request runs one. */
export const statements = [
  { queryid: "-8127364510293847561", perRequest: 0.8, seconds: 0.002 },
  { queryid: "4410293847561029384", perRequest: 0.5, seconds: 0.004 },
  { queryid: "7756102938475610293", perRequest: 0.3, seconds: 0.008 },
  { queryid: "-2093847561029384756", perRequest: 0.2, seconds: 0.003 },
  { queryid: "6029384756102938475", perRequest: 0.1, seconds: 0.012 },
] as const;
/** The similarity search over the merchants' documents, the first to become slow. */
export const slowestStatement = { queryid: "1938475610293847561", perRequest: 0.05 } as const;

export const redisCommands = ["get", "set", "expire", "lpush", "brpop", "publish"] as const;
