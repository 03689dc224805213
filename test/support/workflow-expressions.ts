/** Expressions of GitHub's workflows, by GitHub's own evaluator: `${{ inputs.stack }}`, and what stands in an `if`. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** Whether what came before has succeeded: what `success()`, `failure()` and `always()` ask. */
export type Status = "success" | "failure";

export type Contexts = Readonly<Record<string, unknown>>;

/** A text with its expressions replaced by their values. */
export function interpolate(text: string, contexts: Contexts, status: Status = "success"): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, contexts, status).coerceString(),
  );
}

/** Whether an `if` holds. Without a status function in it, GitHub asks for success as well. */
export function holds(condition: unknown, contexts: Contexts, status: Status): boolean {
  const text = String(condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asked = /\b(success|failure|always|cancelled)\s*\(/.test(text) ? text : `success() && (${text})`;
  return isTruthy(evaluate(asked, contexts, status));
}

function evaluate(expression: string, contexts: Contexts, status: Status): data.ExpressionData {
  const functions = statusFunctions(status);
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({ key, value: expressionData(value) })),
  );
  return new Evaluator(parsed, known, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

function statusFunctions(status: Status) {
  const answer = (name: string, value: boolean) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(value),
  });
  return [
    answer("success", status === "success"),
    answer("failure", status === "failure"),
    answer("always", true),
    answer("cancelled", false),
    { name: "hashfiles", minArgs: 1, maxArgs: 10, call: () => new data.StringData("hash") },
  ];
}

function expressionData(value: unknown): data.ExpressionData {
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value !== "object" || value === null) return new data.Null();
  return new data.Dictionary(
    ...Object.entries(value).map(([key, item]) => ({ key, value: expressionData(item) })),
  );
}

function isTruthy(value: data.ExpressionData): boolean {
  if (value.kind === data.Kind.Boolean) return value.value;
  if (value.kind === data.Kind.Number) return value.value !== 0;
  if (value.kind === data.Kind.String) return value.value !== "";
  return value.kind !== data.Kind.Null;
}
