/** Small edits of source files, which keep everything else as it is. Biome puts imports and line breaks in order afterwards. */
import { Failure } from "../../toolkit/failure.ts";

/**
 * Adds a name to the import from a module, or the import itself.
 * @param name with "type " in front of it where it is a type
 */
export function withImport(text: string, name: string, from: string): string {
  const existing = new RegExp(`import (type )?\\{([^}]*)\\} from "${literal(from)}";`).exec(text);
  if (!existing) return `import { ${name} } from "${from}";\n${text}`;
  const [whole, ofTypes = "", list = ""] = existing;
  const names = list
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const imported = names.map((each) => (each.startsWith("type ") ? each : `${ofTypes}${each}`));
  if (imported.includes(name)) return text;
  return text.replace(whole, () => `import { ${[...imported, name].join(", ")} } from "${from}";`);
}

/** Puts lines in front of the line that begins with a mark. @throws Failure where the file has no such line */
export function before(text: string, mark: string, lines: string): string {
  const at = text.search(new RegExp(`^${literal(mark)}`, "m"));
  if (at < 0) throw new Failure(`no line begins with: ${mark}`);
  return `${text.slice(0, at)}${lines}${text.slice(at)}`;
}

/**
 * Adds an element at the end of the list or object that begins on the line with a mark, which ends with its bracket.
 * @param element without a comma
 * @throws Failure where the file has no such line, or its bracket is not closed
 */
export function appended(text: string, mark: string, element: string): string {
  const at = text.search(new RegExp(`^ *${literal(mark)}`, "m"));
  const end = at < 0 ? -1 : closing(text, text.indexOf(mark, at) + mark.length - 1);
  if (end < 0) throw new Failure(`no list begins with: ${mark}`);
  const content = text.slice(0, end).trimEnd();
  const comma = /[[{,]$/.test(content) ? "" : ",";
  return `${content}${comma}\n${element},\n${text.slice(end)}`;
}

/** Where the bracket at a place is closed: brackets in texts are balanced in these files. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if ("[{".includes(text.charAt(at))) depth++;
    if ("]}".includes(text.charAt(at)) && --depth === 0) return at;
  }
  return -1;
}

const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
