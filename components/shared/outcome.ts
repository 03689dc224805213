/** What a check of the checklist finds. */

export type Outcome =
  | { readonly status: "proven" | "not configured"; readonly detail: string }
  | { readonly status: "failed"; readonly detail: string; readonly advice?: string };

export const proven = (detail: string): Outcome => ({ status: "proven", detail });
export const notConfigured = (detail: string): Outcome => ({ status: "not configured", detail });
/** @param advice what to do, where the check's own advice doesn't fit */
export const failed = (detail: string, advice?: string): Outcome => ({
  status: "failed",
  detail,
  ...(advice !== undefined && { advice }),
});

/** @throws where the stack has not made it */
export function required<T>(value: T | undefined, output: string): T {
  if (value === undefined) throw new Error(`the stack has no output ${output}: has pulumi up made it?`);
  return value;
}

/** A list for people: the first few, and how many more. */
export function some(names: readonly string[], shown = 5): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  return `${names.slice(0, shown).join(", ")}${more}`;
}
