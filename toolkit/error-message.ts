/** What went wrong, in words. */

/** An error's message with that of its cause. Of several errors in one, each on a line of its own. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("\n");
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? [] : [messageOf(error.cause)];
  const texts = [error.message, ...cause].filter((text) => text !== "");
  return texts.length > 0 ? [...new Set(texts)].join(": ") : error.name;
}
