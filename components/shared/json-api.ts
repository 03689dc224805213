/** Asking JSON over HTTP. */
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { parseJson } from "../../toolkit/json.ts";
import { deprecationOf } from "./deprecation.ts";
import { nextPage } from "./link-header.ts";

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Default: {@link BRIEFLY}. */
  readonly patience?: Patience;
}

/** What is done where there were too many questions. */
export interface Patience {
  /** How often one question is asked. */
  readonly attempts: number;
  /** Who wants more than that is not waited for: the refusal is the answer. */
  readonly longestWaitSeconds: number;
}

const BRIEFLY: Patience = { attempts: 4, longestWaitSeconds: 10 };

/** What the answers to one check say of the end of what it asked, such as `GET https://x/api is deprecated`. */
const deprecations = new AsyncLocalStorage<Set<string>>();

/** Runs a check, with what its answers said of their end. */
export async function withDeprecations<Value>(
  run: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly deprecated: readonly string[] }> {
  const seen = new Set<string>();
  const value = await deprecations.run(seen, run);
  return { value, deprecated: [...seen] };
}

/** How much of an answer an error shows. */
const SHOWN_CHARACTERS = 200;

/** @throws where nothing answers, the status is no success, or the answer is another one than expected */
export async function getJson<Schema extends z.ZodType>(
  schema: Schema,
  url: string,
  ask: Ask,
): Promise<z.output<Schema>> {
  return parsed(schema, await getText(url, ask), url);
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string, url: string): z.output<Schema> {
  const answer = schema.safeParse(parseJson(text));
  if (!answer.success) throw new Error(`${place(url)} gave an answer of another form than expected`);
  return answer.data;
}

/**
 * All items of a list that comes in pages, each with a `Link` to the next.
 * @throws as {@link getJson} does
 */
export async function getPages<Schema extends z.ZodType>(
  item: Schema,
  url: string,
  ask: Ask,
): Promise<z.output<Schema>[]> {
  const items: z.output<Schema>[] = [];
  for (let page: string | undefined = url; page !== undefined; ) {
    const response = await patiently(page, ask);
    items.push(...parsed(z.array(item), await textOf(response, page), page));
    const query = nextPage(response.headers.get("link"));
    page = query === undefined ? undefined : new URL(query, page).href;
  }
  return items;
}

/** @throws where nothing answers, or the status is no success */
export async function getText(url: string, ask: Ask): Promise<string> {
  return textOf(await patiently(url, ask), url);
}

const TOO_MANY_REQUESTS = 429;

/** Asks again where there were too many questions, once the time has passed that the answer names. */
async function patiently(
  url: string,
  { headers = {}, signal, patience: { attempts, longestWaitSeconds } = BRIEFLY }: Ask,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { headers, signal });
    const wait = waitOf(response.headers);
    const isLast = attempt === attempts || wait > longestWaitSeconds;
    if (response.status !== TOO_MANY_REQUESTS || isLast) return response;
    await response.body?.cancel();
    await delay(wait * 1000, undefined, { signal });
  }
}

/** Headers that say how many seconds to wait: everybody's, and PagerDuty's. */
const WAITS = ["retry-after", "ratelimit-reset"];
const SHORTEST_WAIT_SECONDS = 0.1;

/** Seconds; in Sentry's own header, until a time. Where nothing is said, one. */
function waitOf(headers: Headers): number {
  const [said] = WAITS.flatMap((name) => headers.get(name) ?? []);
  const until = headers.get("x-sentry-rate-limit-reset");
  const wait = Number(said ?? (until === null ? 1 : Number(until) - Date.now() / 1000));
  return Number.isFinite(wait) ? Math.max(SHORTEST_WAIT_SECONDS, wait) : 1;
}

/** @throws where the status is no success */
export async function textOf(response: Response, url: string): Promise<string> {
  const deprecation = deprecationOf(response.headers);
  if (deprecation !== undefined) deprecations.getStore()?.add(`${place(url)} ${deprecation}`);
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${place(url)} answered ${response.status}: ${text.slice(0, SHOWN_CHARACTERS)}`);
}

function place(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
