/** AWS policy documents, as far as rules ask about them. */

import { parseJson } from "../toolkit/json.ts";

export interface Statement {
  readonly Sid?: unknown;
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** Undefined where it is no policy document, as AWS reads one. @param document its JSON, or what is in it */
export function allowStatements(document: unknown): readonly Statement[] | undefined {
  const parsed = typeof document === "string" ? parseJson(document) : document;
  if (typeof parsed !== "object" || parsed === null || !("Statement" in parsed)) return undefined;
  const statements = list(parsed.Statement);
  return statements.every(isStatement) ? statements.filter(({ Effect }) => Effect === "Allow") : undefined;
}

const ELEMENT = /^(Sid|Effect|(Not)?(Principal|Action|Resource)|Condition)$/;

function isStatement(value: unknown): value is Statement {
  if (typeof value !== "object" || value === null) return false;
  const { Effect } = value as Statement;
  return (Effect === "Allow" || Effect === "Deny") && Object.keys(value).every((key) => ELEMENT.test(key));
}

/** One element may stand for a list of it. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Whether it fits more than one value, by a wildcard. */
export const hasWildcard = (text: string) => /[*?]/.test(text);

/** Whether who asks decides what it fits: by a wildcard, or by a variable, such as `${aws:SourceAccount}`. */
export const isLeftOpen = (value: string) => hasWildcard(value) || value.includes("${");

/** Actions in lower case, as which AWS compares them. */
export function actionsOf({ Action }: Statement): readonly string[] {
  return list(Action).map((action) => String(action).toLowerCase());
}

/** Whether anybody at all is meant: `*`, a map such as `{ AWS: "*" }`, or everybody but some. */
export function isAnybody({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (typeof Principal !== "object" || Principal === null) return Principal === "*";
  return Object.values(Principal).some((value) => list(value).some((each) => hasWildcard(String(each))));
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
  // The ARN of a bucket has no account: its name is the owner's alone.
  if (value.startsWith("arn:aws:s3:::")) return /^arn:aws:s3:::[^a-z0-9]/.test(value);
  const account = value.startsWith("arn:") ? (value.split(":")[4] ?? "") : value;
  return account === "" || isLeftOpen(account);
}

interface Required {
  readonly key: string;
  readonly values: readonly string[];
}

/** Operators that hold for no request without the key. */
const REQUIRING = /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

/** What a request must have. @param operators which ones are meant */
export function requiredBy(condition: unknown, operators = REQUIRING): readonly Required[] {
  if (typeof condition !== "object" || condition === null) return [];
  return Object.entries(condition).flatMap(([operator, keys]): Required[] => {
    if (!operators.test(operator) || typeof keys !== "object" || keys === null) return [];
    return Object.entries(keys).map(([key, value]) => ({ key, values: list(value).map(String) }));
  });
}
