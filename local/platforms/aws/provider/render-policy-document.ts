/** `iam.getPolicyDocument`: statements to the JSON that the official provider renders, to the letter. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { json, oneOf } from "./schema.ts";

const strings = z.array(z.string()).optional();
const principals = z.array(z.strictObject({ type: z.string(), identifiers: z.array(z.string()) })).optional();

const statement = z.strictObject({
  actions: strings,
  conditions: z
    .array(z.strictObject({ test: z.string(), variable: z.string(), values: z.array(z.string()) }))
    .optional(),
  effect: oneOf(["Allow", "Deny"]).default("Allow"),
  notActions: strings,
  notPrincipals: principals,
  notResources: strings,
  principals,
  resources: strings,
  sid: z
    .string()
    .regex(/^[A-Za-z0-9]*$/, "must hold letters and digits only")
    .optional(),
});

const args = z.strictObject({
  overrideJson: z.literal("", "is not used any more: use overridePolicyDocuments").optional(),
  overridePolicyDocuments: z.array(json).optional(),
  policyId: z.string().optional(),
  sourceJson: z.literal("", "is not used any more: use sourcePolicyDocuments").optional(),
  sourcePolicyDocuments: z.array(json).optional(),
  statements: z.array(statement).optional(),
  version: oneOf(["2008-10-17", "2012-10-17"]).default("2012-10-17"),
});

type StatementInput = z.output<typeof statement>;

/** Members in the order in which the official provider writes them. */
interface Document {
  Version?: string;
  Id?: string;
  Statement?: Properties[];
}

/** Throws where an argument is wrong, or two statements of the same source share a Sid. */
export function renderPolicyDocument(given: Properties): Properties {
  const result = args.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`getPolicyDocument: ${problems.join("; ")}`);
  }
  const {
    sourcePolicyDocuments = [],
    overridePolicyDocuments = [],
    statements = [],
    version,
    policyId,
  } = result.data;
  const sources = sourcePolicyDocuments.map(parse);
  refuseRepeatedSids(
    "sourcePolicyDocuments",
    sources.flatMap((source) => source.Statement ?? []),
  );
  const rendered = statements.map((each) => renderStatement(each, version));
  refuseRepeatedSids("statements", rendered);
  const own: Document = { Version: version, ...(policyId ? { Id: policyId } : {}), Statement: rendered };
  const merged = [...sources, own, ...overridePolicyDocuments.map(parse)].reduce(merge, {});
  const document = inOrder(merged);
  const text = asGo(JSON.stringify(document, null, 2));
  return {
    ...result.data,
    id: String(createHash("sha256").update(text).digest().readUInt32BE()),
    json: text,
    minifiedJson: asGo(JSON.stringify(document)),
  };
}

/** The official provider is written in Go, whose JSON escapes what HTML would take for its own. */
function asGo(text: string): string {
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function parse(text: string): Document {
  const document = JSON.parse(text) as Document & { Statement?: Properties | Properties[] };
  const { Statement: statements } = document;
  return { ...document, ...(statements ? { Statement: [statements].flat() } : {}) };
}

function refuseRepeatedSids(where: string, statements: readonly Properties[]): void {
  const sids = statements.map((each) => each["Sid"]).filter((sid) => sid !== undefined && sid !== "");
  const repeated = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (repeated !== undefined) {
    throw new Error(
      `getPolicyDocument: ${where}: the Sid ${repeated} is used twice: remove it, or make it unique`,
    );
  }
}

/** A later document's version and id win; its statements replace those with the same Sid, and follow the others. */
function merge(before: Document, next: Document): Document {
  const statements = [...(before.Statement ?? [])];
  for (const each of next.Statement ?? []) {
    const index = each["Sid"] ? statements.findIndex((other) => other["Sid"] === each["Sid"]) : -1;
    if (index < 0) statements.push(each);
    else statements[index] = each;
  }
  const merged: Document = { ...before, Statement: statements };
  if (next.Version) merged.Version = next.Version;
  if (next.Id) merged.Id = next.Id;
  return merged;
}

function inOrder({ Version, Id, Statement }: Document): Document {
  return {
    ...(Version ? { Version } : {}),
    ...(Id ? { Id } : {}),
    ...(Statement && Statement.length > 0 ? { Statement } : {}),
  };
}

function renderStatement(given: StatementInput, version: string): Properties {
  const variables = (texts: readonly string[]) => texts.map((text) => withVariables(text, version));
  const entries: [string, unknown][] = [
    ["Sid", given.sid || undefined],
    ["Effect", given.effect],
    ["Action", oneOrMore(given.actions)],
    ["NotAction", oneOrMore(given.notActions)],
    ["Resource", oneOrMore(given.resources && variables(given.resources))],
    ["NotResource", oneOrMore(given.notResources && variables(given.notResources))],
    ["Principal", renderPrincipals(given.principals, variables)],
    ["NotPrincipal", renderPrincipals(given.notPrincipals, variables)],
    ["Condition", renderConditions(given.conditions, variables)],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The provider keeps these as sets, which it writes backwards; a set of one as the text itself. */
function oneOrMore(texts: readonly string[] | undefined): string | string[] | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  return texts.length === 1 ? texts[0] : [...new Set(texts)].sort().reverse();
}

function renderPrincipals(
  given: StatementInput["principals"],
  variables: (texts: readonly string[]) => string[],
): unknown {
  if (given === undefined || given.length === 0) return undefined;
  const everyone = given.some(({ type, identifiers }) => type === "*" && identifiers.includes("*"));
  if (everyone && given.length === 1) return "*";
  const byType = new Map<string, string[]>();
  for (const { type, identifiers } of given) {
    byType.set(type, [...(byType.get(type) ?? []), ...variables(identifiers)]);
  }
  return Object.fromEntries(
    [...byType].sort(byKey).map(([type, identifiers]) => [type, oneOrMore(identifiers)]),
  );
}

function renderConditions(
  given: StatementInput["conditions"],
  variables: (texts: readonly string[]) => string[],
): unknown {
  if (given === undefined || given.length === 0) return undefined;
  const byTest = new Map<string, Map<string, string[]>>();
  for (const { test, variable, values } of given) {
    const tests = byTest.get(test) ?? new Map<string, string[]>();
    tests.set(variable, [...(tests.get(variable) ?? []), ...variables(values)]);
    byTest.set(test, tests);
  }
  return Object.fromEntries(
    [...byTest]
      .sort(byKey)
      .map(([test, tests]) => [
        test,
        Object.fromEntries(
          [...tests]
            .sort(byKey)
            .map(([variable, values]) => [variable, values.length === 1 ? values[0] : values]),
        ),
      ]),
  );
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

/** `&{name}` stands for IAM's `${name}`, which HCL would take for its own. */
function withVariables(text: string, version: string): string {
  if (version === "2008-10-17" && text.includes("&{")) {
    throw new Error(`getPolicyDocument: "${text}" holds &{, which version 2008-10-17 does not have`);
  }
  return text.replaceAll("&{", "$" + "{");
}
