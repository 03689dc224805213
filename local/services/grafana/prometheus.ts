/** The two kinds of query that the panels need, asked of the Prometheus that a data source names. */
import { z } from "zod";

const TIMEOUT_MILLISECONDS = 5000;
/** Seconds that a chart shows, and between its points. */
export const RANGE_SECONDS = 30 * 60;
const STEP_SECONDS = 30;

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Oldest first: time in seconds since 1970, and value. */
  readonly points: readonly (readonly [number, number])[];
}

const sample = z.tuple([z.number(), z.string()]).transform(([time, value]) => [time, Number(value)] as const);
const matrix = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(sample) })),
  }),
});

/** The last half hour. @throws in words where Prometheus does not answer or refuses the expression. */
export async function queryRange(baseUrl: string, expression: string): Promise<Series[]> {
  const end = Math.floor(Date.now() / 1000);
  const body = new URLSearchParams({
    query: expression,
    start: String(end - RANGE_SECONDS),
    end: String(end),
    step: String(STEP_SECONDS),
  });
  const response = await fetch(`${baseUrl}/api/v1/query_range`, {
    method: "POST",
    body,
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(String((answer as { error?: string }).error ?? response.status));
  return matrix.parse(answer).data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
}

/** The address at which this process reaches a data source that is named by its container. */
export function reachable(url: string, hosts: ReadonlyMap<string, string>): string {
  const address = new URL(url);
  address.host = hosts.get(address.host) ?? address.host;
  return address.href.replace(/\/+$/, "");
}
