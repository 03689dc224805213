/** AWS policy documents, as far as rules ask about them. */
export interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
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

/** Whether it fits more than one value, by a wildcard. */
export const hasWildcard = (text: string) => /[*?]/.test(text);

/** Actions in lower case, as which AWS compares them. */
export function actionsOf({ Action }: Statement): readonly string[] {
  return list(Action).map((action) => String(action).toLowerCase());
}

/** Whether anybody at all is meant: `*`, a map such as `{ AWS: "*" }`, or everybody but some. */
export function isAnybody({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (typeof Principal !== "object" || Principal === null) return Principal === "*";
  return Object.values(Principal).some((value) => list(value).includes("*"));
}

/** Whether a service of AWS is meant, which works for every account. */
export function isService({ Principal }: Statement): boolean {
  return typeof Principal === "object" && Principal !== null && "Service" in Principal;
}

/** Condition keys that keep a statement to an account or organization. */
const OWNER = /^aws:(sourceaccount|sourceowner|sourceorgid|sourcearn|principalaccount|principalorgid)$/i;

export function isBoundToOwner({ Condition }: Statement): boolean {
  return requiredBy(Condition).some(
    ({ key, values }) => OWNER.test(key) && values.length > 0 && values.every((value) => !isOpen(value)),
  );
}

/** A value that fits everybody's: a pattern in place of an account. */
function isOpen(value: string): boolean {
  const account = value.startsWith("arn:") ? (value.split(":")[4] ?? "*") : value;
  // The ARN of a bucket has no account: its name is the owner's alone.
  return value.startsWith("arn:aws:s3:::") ? /^arn:aws:s3:::[^a-z0-9]/.test(value) : /[*?]|^$/.test(account);
}

interface Required {
  readonly key: string;
  readonly values: readonly string[];
  readonly isPattern: boolean;
}

/** What a request must have: by operators that hold for no request without the key. */
export function requiredBy(condition: unknown): readonly Required[] {
  if (typeof condition !== "object" || condition === null) return [];
  return Object.entries(condition).flatMap(([operator, keys]): Required[] => {
    const isRequired = /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i.test(operator);
    if (!isRequired || typeof keys !== "object" || keys === null) return [];
    const isPattern = /^(StringLike|Arn)/i.test(operator);
    return Object.entries(keys).map(([key, value]) => ({ key, values: list(value).map(String), isPattern }));
  });
}
