/** What the Python package `agentpay-observability` knows of the catalogue: metrics, what models cost, how secrets look. */
import { llmPriceFactors, webSearchesPerThousand } from "../../catalog/llm-price-factors.ts";
import { llmPrices } from "../../catalog/llm-prices.ts";
import { exposedBy } from "../../catalog/metrics/index.ts";
import type { Metric } from "../../catalog/metrics/metric.ts";
import { secretNamesButTokens, secretShapes } from "../../catalog/secret-shapes.ts";

/** Client libraries make these by themselves. */
const OWN_OF_CLIENT = /^process_/;

function contractOf(metric: Metric) {
  const { name, type, help, jobs, unit, labels } = metric;
  return {
    name,
    type,
    help,
    unit,
    jobs,
    // Null: an open label, whose values are few but not known here.
    labels: Object.fromEntries(
      Object.entries(labels).map(([label, values]) => [label, "open" in values ? null : values]),
    ),
    ...(metric.type === "histogram" && { buckets: metric.buckets }),
  };
}

/** The package's generated files by name. */
export function instrumentationFiles(): Record<string, string> {
  const exposed = new Set([...exposedBy("agentpay-api"), ...exposedBy("agentpay-worker")]);
  const metrics = [...exposed].filter(({ name }) => !OWN_OF_CLIENT.test(name)).map(contractOf);
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const factors = { factors: llmPriceFactors, webSearchesPerThousand };
  return {
    "contract.json": json(metrics),
    "llm_prices.json": json(llmPrices),
    "llm_price_factors.json": json(factors),
    "secret_shapes.json": json({ names: secretNamesButTokens, shapes: secretShapes }),
  };
}
