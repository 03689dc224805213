/**
 * What language and embedding models cost, by day. Providers change prices and bill a request at that day's; an old
 * price is kept, or last month's report would change.
 *
 * Prices are exact decimals, as text, in US dollars per million tokens (MTok). Costs are whole picodollars (10^-12 USD),
 * so that no sum of many small requests drifts. A model that is not listed has no cost: it is reported, never free.
 */

/** Prices of one band. What a model has no use for (output of an embedding) is left out, and can't be billed. */
export interface TokenPrices {
  readonly input: string;
  readonly output?: string;
  /** Writing the prompt into the cache for 5 minutes: 1.25 times the input, where the provider has it. */
  readonly cacheWrite5m?: string;
  /** For an hour: twice the input. */
  readonly cacheWrite1h?: string;
  /** Reading it from there: a tenth of the input. */
  readonly cacheRead?: string;
}

export interface LlmPrice {
  /** As the provider names it, without the date of a snapshot (`claude-haiku-4-5-20251001` is `claude-haiku-4-5`). */
  readonly model: string;
  readonly provider: "anthropic" | "openai";
  /** First day (UTC) of this price, `YYYY-MM-DD`. A later entry of the model ends it. */
  readonly effectiveFrom: string;
  readonly perMTok: TokenPrices;
  /** Prices of the whole request where its input, cached tokens included, is longer than this many tokens. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly perMTok: TokenPrices };
  /**
   * Where the price is from. "guide": the monitoring guide this project replaces. "vendor's list": the provider's public
   * price list, as known when it was entered; check it there before money depends on it. "unverified": from second hand.
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
    // Retired by the provider; calls of the past keep their price.
    model: "claude-3-5-sonnet-20241022",
    provider: "anthropic",
    effectiveFrom: "2024-10-22",
    perMTok: anthropic("3", "15", ["3.75", "6", "0.30"]),
    source: "guide",
  },
  {
    // Retired too. The guide has no prices of its cache.
    model: "claude-3-haiku-20240307",
    provider: "anthropic",
    effectiveFrom: "2024-03-07",
    perMTok: { input: "0.25", output: "1.25" },
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
    model: "claude-opus-5",
    provider: "anthropic",
    effectiveFrom: "2026-01-01",
    perMTok: anthropic("5", "25", ["6.25", "10", "0.50"]),
    source: "unverified",
  },
  {
    model: "claude-fable-5-1",
    provider: "anthropic",
    effectiveFrom: "2026-01-01",
    perMTok: anthropic("10", "50", ["12.50", "20", "1"]),
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

/** Tokens of one request, each counted once: `input` is what was neither read from the cache nor written to it. */
export type TokenUsage = Partial<Readonly<Record<keyof TokenPrices, number>>>;

export type RequestCost =
  | { readonly priced: true; readonly picoUsd: bigint }
  /** Why nobody knows what it cost. */
  | { readonly priced: false; readonly reason: string };

const PICO_DIGITS = 12;

/**
 * What one request cost on a day.
 * @throws RangeError where a number of tokens is not a whole number from 0
 */
export function costOfRequest(
  model: string,
  usage: TokenUsage,
  at: Date,
  prices: readonly LlmPrice[] = llmPrices,
): RequestCost {
  const price = priceOf(model, at, prices);
  if (!price) return { priced: false, reason: `no price of ${model} on ${dayOf(at)} is known` };
  const counts = Object.entries(usage).filter(([, tokens]) => tokens !== 0);
  for (const [kind, tokens] of counts) {
    if (!Number.isSafeInteger(tokens) || tokens < 0) {
      throw new RangeError(`${kind} must be a whole number of tokens from 0, not ${tokens}`);
    }
  }
  const { perMTok } = bandOf(price, usage);
  let picoUsd = 0n;
  for (const [kind, tokens] of counts) {
    const perToken = perMTok[kind as keyof TokenPrices];
    if (perToken === undefined) return { priced: false, reason: `${model} has no known price of ${kind}` };
    picoUsd += BigInt(tokens) * picoUsdOfToken(perToken);
  }
  return { priced: true, picoUsd };
}

/** The price of that day, of the model itself or of the one that it is a dated snapshot of. */
export function priceOf(
  model: string,
  at: Date,
  prices: readonly LlmPrice[] = llmPrices,
): LlmPrice | undefined {
  const name = prices.some((price) => price.model === model)
    ? model
    : model.replace(/-\d{4}-?\d{2}-?\d{2}$/, "");
  const day = dayOf(at);
  return prices
    .filter((price) => price.model === name && price.effectiveFrom <= day)
    .toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom))
    .at(-1);
}

function bandOf(
  price: LlmPrice,
  { input = 0, cacheWrite5m = 0, cacheWrite1h = 0, cacheRead = 0 }: TokenUsage,
) {
  const prompt = input + cacheWrite5m + cacheWrite1h + cacheRead;
  return price.longPrompt && prompt > price.longPrompt.aboveTokens ? price.longPrompt : price;
}

/** A million tokens for a dollar is a millionth of a dollar, a million picodollars, for each. */
function picoUsdOfToken(perMTok: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(perMTok);
  if (!match) throw new RangeError(`a price per MTok has at most 6 decimals, unlike ${perMTok}`);
  return BigInt(`${match[1]}${(match[2] ?? "").padEnd(6, "0")}`);
}

/** US dollars, exact, such as `0.000483500000`. */
export function usdText(picoUsd: bigint): string {
  const digits = picoUsd.toString().padStart(PICO_DIGITS + 1, "0");
  return `${digits.slice(0, -PICO_DIGITS)}.${digits.slice(-PICO_DIGITS)}`;
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
