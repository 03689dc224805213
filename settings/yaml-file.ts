/** Files of YAML whose top is a map. What is no such file is refused by its name, in a sentence. */
import { readFileSync } from "node:fs";
import { type Document, isPair, isScalar, LineCounter, parseDocument, visit, YAMLParseError } from "yaml";
import { SettingsError } from "./messages.ts";

/** @throws SettingsError that names the file, and the line where there is one */
export function readYamlMap(path: string): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, logLevel: "error" });
  const { value, problem } = valueIn(document);
  if (problem !== undefined) throw new SettingsError(`${path}: ${problem}`);
  const ambiguous = ambiguousValues(document, lines);
  if (ambiguous.length > 0) throw new SettingsError(`${path}:\n${ambiguous.join("\n")}`);
  if (value === null || value === undefined) throw new SettingsError(`${path} is empty: expected a map`);
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new SettingsError(
      `${path}: expected a map, found a ${Array.isArray(value) ? "list" : typeof value}`,
    );
  }
  return value as Record<string, unknown>;
}

/**
 * What Pulumi reads as YAML 1.1 and we as 1.2: a number with a leading zero (octal to Pulumi), with underscores or of base 2, a
 * date, no number at all. A review would show 500 where the deployment sets 320.
 */
const AMBIGUOUS =
  /^([-+]?(0[0-9_]+|[0-9][0-9_]*_[0-9_]*|0b[01_]+)|\d{4}-\d\d?-\d\d?([Tt \t].*)?|[-+]?\.(inf|nan))$/i;

/** A sentence for each value without quotes that is read in two ways. */
function ambiguousValues(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const problems: string[] = [];
  visit(document, {
    Scalar(place, { type, source, range }, path) {
      if (type !== "PLAIN" || place === "key" || !AMBIGUOUS.test(source ?? "")) return;
      const names = path.flatMap((parent) =>
        isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : [],
      );
      const { line } = lines.linePos(range?.[0] ?? 0);
      problems.push(
        `  ${names.at(-1)}, line ${line}: Pulumi reads this as another value than it looks like; write it in quotes, or without leading zero or underscore`,
      );
    },
  });
  return problems;
}

/** @throws SettingsError where the file can't be read, or is no text */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new SettingsError(`${path} can't be read: ${code}`, { cause: error });
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new SettingsError(`${path} is no text: expected YAML in UTF-8`);
}

/** The value of a text of YAML, or what is wrong with it: the place, and nothing of the text, which may hold a secret. */
export function parseYaml(text: string): { readonly value?: unknown; readonly problem?: string } {
  return valueIn(parseDocument(text, { logLevel: "error" }));
}

function valueIn(document: Document.Parsed): { readonly value?: unknown; readonly problem?: string } {
  try {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return { value: document.toJS() };
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const reason = error instanceof YAMLParseError ? ` (${error.code})` : "";
    return { problem: `this is no YAML${reason}${line === undefined ? "" : `, line ${line}`}` };
  }
}
