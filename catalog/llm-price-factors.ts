/**
 * What changes the price of a call besides its tokens: the way it was served, as the provider's own `usage` tells it, and
 * the searches of its own tools. A way that is not listed for a model makes the cost unknown, never the ordinary one.
 */

export interface LlmPriceFactor {
  /** Field of the provider's `usage` and its value, such as `speed:fast`. */
  readonly served: string;
  /** What every price of the call is multiplied by: an exact decimal, as text. */
  readonly factor: string;
  /** Models by name, without the date of a snapshot; `claude-*` is every one of that name's beginning. */
  readonly models: readonly string[];
}

/** Source: the provider's price list, as litellm 1.110.2 holds it (29 November 2026). Batches: half, for every model. */
export const llmPriceFactors: readonly LlmPriceFactor[] = [
  { served: "service_tier:batch", factor: "0.5", models: ["claude-*", "text-embedding-*"] },
  { served: "speed:fast", factor: "2", models: ["claude-opus-4-8", "claude-opus-5", "claude-opus-5-5"] },
  {
    served: "inference_geo:us",
    factor: "1.1",
    models: [
      "claude-opus-4-6",
      "claude-opus-4-7",
      "claude-opus-4-8",
      "claude-opus-5*",
      "claude-sonnet-4-6",
      "claude-sonnet-5*",
      "claude-haiku-5-5",
      "claude-fable-5*",
    ],
  },
];

/** US dollars for a thousand searches of Anthropic's own web search tool, whatever the model. Same source. */
export const webSearchesPerThousand = "10";
