/** What panels ask of a Prometheus. */
import { z } from "zod";

const TIMEOUT_MILLISECONDS = 10_000;

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Oldest first: time in seconds since 1970, and value. */
  readonly points: readonly (readonly [number, number])[];
}

/** Seconds since 1970, and between two points. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const sample = z.tuple([z.number(), z.string()]).transform(([time, value]) => [time, Number(value)] as const);
const result = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(sample).optional(),
        value: sample.optional(),
      }),
    ),
  }),
});

/** @throws in words where Prometheus does not answer or refuses the expression. */
export function queryRange(baseUrl: string, expression: string, range: TimeRange): Promise<Series[]> {
  const { from, to, step } = range;
  return ask(baseUrl, "query_range", {
    query: expression,
    start: String(from),
    end: String(to),
    step: String(step),
  });
}

/** As `queryRange`, of one moment. */
export function queryInstant(baseUrl: string, expression: string, time: number): Promise<Series[]> {
  return ask(baseUrl, "query", { query: expression, time: String(time) });
}

async function ask(
  baseUrl: string,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Series[]> {
  const response = await fetch(`${baseUrl}/api/v1/${endpoint}`, {
    method: "POST",
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(String((answer as { error?: string }).error ?? response.status));
  return result.parse(answer).data.result.map(({ metric, values, value }) => ({
    labels: metric,
    points: values ?? (value ? [value] : []),
  }));
}

/** When this Prometheus's oldest sample is from, in seconds since 1970; undefined where it does not say. */
export async function oldestSample(baseUrl: string, now: number): Promise<number | undefined> {
  const [series] = await queryInstant(baseUrl, "min(prometheus_tsdb_lowest_timestamp_seconds)", now);
  return series?.points[0]?.[1];
}
