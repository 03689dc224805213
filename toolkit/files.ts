/** Text files that several processes read and write. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** For the owner's eyes only, since some hold keys. */
const OWNERS = { mode: 0o600 };

/** The new file takes the old one's place in one step: readers, and whoever comes after a kill, see one of them whole. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, OWNERS);
  await rename(temporary, file);
}

/** As {@link writeAtomically}, at once. */
export function writeAtomicallySync(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  writeFileSync(temporary, text, OWNERS);
  renameSync(temporary, file);
}

/** The text of a file, undefined where there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(undefinedWhereMissing);
}

/** As {@link readIfExists}, at once. */
export function readIfExistsSync(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return undefinedWhereMissing(error);
  }
}

/** @throws any other error than that there is no such file */
function undefinedWhereMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
