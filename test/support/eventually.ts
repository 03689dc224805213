import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks once a second until the answer is no longer undefined. The limit is a last resort against hanging, far above what
 * is usual: on a busy machine, what one attempt missed comes with the next. @throws with what was waited for
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 180,
): Promise<T> {
  for (let second = 0; second < seconds; second++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(1000);
  }
  throw new Error(`waited ${seconds} s in vain for ${what}`);
}
