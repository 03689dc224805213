/** What the Docker API answers, in words for people. */

/** Whether an error is the API's answer with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === status;
}

/** The result of a call, undefined where the API answers that there is no such thing. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The API's message without the client's decoration (`(HTTP code 409) unexpected - ...`). */
export function apiMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}

/** Does something, and says what it was where the API refuses. */
export async function attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new Error(`${what}: ${apiMessage(error)}`);
  }
}
