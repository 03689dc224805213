/**
 * What language and embedding models cost, by day, and until when they answer. Providers change prices and bill a request at
 * that day's; an old price is kept, or last month's report would change.
 *
 * Prices are exact decimals, as text, in US dollars per million tokens (MTok). They are compared weekly with the lists that
 * litellm and genai-prices keep of the providers' pages (`npm run ops -- vendors check`).
 *
 * What else changes the price of a call, such as a batch, is in `llm-price-factors.ts`.
 */

/** Prices of one band. What a model has no use for (output of an embedding) is left out, and can't be billed. */
export interface TokenPrices {
  readonly input: string;
  readonly output?: string;
  /** Writing the prompt into the cache for 5 minutes: 1.25 times the input, where the provider has it. */
  readonly cacheWrite5m?: string;
  /** For an hour: twice the input. */
  readonly cacheWrite1h?: string;
  /** Reading it from there: from a tenth of the input down to a fortieth, by model. */
  readonly cacheRead?: string;
}

export interface LlmPrice {
  /** As the provider names it, without the date of a snapshot (`claude-haiku-4-5-20251001` is `claude-haiku-4-5`). */
  readonly model: string;
  readonly provider: "anthropic" | "openai";
  /** First day (UTC) of this price, `YYYY-MM-DD`: at first, the day the model came out. A later entry of the model ends it. */
  readonly effectiveFrom: string;
  readonly perMTok: TokenPrices;
  /** Prices of the whole request where its input, cached tokens included, is longer than this many tokens. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly perMTok: TokenPrices };
  /**
   * Where the price is from. "guide": the monitoring guide this project replaces. "vendor's list": the provider's public
   * price list, as both litellm and genai-prices have it. "unverified": only one of the two has it.
   */
  readonly source: "guide" | "vendor's list" | "unverified";
}

const anthropic = (input: string, output: string, cache: readonly [string, string, string]): TokenPrices => ({
  input,
  output,
  cacheWrite5m: cache[0],
  cacheWrite1h: cache[1],
  cacheRead: cache[2],
});

