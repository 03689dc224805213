/** What is wrong with a configuration, as people read it: key, what was found, what is expected, and what sets it. */
import type { z } from "zod";
import { Failure } from "../toolkit/failure.ts";

export interface Problem {
  /** Path of the key as Pulumi writes it, such as `metrics.apiTargets[0]`. */
  readonly key: string;
  readonly expected: string;
  /**
   * Whether the value is a text; false for a number or a boolean; "unknown" where the key itself is the mistake, or
   * its value is for a person to remove; "file" where the value is in maintenance.yaml, or the stack's name.
   */
  readonly text: boolean | "unknown" | "file";
}

/** The stack's configuration has problems; the message lists them all. */
export class SettingsError extends Failure {}

/** A stack, as its problems are told. */
interface Subject {
  readonly environment: string;
  readonly configuration: unknown;
  /** Keys that the command sets as secrets. */
  readonly secretKeys: readonly string[];
}

/** All problems of a stack. No value is in it: any of them may be a secret in the wrong place. */
export function explain(subject: Subject, problems: readonly Problem[]): string {
  const { environment } = subject;
  const lines = problems.flatMap((problem) => paragraph(subject, problem)).map((line) => `  ${line}`);
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [
    `The configuration of stack "${environment}" (Pulumi.${environment}.yaml) has ${count}:`,
    ...lines,
  ].join("\n");
}

function paragraph(subject: Subject, { key, expected, text }: Problem): string[] {
  if (text === "file") return [key, `    expected: ${expected}`];
  const path = key.includes("[") ? `'${key}'` : key;
  if (text === "unknown") {
    return [
      key,
      `    ${expected}`,
      `    remove:   pulumi config rm --stack ${subject.environment} --path ${path}`,
    ];
  }
  return [
    key,
    `    found:    ${kindOf(valueAt(subject.configuration, key))}`,
    `    expected: ${expected}`,
    `    set it:   ${setCommand(subject, path, text)}`,
  ];
}

/** Without `--type string`, Pulumi makes a number of an account id, and loses the + of a phone number. */
function setCommand({ environment, secretKeys }: Subject, path: string, text: boolean): string {
  const set = `pulumi config set --stack ${environment}`;
  // Pulumi asks for the value: as an argument it would stay in the shell's history.
  if (secretKeys.includes(path)) return `${set} --secret --path ${path}`;
  if (path.startsWith("alertThresholds.")) return `${set} --type float --path ${path} <value>`;
  return `${set} ${text ? "--type string " : ""}--path ${path} <value>`;
}

function valueAt(configuration: unknown, key: string): unknown {
  return key
    .split(/[.[\]]/)
    .filter(Boolean)
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      configuration,
    );
}

/** What a value is, without the value. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (value === "") return "an empty text";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}

/** What the schema finds wrong. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const key = pulumiPath(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => ({ ...unknownKey([...issue.path, name]), text: "unknown" }));
    }
    if (issue.code === "invalid_key") {
      const expected = `there is no such alert; expected ${issue.issues[0]?.message ?? issue.message}`;
      return [{ key, expected, text: "unknown" }];
    }
    return [{ key: isList(issue) ? `${key}[0]` : key, expected: issue.message, text: isText(issue) }];
  });
}

function unknownKey(path: readonly PropertyKey[]): Omit<Problem, "text"> {
  const [name = ""] = path.map(String);
  if (path.length === 1 && name.includes(".")) {
    return { key: `["${name}"]`, expected: `this is one key with a dot in it: use --path to set ${name}` };
  }
  return { key: pulumiPath(path), expected: "there is no such key (Pulumi.yaml lists them all)" };
}

function pulumiPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
}

/** Whether a list is expected. All of ours are lists of texts, and Pulumi sets them item by item. */
function isList(issue: z.core.$ZodIssue): boolean {
  return (
    (issue.code === "invalid_type" && issue.expected === "array") ||
    ((issue.code === "too_small" || issue.code === "too_big") && issue.origin === "array")
  );
}

function isText(issue: z.core.$ZodIssue): boolean {
  if (issue.code === "invalid_type") return issue.expected === "string" || isList(issue);
  if (issue.code === "invalid_value") return issue.values.every((value) => typeof value === "string");
  if (issue.code === "too_big") return issue.origin === "string" || isList(issue);
  return ["invalid_format", "custom"].includes(issue.code) || isList(issue);
}
