import { setTimeout as sleep } from "node:timers/promises";

/** A last resort against hanging, far above what is usual: on a busy machine, what one attempt missed comes with the next. */
const LIMIT_SECONDS = 600;
const LONGEST_PAUSE_MILLISECONDS = 1000;

/** For vitest's own `waitFor`, `waitUntil` and `poll`, whose limit is one second. */
export const patient = { timeout: LIMIT_SECONDS * 1000, interval: 100 };

/**
 * Asks until the answer is no longer undefined: at once and again soon, then once a second. Only pauses count against the
 * limit, not the time that the answers take. @throws with what was waited for
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let pause = 50;
  for (let paused = 0; paused < LIMIT_SECONDS * 1000; paused += pause) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
  throw new Error(`paused ${LIMIT_SECONDS} s in vain for ${what}`);
}
