/** Our price list beside litellm 1.110.2 and genai-prices 0.2.3, as recorded from their packages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { llmPrices } from "../../../catalog/llm-prices.ts";
import {
  genaiPricesList,
  litellmList,
  priceDifferences,
} from "../../../operations/vendors/sources/prices.ts";

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "recorded", name), "utf8"));
const DAY = "2026-11-29";
const litellm = read("litellm-1.110.2.json");
const genai = read("genai-prices-0.2.3.json");
const lists = { litellm: litellmList(litellm), "genai-prices": genaiPricesList(genai) };

test.each(Object.entries(lists))("is the same as %s", (name, list) => {
  expect(priceDifferences(name, list, DAY)).toEqual([]);
});

test.each(["2026-03-01", "2026-07-01", "2026-11-10"])("was the same as genai-prices on %s", (day) => {
  expect(priceDifferences("genai-prices", lists["genai-prices"], day)).toEqual([]);
});

test("each model that we call a vendor's is in both lists, each unverified one in one of them", () => {
  for (const { model, source } of llmPrices.filter(({ source }) => source !== "guide")) {
    const count = Object.values(lists).filter((list) => list(model, DAY)).length;
    expect([model, count]).toEqual([model, source === "unverified" ? 1 : 2]);
  }
});

describe("told is", () => {
  const changed = (model: string, change: object) =>
    priceDifferences("litellm", litellmList({ [model]: { ...litellm[model], ...change } }), DAY).map(
      ({ text }) => text,
    );

  test.each([
    [
      "claude-fable-5-1",
      { cache_read_input_token_cost: 1e-6 },
      "cacheRead costs 1, not 0.25, USD per MTok (litellm, on 2026-11-29)",
    ],
    [
      "claude-haiku-5-5",
      { output_cost_per_token_above_100k_tokens: 3e-6 },
      /^output of a long prompt costs 3, not 2.50/,
    ],
    [
      "claude-opus-5",
      { input_cost_per_token_above_200k_tokens: 1e-5 },
      /^prompts above 200000 tokens have prices of/,
    ],
    ["claude-haiku-4-5", { deprecation_date: "2027-03-01" }, /^retires on 2027-03-01, not yet/],
  ])("of %s %j", (model, change, expected) => {
    const texts = changed(model, change);
    expect(texts).toContainEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  test("that long prompts cost no more", () => {
    const { input_cost_per_token_above_100k_tokens: _, ...model } = litellm["claude-haiku-5-5"];
    const [difference] = priceDifferences("litellm", litellmList({ "claude-haiku-5-5": model }), DAY);
    expect(difference?.text).toContain("long prompts cost no more");
  });
});
