/** How a drill asks the servers of its lab: one that does not answer is named, with what it was asked. */
import { messageOf } from "../../toolkit/error-message.ts";

/** A lab, or a part of it, that failed: it says nothing of the alerts. */
export class BrokenLab extends Error {
  override readonly name = "BrokenLab";
}

/** An answer takes milliseconds. A machine that stands still for some seconds is waited for. */
const ANSWER_SECONDS = 30;

/**
 * @param who answers, for people: `Prometheus`
 * @returns its answer, whatever the status
 * @throws BrokenLab where none comes
 */
export async function ask(who: string, url: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) });
  } catch (error) {
    const { name } = error instanceof Error ? error : new Error();
    const reason =
      name === "TimeoutError" ? `gave no answer within ${ANSWER_SECONDS} seconds` : messageOf(error);
    // Without its cause, which has been said.
    throw new BrokenLab(`${who}: ${describe(url, request)}: ${reason}`);
  }
}

/** @throws BrokenLab where no answer comes, or none that is well */
export async function askText(who: string, url: string, request: RequestInit = {}): Promise<string> {
  const response = await ask(who, url, request);
  const text = await response.text().catch((error: unknown) => {
    throw new BrokenLab(`${who}: ${describe(url, request)}: its answer broke off: ${messageOf(error)}`);
  });
  if (response.ok) return text;
  throw new BrokenLab(
    `${who}: ${describe(url, request)}: answered ${response.status}: ${text.slice(0, MOST_TEXT)}`,
  );
}

const MOST_TEXT = 200;

/** @throws BrokenLab where no answer comes, or none that is well */
export async function askJson<Answer>(who: string, url: string, request: RequestInit = {}): Promise<Answer> {
  const text = await askText(who, url, request);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Queries are long, and say no more than which server could not be asked. */
function describe(url: string, { method = "GET" }: RequestInit): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}
