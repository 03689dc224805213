/** AWS policy documents, as far as rules ask about them. */
export interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** Undefined where it is no policy document. @param document its JSON, or what is in it */
export function allowStatements(document: unknown): readonly Statement[] | undefined {
  const parsed = typeof document === "string" ? parse(document) : document;
  if (typeof parsed !== "object" || parsed === null || !("Statement" in parsed)) return undefined;
  return list(parsed.Statement).filter(isStatement);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStatement(value: unknown): value is Statement {
  return typeof value === "object" && value !== null && (value as Statement).Effect === "Allow";
}

/** One element may stand for a list of it. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Whether anybody at all is meant: `*`, or a map such as `{ AWS: "*" }`. */
export function isAnybody(principal: unknown): boolean {
  if (typeof principal !== "object" || principal === null) return principal === "*";
  return Object.values(principal).some((value) => list(value).includes("*"));
}

/** Condition keys that keep a statement to an account or organization. */
const OWNER = /^aws:(sourceaccount|sourceowner|sourceorgid|sourcearn|principalaccount|principalorgid)$/i;

export function isBoundToOwner({ Condition }: Statement): boolean {
  if (typeof Condition !== "object" || Condition === null) return false;
  return Object.values(Condition).some(
    (keys) => typeof keys === "object" && keys !== null && Object.keys(keys).some((key) => OWNER.test(key)),
  );
}
