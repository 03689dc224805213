/** Small JSON files that several parts of the local stack remember things in, written at once. */
import { writeAtomicallySync } from "./files.ts";

/** Whole or not at all, for the owner's eyes only. */
export function writeJsonFile(file: string, value: unknown): void {
  writeAtomicallySync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
