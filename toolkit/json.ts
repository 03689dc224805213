/** JSON that others have written. */
import type { z } from "zod";

/** What a text holds; undefined where it is no JSON, or is cut short. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a text holds, which must be of a shape. @throws SyntaxError or ZodError where it is not */
export function readJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  return schema.parse(JSON.parse(text));
}
