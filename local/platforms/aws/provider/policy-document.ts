/** IAM policy documents as inputs: a JSON text, or the object that the SDK's types also allow. */
import { z } from "zod";
import { list, type Statement } from "../../../../policies/policy-document.ts";
import { parseJson } from "../../../../toolkit/json.ts";
import { problem } from "./schema.ts";

type Context = z.core.$RefinementCtx;

const knownMembers: Readonly<Record<keyof Statement, true>> = {
  Action: true,
  Condition: true,
  Effect: true,
  NotAction: true,
  NotPrincipal: true,
  NotResource: true,
  Principal: true,
  Resource: true,
  Sid: true,
};

const principalKinds = ["AWS", "Service", "Federated", "CanonicalUser"];

/** Who or what a document is attached to decides what each statement must hold. */
export type Attachment = "identity" | "resource" | "trust";

/** The input's schema: gives the document as JSON text. At most `maximum` characters, not counting white space. */
export function policyDocument(attachment: Attachment, maximum: number) {
  return z
    .union(
      [z.string(), z.record(z.string(), z.unknown())],
      "must be a policy document, as JSON or as an object",
    )
    .transform((document) => (typeof document === "string" ? document : JSON.stringify(document)))
    .superRefine((document, context) => checkDocument(document, attachment, maximum, context));
}

/** The statements of a document; none of one that is not valid, whose mistakes are reported elsewhere. */
export function statementsOf(document: string): readonly Statement[] {
  const parsed = parseJson(document);
  return isObject(parsed) ? list(parsed["Statement"]).filter(isObject) : [];
}

function checkDocument(document: string, attachment: Attachment, maximum: number, context: Context): void {
  const parsed = parseJson(document);
  if (!isObject(parsed)) {
    problem(context, [], "must be a JSON object with Version and Statement");
    return;
  }
  for (const member of Object.keys(parsed)) {
    if (!["Version", "Id", "Statement"].includes(member))
      problem(context, [], `holds the unknown member ${member}`);
  }
  if (parsed["Version"] !== undefined && !["2012-10-17", "2008-10-17"].includes(String(parsed["Version"]))) {
    problem(context, [], "Version must be 2012-10-17 (or 2008-10-17)");
  }
  if (JSON.stringify(parsed).length > maximum)
    problem(context, [], `must have at most ${maximum} characters`);
  const statements = list(parsed["Statement"]);
  if (statements.length === 0) problem(context, [], "Statement must hold at least one statement");
  statements.forEach((statement, index) => {
    for (const complaint of statementProblems(statement, attachment)) {
      problem(context, [], `Statement ${index + 1} ${complaint}`);
    }
  });
}

function statementProblems(statement: unknown, attachment: Attachment): readonly string[] {
  if (!isObject(statement)) return ["must be an object"];
  const given = (name: string) => list(statement[name]).length > 0;
  const oneOf = (name: string, opposite: string) =>
    given(name) === given(opposite) ? [`must have either ${name} or ${opposite}`] : [];
  const unknown = Object.keys(statement).filter((name) => !Object.hasOwn(knownMembers, name));
  return [
    ...unknown.map((name) => `holds the unknown member ${name}`),
    ...(["Allow", "Deny"].includes(String(statement["Effect"])) ? [] : ["Effect must be Allow or Deny"]),
    ...oneOf("Action", "NotAction"),
    ...(attachment === "identity" ? oneOf("Resource", "NotResource") : oneOf("Principal", "NotPrincipal")),
    ...(attachment === "identity" && (given("Principal") || given("NotPrincipal"))
      ? ["must not have a Principal: who it applies to is what it is attached to"]
      : []),
    ...(attachment === "trust" && given("Resource")
      ? ["must not have a Resource: it is the role itself"]
      : []),
    ...actionProblems(statement, attachment),
    ...principalProblems(statement["Principal"] ?? statement["NotPrincipal"]),
    ...(statement["Condition"] === undefined || isObject(statement["Condition"])
      ? []
      : ["Condition must be an object"]),
  ];
}

function actionProblems(statement: Record<string, unknown>, attachment: Attachment): readonly string[] {
  return [...list(statement["Action"]), ...list(statement["NotAction"])].flatMap((action) => {
    if (typeof action !== "string" || !/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action)) {
      return ["must name actions as service:Action"];
    }
    return attachment === "trust" && !/^(sts:|\*$)/i.test(action)
      ? [`must name actions of sts only, not ${action}`]
      : [];
  });
}

function principalProblems(principal: unknown): readonly string[] {
  if (principal === undefined || principal === "*") return [];
  if (!isObject(principal)) return [`Principal must be "*" or an object of ${principalKinds.join(", ")}`];
  return Object.keys(principal)
    .filter((kind) => !principalKinds.includes(kind))
    .map((kind) => `Principal must be one of ${principalKinds.join(", ")}, not ${kind}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
