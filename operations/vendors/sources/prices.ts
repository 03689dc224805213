/** litellm's and genai-prices' lists of what models cost, as both publish them, beside ours. */
import { z } from "zod";
import { type LlmPrice, llmPrices, modelRetirements, type TokenPrices } from "../../../catalog/llm-prices.ts";
import { priceOf } from "../../../catalog/llm-pricing.ts";
import type { Finding } from "../reliance.ts";

export const LITELLM =
  "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json";
export const GENAI_PRICES =
  "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json";

type Kind = keyof TokenPrices;

/** What a list says of a model on a day: dollars per million tokens, for short and for long prompts. */
interface Listed {
  readonly prices: Partial<Record<Kind, number>>;
  readonly long?: { readonly aboveTokens: number; readonly prices: Partial<Record<Kind, number>> };
  readonly retires?: string | undefined;
}

/** A list's model by our name and day; undefined where it has none. */
export type PriceList = (model: string, day: string) => Listed | undefined;

const LITELLM_KEYS: Readonly<Record<Kind, string>> = {
  input: "input_cost_per_token",
  output: "output_cost_per_token",
  cacheWrite5m: "cache_creation_input_token_cost",
  cacheWrite1h: "cache_creation_input_token_cost_above_1hr",
  cacheRead: "cache_read_input_token_cost",
};

/** litellm's, of today alone. Long prompts are keys of their own, such as `input_cost_per_token_above_100k_tokens`. */
export function litellmList(answer: unknown): PriceList {
  const models = z.record(z.string(), z.record(z.string(), z.unknown())).parse(answer);
  return (model) => {
    const found = models[model];
    if (!found) return undefined;
    const threshold = Object.keys(found).flatMap(
      (key) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(key)?.[1] ?? [],
    )[0];
    const of = (suffix: string) => pricesBy((kind) => perMillion(found[`${LITELLM_KEYS[kind]}${suffix}`]));
    const retires = z.string().safeParse(found["deprecation_date"]).data;
    return {
      prices: of(""),
      ...(threshold && {
        long: { aboveTokens: Number(threshold) * 1000, prices: of(`_above_${threshold}k_tokens`) },
      }),
      retires,
    };
  };
}

const tiered = z.object({
  base: z.number(),
  tiers: z.array(z.object({ start: z.number(), price: z.number() })),
});
const modelPrice = z.record(z.string(), z.union([z.number(), tiered]).or(z.unknown()));
const conditional = z.object({
  constraint: z.object({ start_date: z.string().optional() }).nullish(),
  prices: modelPrice,
});
const genaiModel = z.object({ id: z.string(), prices: z.union([z.array(conditional), modelPrice]) });
const genaiProviders = z.array(
  z.object({ id: z.string(), models: z.array(z.object({ id: z.string() }).loose()) }),
);

const GENAI_KEYS: Readonly<Record<Kind, string>> = {
  input: "input_mtok",
  output: "output_mtok",
  cacheWrite5m: "cache_write_mtok",
  cacheWrite1h: "cache_write_1h_mtok",
  cacheRead: "cache_read_mtok",
};

/** genai-prices', with the days from which a price holds. */
export function genaiPricesList(answer: unknown): PriceList {
  const providers = genaiProviders.parse(answer).filter(({ id }) => id === "anthropic" || id === "openai");
  const models = providers.flatMap((provider) => provider.models);
  return (model, day) => {
    // It knows its oldest models by their family's name.
    const found =
      models.find(({ id }) => id === model) ??
      models.find(({ id }) => `${id}-` === model.replace(/\d{8}$/, ""));
    if (!found) return undefined;
    const { prices } = genaiModel.parse(found);
    const of = Array.isArray(prices)
      ? prices.findLast(({ constraint }) => (constraint?.start_date ?? "") <= day)?.prices
      : prices;
    const tiers = pricesBy((kind) => tiered.safeParse(of?.[GENAI_KEYS[kind]]).data?.tiers[0]?.price);
    const start = tiered.safeParse(of?.[GENAI_KEYS.input]).data?.tiers[0]?.start;
    return {
      prices: pricesBy((kind) => {
        const price = of?.[GENAI_KEYS[kind]];
        return typeof price === "number" ? price : tiered.safeParse(price).data?.base;
      }),
      ...(start !== undefined && { long: { aboveTokens: start, prices: tiers } }),
    };
  };
}

/** Models whose long prompts we know of and the others no longer name. */
const LONG_PROMPTS_OF_THE_PAST = ["claude-sonnet-4-5"];
/** Models of the past that a list no longer has in full. */
const FILE = "catalog/llm-prices.ts";

/** Where a list differs from ours on a day, by model and kind; retirements too. Models that it has not are no difference. */
export function priceDifferences(name: string, list: PriceList, day: string): Finding[] {
  const models = [...new Set(llmPrices.map(({ model }) => model))];
  return models.flatMap((model) => {
    const ours = priceOf(model, new Date(day));
    const theirs = list(model, day);
    if (!ours || !theirs) return [];
    const texts = [
      ...bandDifferences(ours.perMTok, theirs.prices, ""),
      ...longDifferences(ours, theirs),
      ...(theirs.retires && theirs.retires !== modelRetirements[model]
        ? [`retires on ${theirs.retires}, not ${modelRetirements[model] ?? "yet"}`]
        : []),
    ];
    return texts.map((text) => ({
      what: `price of ${model}`,
      file: FILE,
      text: `${text} (${name}, on ${day})`,
    }));
  });
}

function longDifferences({ model, longPrompt }: LlmPrice, { long }: Listed): string[] {
  if (!long)
    return longPrompt && !LONG_PROMPTS_OF_THE_PAST.includes(model) ? ["long prompts cost no more"] : [];
  if (!longPrompt) return [`prompts above ${long.aboveTokens} tokens have prices of their own`];
  const above =
    long.aboveTokens === longPrompt.aboveTokens ? [] : [`long prompts begin at ${long.aboveTokens} tokens`];
  return [...above, ...bandDifferences(longPrompt.perMTok, long.prices, " of a long prompt")];
}

function bandDifferences(ours: TokenPrices, theirs: Listed["prices"], band: string): string[] {
  return kinds.flatMap((kind) => {
    const [our, their] = [ours[kind], theirs[kind]];
    // A price that either has not is none to compare: litellm gives an embedding's output as 0.
    if (our === undefined || their === undefined || Math.abs(Number(our) - their) < 1e-9) return [];
    return [`${kind}${band} costs ${their}, not ${our}, USD per MTok`];
  });
}

const kinds = Object.keys(LITELLM_KEYS) as Kind[];

function pricesBy(of: (kind: Kind) => number | undefined): Partial<Record<Kind, number>> {
  return Object.fromEntries(kinds.flatMap((kind) => (of(kind) === undefined ? [] : [[kind, of(kind)]])));
}

/** Without the noise that a millionth leaves in a floating-point number. */
const perMillion = (perToken: unknown) =>
  typeof perToken === "number" ? Number((perToken * 1e6).toPrecision(9)) : undefined;
