/** Where the numbers come from. Each source answers on its own: one that fails is told as missing. */
import type { Day } from "../calendar.ts";
import type { Reading } from "../figures.ts";

/** How long a source may take to answer. */
export const ANSWER_MILLISECONDS = 20_000;

export interface Found<Row> {
  readonly rows: readonly Row[];
  /** Days of which it knows nothing. Default: none, a day without rows is a day on which nothing happened. */
  readonly unknownDays?: readonly Day[];
}

/** What a source answers, or the reason in words that hold no secret. */
export async function reading<Row>(source: string, ask: () => Promise<Found<Row>>): Promise<Reading<Row>> {
  try {
    return { source, ...(await ask()) };
  } catch (error) {
    return { missing: `${source}: ${error instanceof Error ? reasonOf(error) : String(error)}` };
  }
}

/** A refused connection says so in its code only: Node tries several addresses, and keeps each failure. */
function reasonOf(error: Error): string {
  if (error.message === "" && "code" in error) return String(error.code);
  const { cause } = error;
  return cause instanceof Error && cause.message ? `${error.message}: ${cause.message}` : error.message;
}
