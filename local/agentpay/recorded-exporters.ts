/**
 * What the real exporters expose of the contract's metrics in each state of what they watch, as it was recorded
 * (test/local/exporters/recorded.e2e.ts keeps it true): the simulated ones play it.
 */
import { z } from "zod";
import recorded from "./recorded-exporters.json" with { type: "json" };

/** A metric's type, and its labels by name. */
const metric = z.templateLiteral([z.enum(["counter", "gauge"]), z.string()]);
const states = <State extends string>(...names: readonly State[]) =>
  z.strictObject({
    version: z.string(),
    states: z.record(z.enum(names), z.record(z.string(), metric)),
  });

export const recordedExporters = z
  .strictObject({ postgres: states("healthy", "loginRefused", "down"), redis: states("healthy", "down") })
  .parse(recorded);

type Recorded = typeof recordedExporters;

/** Whether the real exporter has a metric in that state; of what is no metric of its subject's, it always has all. */
export function isExposed<Name extends keyof Recorded>(
  exporter: Name,
  metric: string,
  state: keyof Recorded[Name]["states"] & string,
): boolean {
  const { healthy, ...others } = recordedExporters[exporter].states;
  if (!Object.hasOwn(healthy, metric)) return true;
  const shown: Readonly<Record<string, object>> = { healthy, ...others };
  return Object.hasOwn(shown[state] ?? {}, metric);
}
