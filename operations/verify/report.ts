/** What the checks found, for people and for programs. No secret gets past it. */
import type { createColors } from "picocolors";
import type { Result } from "./check.ts";
import type { Stack } from "./stack.ts";

type Colors = ReturnType<typeof createColors>;

const MARKS = {
  proven: { text: "proven", color: "green" },
  failed: { text: "FAILED", color: "red" },
  "not configured": { text: "not configured", color: "dim" },
} as const satisfies Record<Result["status"], { text: string; color: keyof Colors }>;

const MARK_WIDTH = "not configured".length;

/** A report by section, with what to do about each failure. */
export function report(stack: string, results: readonly Result[], colors: Colors): string {
  const headings = [...new Set(results.map(({ section }) => section))];
  const blocks = headings.map((heading) =>
    [
      colors.bold(heading),
      ...results.filter(({ section }) => section === heading).flatMap((result) => lines(result, colors)),
    ].join("\n"),
  );
  return [...blocks, `${stack}: ${summary(results)}`].join("\n\n");
}

function lines({ status, title, detail, advice, deprecated = [] }: Result, colors: Colors): string[] {
  const { text, color } = MARKS[status];
  const indent = " ".repeat(MARK_WIDTH + 4);
  return [
    `  ${colors[color](text.padEnd(MARK_WIDTH))}  ${title}`,
    `${indent}${colors.dim(detail)}`,
    ...(advice ? [`${indent}${colors.yellow(advice)}`] : []),
    ...deprecated.map((text) => `${indent}${colors.yellow(`About to end: ${text}`)}`),
  ];
}

function summary(results: readonly Result[]): string {
  return Object.keys(MARKS)
    .map((status) => `${results.filter((result) => result.status === status).length} ${status}`)
    .join(", ");
}

/** Hides every secret of the stack, wherever an answer may have repeated it. */
export function withoutSecrets(
  results: readonly Result[],
  stack: Pick<Stack, "secrets" | "outputs">,
): readonly Result[] {
  const shown = hider(stack);
  return results.map((result) => ({
    ...result,
    detail: shown(result.detail),
    ...(result.deprecated && { deprecated: result.deprecated.map(shown) }),
  }));
}

/** A function that hides a stack's secrets in a text: as they are, in JSON, or as a login. */
export function hider({ secrets, outputs }: Pick<Stack, "secrets" | "outputs">): (text: string) => string {
  const dsn = outputs.appEnvironment?.["SENTRY_DSN"];
  const key = dsn && URL.canParse(dsn) ? new URL(dsn).username : undefined;
  const hidden = [...Object.values(secrets), dsn, key].flatMap((secret) =>
    secret ? [secret, JSON.stringify(secret).slice(1, -1), loginOf(secret)] : [],
  );
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** As Grafana's admin logs in over HTTP. */
export function loginOf(password: string): string {
  return Buffer.from(`admin:${password}`).toString("base64");
}