export const llmPrices: readonly LlmPrice[] = [
  {
    model: "claude-3-5-sonnet-20241022",
    provider: "anthropic",
    effectiveFrom: "2024-10-22",
    perMTok: anthropic("3", "15", ["3.75", "6", "0.30"]),
    source: "guide",
  },
  {
    // The guide has no prices of its cache; these are from genai-prices.
    model: "claude-3-haiku-20240307",
    provider: "anthropic",
    effectiveFrom: "2024-03-07",
    perMTok: anthropic("0.25", "1.25", ["0.30", "0.50", "0.03"]),
    source: "guide",
  },
  {
    model: "claude-haiku-4-5",
    provider: "anthropic",
    effectiveFrom: "2025-10-15",
    perMTok: anthropic("1", "5", ["1.25", "2", "0.10"]),
    source: "vendor's list",
  },
  {
    // Prompts above 200,000 tokens are refused since 2026-04-30.
    model: "claude-sonnet-4-5",
    provider: "anthropic",
    effectiveFrom: "2025-09-29",
    perMTok: anthropic("3", "15", ["3.75", "6", "0.30"]),
    longPrompt: { aboveTokens: 200_000, perMTok: anthropic("6", "22.50", ["7.50", "12", "0.60"]) },
    source: "vendor's list",
  },
  {
    model: "claude-opus-4-5",
    provider: "anthropic",
    effectiveFrom: "2025-11-24",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "vendor's list",
  },
  {
    model: "claude-opus-4-6",
    provider: "anthropic",
    effectiveFrom: "2026-02-05",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    longPrompt: { aboveTokens: 200_000, perMTok: anthropic("10", "37.50", ["12.50", "20", "1"]) },
    source: "vendor's list",
  },
  {
    // Long prompts cost no more from here on.
    model: "claude-opus-4-6",
    provider: "anthropic",
    effectiveFrom: "2026-03-13",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "vendor's list",
  },
  {
    model: "claude-sonnet-4-6",
    provider: "anthropic",
    effectiveFrom: "2026-02-17",
    perMTok: anthropic("3", "15", ["3.75", "6", "0.30"]),
    longPrompt: { aboveTokens: 200_000, perMTok: anthropic("6", "22.50", ["7.50", "12", "0.60"]) },
    source: "vendor's list",
  },
  {
    model: "claude-sonnet-4-6",
    provider: "anthropic",
    effectiveFrom: "2026-03-13",
    perMTok: anthropic("3", "15", ["3.75", "6", "0.30"]),
    source: "vendor's list",
  },
  {
    model: "claude-opus-4-7",
    provider: "anthropic",
    effectiveFrom: "2026-04-16",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "vendor's list",
  },
  {
    model: "claude-opus-4-8",
    provider: "anthropic",
    effectiveFrom: "2026-05-28",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "vendor's list",
  },
  {
    model: "claude-fable-5",
    provider: "anthropic",
    effectiveFrom: "2026-06-09",
    perMTok: anthropic("10", "50", ["12.50", "20", "1"]),
    source: "vendor's list",
  },
  {
    model: "claude-sonnet-5",
    provider: "anthropic",
    effectiveFrom: "2026-06-30",
    perMTok: anthropic("2", "10", ["2.50", "4", "0.20"]),
    source: "vendor's list",
  },
  {
    model: "claude-opus-5",
    provider: "anthropic",
    effectiveFrom: "2026-07-24",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "vendor's list",
  },
  {
    model: "claude-fable-5-1",
    provider: "anthropic",
    effectiveFrom: "2026-09-01",
    perMTok: anthropic("10", "50", ["12.50", "20", "0.25"]),
    source: "vendor's list",
  },
  {
    model: "claude-opus-5-5",
    provider: "anthropic",
    effectiveFrom: "2026-09-22",
    perMTok: anthropic("4", "20", ["5", "8", "0.20"]),
    source: "vendor's list",
  },
  {
    model: "claude-sonnet-5-5",
    provider: "anthropic",
    effectiveFrom: "2026-09-28",
    perMTok: anthropic("2", "10", ["2.50", "4", "0.20"]),
    source: "vendor's list",
  },
  {
    // Reading its cache became half as dear.
    model: "claude-sonnet-5-5",
    provider: "anthropic",
    effectiveFrom: "2026-10-07",
    perMTok: anthropic("2", "10", ["2.50", "4", "0.10"]),
    source: "vendor's list",
  },
  {
    model: "claude-haiku-5-5",
    provider: "anthropic",
    effectiveFrom: "2026-10-07",
    perMTok: anthropic("0.10", "0.50", ["0.125", "0.20", "0.01"]),
    longPrompt: { aboveTokens: 100_000, perMTok: anthropic("0.50", "2.50", ["0.625", "1", "0.05"]) },
    source: "vendor's list",
  },
  {
    model: "claude-fable-5-2",
    provider: "anthropic",
    effectiveFrom: "2026-11-09",
    perMTok: anthropic("8", "40", ["10", "16", "0.20"]),
    source: "unverified",
  },
  {
    model: "text-embedding-3-small",
    provider: "openai",
    effectiveFrom: "2024-01-25",
    perMTok: { input: "0.02" },
    source: "guide",
  },
  {
    model: "text-embedding-3-large",
    provider: "openai",
    effectiveFrom: "2024-01-25",
    perMTok: { input: "0.13" },
    source: "vendor's list",
  },
];

/**
 * When each listed model retires (`YYYY-MM-DD`): calls fail from then on, and what was called before keeps its price. Source:
 * the deprecated models of the provider's own library, anthropic 2.14.0. The guide's two retired before it.
 */
export const modelRetirements: Readonly<Record<string, string>> = {
  "claude-sonnet-4-5": "2026-11-30",
  "claude-opus-4-5": "2027-01-22",
};
