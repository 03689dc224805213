import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LlmPrice, llmPrices, modelRetirements, type TokenPrices } from "../../catalog/llm-prices.ts";
import { costOfRequest, usdText } from "../../catalog/llm-pricing.ts";
import { models } from "../../local/agentpay/world.ts";

const today = new Date("2026-11-29T12:00:00Z");
const MILLION = 1_000_000;

const usd = (model: string, usage: Parameters<typeof costOfRequest>[1], at = today, prices?: LlmPrice[]) => {
  const cost = costOfRequest(model, usage, at, prices);
  return cost.priced ? Number(usdText(cost.picoUsd)) : cost.reason;
};

describe("documented prices, US dollars per million tokens", () => {
  const documented: readonly [model: string, kind: keyof TokenPrices, usd: number][] = [
    // The guide's, there per thousand tokens.
    ["claude-3-5-sonnet-20241022", "input", 3],
    ["claude-3-5-sonnet-20241022", "output", 15],
    ["claude-3-5-sonnet-20241022", "cacheWrite5m", 3.75],
    ["claude-3-5-sonnet-20241022", "cacheRead", 0.3],
    ["claude-3-haiku-20240307", "input", 0.25],
    ["claude-3-haiku-20240307", "output", 1.25],
    ["claude-3-haiku-20240307", "cacheRead", 0.03],
    ["text-embedding-3-small", "input", 0.02],
    // The vendors' lists.
    ["text-embedding-3-large", "input", 0.13],
    ["claude-haiku-4-5", "input", 1],
    ["claude-haiku-4-5", "output", 5],
    ["claude-sonnet-4-5", "input", 3],
    ["claude-sonnet-4-5", "output", 15],
    ["claude-opus-4-5", "input", 5],
    ["claude-opus-4-5", "output", 25],
    ["claude-opus-5", "input", 5],
    ["claude-opus-5", "output", 25],
    ["claude-opus-4-6", "input", 5],
    ["claude-opus-4-7", "output", 25],
    ["claude-opus-4-8", "cacheRead", 0.5],
    ["claude-opus-5-5", "input", 4],
    ["claude-opus-5-5", "cacheWrite1h", 8],
    ["claude-opus-5-5", "cacheRead", 0.2],
    ["claude-sonnet-4-6", "cacheWrite5m", 3.75],
    ["claude-sonnet-5", "cacheRead", 0.2],
    ["claude-sonnet-5-5", "output", 10],
    ["claude-sonnet-5-5", "cacheRead", 0.1],
    ["claude-haiku-5-5", "input", 0.1],
    ["claude-haiku-5-5", "cacheWrite5m", 0.125],
    ["claude-fable-5", "cacheRead", 1],
    ["claude-fable-5-1", "input", 10],
    ["claude-fable-5-1", "output", 50],
    ["claude-fable-5-1", "cacheRead", 0.25],
    ["claude-fable-5-2", "input", 8],
    ["claude-fable-5-2", "cacheRead", 0.2],
  ];

  it.each(documented)("%s: a million tokens of %s cost %d", (model, kind, dollars) => {
    // In requests that are short enough for the ordinary price.
    const thousand = usd(model, { [kind]: MILLION / 1000 });
    expect(Number(thousand) * 1000).toBeCloseTo(dollars, 9);
  });

  // Those of Claude 3 Haiku are rounded.
  it.each(llmPrices.filter(({ model, perMTok }) => perMTok.cacheRead && !model.startsWith("claude-3-haiku")))(
    "$model from $effectiveFrom: the cache costs 1.25 and 2 times the input to write, a tenth or less to read",
    ({ perMTok, longPrompt }) => {
      for (const band of [perMTok, ...(longPrompt ? [longPrompt.perMTok] : [])]) {
        expect(Number(band.cacheWrite5m)).toBeCloseTo(Number(band.input) * 1.25, 9);
        expect(Number(band.cacheWrite1h)).toBeCloseTo(Number(band.input) * 2, 9);
        expect([10, 20, 40]).toContain(Number((Number(band.input) / Number(band.cacheRead)).toFixed(6)));
      }
    },
  );

  it("cover every price of the list", () => {
    expect(new Set(documented.map(([model]) => model))).toEqual(new Set(llmPrices.map(({ model }) => model)));
  });

  it("has each model's prices in their order, none twice on a day", () => {
    for (const { model } of llmPrices) {
      const days = llmPrices.filter((price) => price.model === model).map((price) => price.effectiveFrom);
      expect(days).toEqual([...new Set(days)].toSorted());
    }
  });

  it("changed while the models were sold", () => {
    const read = { cacheRead: MILLION };
    expect(usd("claude-sonnet-5-5", read, new Date("2026-10-06T23:00:00Z"))).toBe(0.2);
    expect(usd("claude-sonnet-5-5", read, new Date("2026-10-07T00:00:00Z"))).toBe(0.1);
    const long = { input: MILLION };
    expect(usd("claude-opus-4-6", long, new Date("2026-03-12T00:00:00Z"))).toBe(10);
    expect(usd("claude-opus-4-6", long, new Date("2026-03-13T00:00:00Z"))).toBe(5);
  });

  it("no model whose end is announced is an example", () => {
    const examples = Object.values(models).map(({ id }) => id);
    expect(examples.filter((model) => model in modelRetirements)).toEqual([]);
    const listed = llmPrices.map(({ model }) => model);
    expect(Object.keys(modelRetirements).filter((model) => !listed.includes(model))).toEqual([]);
  });
});

