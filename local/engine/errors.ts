/** What went wrong, in words. */

/** An error's message with those of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  const cause = error.cause === undefined ? [] : [messageOf(error.cause)];
  const texts = [error.message, ...parts, ...cause].filter((text) => text !== "");
  return texts.length > 0 ? [...new Set(texts)].join(": ") : error.name;
}
