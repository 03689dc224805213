/** Questions to the API of Prometheus, or of an engine that has the same: few at a time, and again where it was busy. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../toolkit/failure.ts";
import type { Access } from "./access.ts";
import type { Labels } from "./series.ts";

export interface Series {
  readonly labels: Labels;
  /** When there was a value, milliseconds since 1970. */
  readonly times: readonly number[];
  /** The values; of native histograms NaN. */
  readonly values: readonly number[];
}

/** Prometheus could not compute an answer: there is too much to read, it takes too long, or series don't match. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

const label = z.record(z.string(), z.string());
const points = z.array(z.tuple([z.number(), z.unknown()])).default([]);
const matrix = z.object({
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: label, values: points, histograms: points })),
  }),
});
const refusal = z.object({ errorType: z.string(), error: z.string() });

const IN_FLIGHT = 4;
const ATTEMPTS = 4;
const FIRST_WAIT_MILLISECONDS = 500;
const TIMEOUT_MILLISECONDS = 150_000;
const REACH_MILLISECONDS = 10_000;
/** How much of an answer an error shows. */
const SHOWN_CHARACTERS = 300;

interface RangeQuery {
  readonly expression: string;
  /** First and last time, milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Milliseconds. */
  readonly step: number;
}

export class PrometheusApi {
  readonly #access: Access;
  #free = IN_FLIGHT;
  readonly #waiting: (() => void)[] = [];
  /** Questions that were asked. */
  asked = 0;

  constructor(access: Access) {
    this.#access = access;
  }

  /** An address that is the same for the same data: no secret in it. */
  get identity(): string {
    return `${this.#access.url} ${this.#access.tenant ?? ""}`;
  }

  /** Asks once, and waits for seconds only: whether there is somebody to ask at all. @throws Failure */
  async reach(): Promise<void> {
    const parameters = new URLSearchParams({ query: "1" });
    const { ok, status, text } = await this.#once("query", parameters, undefined, REACH_MILLISECONDS);
    if (!ok) throw this.#problem("query", status, text);
  }

  /** @throws NoAnswer, Failure */
  range({ expression, start, end, step }: RangeQuery): Promise<readonly Series[]> {
    return this.#matrix("query_range", {
      query: expression,
      start: seconds(start),
      end: seconds(end),
      step: seconds(step),
    });
  }

  /**
   * The samples themselves, after one time and up to another.
   * @throws NoAnswer, Failure
   */
  samples(selector: string, after: number, upTo: number): Promise<readonly Series[]> {
    return this.#matrix("query", { query: `${selector}[${upTo - after}ms]`, time: seconds(upTo) });
  }

  /** Rules that it evaluates now, by the name of what they record. @throws Failure */
  async recordingRules(): Promise<readonly { readonly name: string; readonly query: string }[]> {
    const text = await this.#ask("rules", { type: "record" }, "GET");
    return parsed(liveRules, text).data.groups.flatMap(({ rules }) => rules);
  }

  /** An expression as Prometheus writes it: the same for whatever means the same. @throws NoAnswer, Failure */
  async formatted(expression: string): Promise<string> {
    return parsed(z.object({ data: z.string() }), await this.#ask("format_query", { query: expression }))
      .data;
  }

  async #matrix(path: string, parameters: Record<string, string>): Promise<readonly Series[]> {
    const { data } = parsed(matrix, await this.#ask(path, parameters));
    return data.result.map(({ metric, values, histograms }) => {
      const all = values.length > 0 ? values : histograms;
      return {
        labels: metric,
        times: all.map(([time]) => Math.round(time * 1000)),
        values: all.map(([, value]) => Number(value)),
      };
    });
  }

  async #ask(path: string, parameters: Record<string, string>, method?: "GET"): Promise<string> {
    await this.#turn();
    try {
      return await this.#persistently(path, new URLSearchParams(parameters), method);
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
  }

  async #persistently(path: string, parameters: URLSearchParams, method?: "GET"): Promise<string> {
    for (let attempt = 1, wait = FIRST_WAIT_MILLISECONDS; ; attempt += 1, wait *= 4) {
      const answer = await this.#once(path, parameters, method);
      if (answer.ok) return answer.text;
      const { status, text, retriable } = answer;
      if (!retriable || attempt === ATTEMPTS) throw this.#problem(path, status, text);
      await delay(wait);
    }
  }

  async #once(
    path: string,
    parameters: URLSearchParams,
    wanted?: "GET",
    timeout: number = TIMEOUT_MILLISECONDS,
  ) {
    this.asked += 1;
    const method = wanted ?? this.#access.method;
    const url = new URL(`${this.#access.url}/api/v1/${path}`);
    if (method === "GET") url.search = parameters.toString();
    try {
      const response = await fetch(url, {
        method,
        headers: await this.#access.headersFor(url),
        ...(method === "POST" && { body: parameters }),
        redirect: "error",
        signal: AbortSignal.timeout(timeout),
      });
      const text = await response.text();
      const { ok, status } = response;
      return { ok, status, text, retriable: status === 429 || (status >= 500 && !isRefusal(text)) };
    } catch (error) {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      return { ok: false, status: 0, text: cause, retriable: true };
    }
  }

  #problem(path: string, status: number, text: string): Error {
    const said = this.#withoutSecrets(text).slice(0, SHOWN_CHARACTERS);
    if (status === 0) return new Failure(`${this.#access.url} gave no answer: ${said}`);
    const refused = refusal.safeParse(jsonOf(text));
    if (refused.success && ["execution", "timeout", "canceled"].includes(refused.data.errorType)) {
      return new NoAnswer(this.#withoutSecrets(refused.data.error));
    }
    if (refused.success && refused.data.errorType === "bad_data") {
      return new NoAnswer(this.#withoutSecrets(refused.data.error));
    }
    return new Failure(`${this.#access.url}/api/v1/${path} answered ${status}: ${said}${hint(status)}`);
  }

  #withoutSecrets(text: string): string {
    return this.#access.secrets.reduce((shown, secret) => shown.replaceAll(secret, "[secret]"), text);
  }
}

const liveRules = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), query: z.string() })) })),
  }),
});

function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const answer = schema.safeParse(jsonOf(text));
  if (answer.success) return answer.data;
  throw new Failure("The engine gave an answer of another form than expected: is it Prometheus' API?");
}

/** Prometheus itself answers 503 to a query that took too long. */
function isRefusal(text: string): boolean {
  return refusal.safeParse(jsonOf(text)).success;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function hint(status: number): string {
  if (status === 401 || status === 403)
    return "\nMay the user of the stack's metrics.remote* settings query it?";
  if (status === 404) return "\nIs this the address below which the Prometheus API is, without /api/v1?";
  return "";
}