describe("the cost of a request", () => {
  it("is exact", () => {
    const usage = { input: 100, output: 50, cacheRead: 800 };
    const cost = costOfRequest("claude-haiku-4-5", usage, today);
    expect(cost).toEqual({ priced: true, picoUsd: 430_000_000n });
    expect(usdText(430_000_000n)).toBe("0.000430000000");
    expect(usdText(0n)).toBe("0.000000000000");
    expect(usdText(12_000_000_000_001n)).toBe("12.000000000001");
  });

  it("knows a model by its dated snapshots", () => {
    expect(usd("claude-haiku-4-5-20251001", { input: 1000 })).toBe(0.001);
    expect(usd("claude-haiku-4-5-2025-10-01", { input: 1000 })).toBe(0.001);
  });

  it("is not known, rather than nothing, for a model or a kind of token without a price", () => {
    expect(usd("claude-next", { input: 1 })).toMatch(/claude-next on 2026-11-29/);
    expect(usd("text-embedding-3-small", { input: 1, output: 1 })).toMatch(/output/);
    expect(usd("text-embedding-3-large", { cacheRead: 5 })).toMatch(/cacheRead/);
    expect(usd("claude-haiku-4-5", { input: 1 }, new Date("2025-01-01T00:00:00Z"))).toMatch(/2025-01-01/);
  });

  it("ignores kinds of which there were no tokens", () => {
    expect(usd("text-embedding-3-small", { input: 100, output: 0, cacheRead: 0 })).toBe(0.000002);
  });

  it("takes the price of the day", () => {
    const price = (effectiveFrom: string, input: string): LlmPrice => ({
      model: "m",
      provider: "anthropic",
      effectiveFrom,
      perMTok: { input },
      source: "guide",
    });
    const prices = [price("2026-02-01", "2"), price("2026-01-01", "1")];
    expect(usd("m", { input: MILLION }, new Date("2026-01-31T23:59:59Z"), prices)).toBe(1);
    expect(usd("m", { input: MILLION }, new Date("2026-02-01T00:00:00Z"), prices)).toBe(2);
  });

  it("charges a long prompt at its own price, whole", () => {
    expect(usd("claude-haiku-5-5", { input: 100_000, output: 1000 })).toBeCloseTo(0.0105, 9);
    expect(usd("claude-haiku-5-5", { input: 100_001, output: 1000 })).toBeCloseTo(0.052_500_5, 9);
    expect(usd("claude-sonnet-4-5", { input: 200_000 })).toBeCloseTo(0.6, 9);
    expect(usd("claude-sonnet-4-5", { input: 100_000, cacheRead: 100_001 })).toBeCloseTo(
      0.6 + 0.060_000_6,
      9,
    );
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d tokens", (input) => {
    expect(() => costOfRequest("claude-haiku-4-5", { input }, today)).toThrow("input");
  });

  it("is the same for one request as for its parts", () => {
    const tokens = fc.nat({ max: 50_000 });
    fc.assert(
      fc.property(tokens, tokens, tokens, (input, output, cacheRead) => {
        const parts = [{ input }, { output }, { cacheRead }].map((part) =>
          costOfRequest("claude-haiku-4-5", part, today),
        );
        const sum = parts.reduce((total, cost) => total + (cost.priced ? cost.picoUsd : 0n), 0n);
        expect(costOfRequest("claude-haiku-4-5", { input, output, cacheRead }, today)).toEqual({
          priced: true,
          picoUsd: sum,
        });
      }),
    );
  });

  it("can be computed with every price of the list", () => {
    for (const { model, effectiveFrom, perMTok } of llmPrices) {
      const usage = Object.fromEntries(Object.keys(perMTok).map((kind) => [kind, 1]));
      expect(costOfRequest(model, usage, new Date(effectiveFrom)).priced).toBe(true);
    }
  });
});
