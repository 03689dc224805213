/** The small HTTP and JSON client that the stand-ins of the SaaS platforms share. */

import { parseJson } from "../../../../toolkit/json.ts";

const TIMEOUT_MILLISECONDS = 30_000;

export interface ClientOptions {
  /** As people know it: `PagerDuty`. It begins every error. */
  readonly platform: string;
  /** Paths are added to it as they are. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The platform's own words in the body of a refusal. They must not hold a secret. */
  readonly explain: (body: unknown) => string;
}

/**
 * Answers are typed as the caller says: they are the platform's documented shapes and are not checked again.
 * Every method throws a `RestError` where the platform refuses, and an error that names the address where it does
 * not answer.
 */
export interface RestClient {
  get<T>(path: string): Promise<T>;
  /** Undefined where the platform says that there is no such thing (404). */
  find<T>(path: string): Promise<T | undefined>;
  post<T>(path: string, body?: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  /** Succeeds where it is gone already. */
  remove(path: string): Promise<void>;
}

/** The platform understood the request and refused it. */
export class RestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function restClient(options: ClientOptions): RestClient {
  const send = (method: string, path: string, body?: object) => request(options, method, path, body);
  const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return undefined;
      throw error;
    }
  };
  return {
    get: <T>(path: string) => send("GET", path) as Promise<T>,
    find: <T>(path: string) => unlessMissing(send("GET", path) as Promise<T>),
    post: <T>(path: string, body?: object) => send("POST", path, body) as Promise<T>,
    put: <T>(path: string, body: object) => send("PUT", path, body) as Promise<T>,
    remove: async (path: string) => {
      await unlessMissing(send("DELETE", path));
    },
  };
}

async function request(
  options: ClientOptions,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { platform, baseUrl, headers, explain } = options;
  const response = await answer(platform, baseUrl, path, {
    method,
    headers: { accept: "application/json", ...headers, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  const text = await response.text();
  const value = text === "" ? undefined : parseJson(text);
  if (response.ok) return value;
  const reason = explain(value) || text.slice(0, 200);
  throw new RestError(
    response.status,
    `${platform} refused ${method} /${path} (${response.status}): ${reason}`,
  );
}

async function answer(platform: string, baseUrl: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${baseUrl}/${path}`, init);
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(
      `${platform} does not answer at ${baseUrl} (${cause}). Is it running, and is the address right?`,
      {
        cause: error,
      },
    );
  }
}
