/** Files of YAML whose top is a map. What is no such file is refused by its name, in a sentence. */
import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { SettingsError } from "./messages.ts";

/** @throws SettingsError that names the file, and the line where there is one */
export function readYamlMap(path: string): Record<string, unknown> {
  const { value, problem } = parseYaml(readText(path));
  if (problem !== undefined) throw new SettingsError(`${path}: ${problem}`);
  if (value === null || value === undefined) throw new SettingsError(`${path} is empty: expected a map`);
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new SettingsError(
      `${path}: expected a map, found a ${Array.isArray(value) ? "list" : typeof value}`,
    );
  }
  return value as Record<string, unknown>;
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
  try {
    return { value: parse(text, { logLevel: "error" }) };
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const reason = error instanceof YAMLParseError ? ` (${error.code})` : "";
    return { problem: `this is no YAML${reason}${line === undefined ? "" : `, line ${line}`}` };
  }
}
