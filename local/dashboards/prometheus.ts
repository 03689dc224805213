/** What panels ask of a Prometheus. */
import { z } from "zod";

const TIMEOUT_MILLISECONDS = 10_000;

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Oldest first: time in seconds since 1970, and value. */
  readonly points: readonly (readonly [number, number])[];
}

/** Sends a request with what the source asks for, as `fetch` sends one that asks for nothing. */
export type Send = (
  url: string,
  init: {
    readonly method: string;
    readonly body?: URLSearchParams | undefined;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

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
export function queryRange(
  baseUrl: string,
  expression: string,
  { from, to, step }: TimeRange,
  send?: Send,
): Promise<Series[]> {
  const times = { start: String(from), end: String(to), step: String(step) };
  return ask(baseUrl, "query_range", { query: expression, ...times }, send);
}

/** As `queryRange`, of one moment. */
export function queryInstant(
  baseUrl: string,
  expression: string,
  time: number,
  send?: Send,
): Promise<Series[]> {
  return ask(baseUrl, "query", { query: expression, time: String(time) }, send);
}

async function ask(
  baseUrl: string,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  send: Send = fetch,
): Promise<Series[]> {
  const response = await send(`${baseUrl}/api/v1/${endpoint}`, {
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
export async function oldestSample(baseUrl: string, now: number, send?: Send): Promise<number | undefined> {
  const [series] = await queryInstant(baseUrl, "min(prometheus_tsdb_lowest_timestamp_seconds)", now, send);
  return series?.points[0]?.[1];
}
