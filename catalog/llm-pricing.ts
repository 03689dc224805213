/**
 * What a request to a model costs, by `llm-prices.ts`. Costs are whole picodollars (10^-12 US dollars), so that no sum of many
 * small requests drifts. A model that is not listed has no cost: it is reported, never free.
 */
import { type LlmPrice, llmPrices, type TokenPrices } from "./llm-prices.ts";

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
