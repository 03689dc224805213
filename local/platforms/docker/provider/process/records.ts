/** What the process driver must remember: one JSON file per object, for the owner's eyes only. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readIfExistsSync } from "../../../../../toolkit/files.ts";
import { writeJsonFile } from "../../../../../toolkit/json-file.ts";

export class Records<T> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(name: string): T | undefined {
    return readJson<T>(this.#file(name));
  }

  /** Whole or not at all, so that a killed daemon never leaves half a record. */
  put(name: string, record: T): void {
    writeJsonFile(this.#file(name), record);
  }

  remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  all(): readonly T[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    return names
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readJson<T>(join(this.#folder, name)) ?? []);
  }

  #file(name: string): string {
    // Image ids hold a colon, which some file systems refuse.
    return join(this.#folder, `${name.replaceAll(/[^\w.-]/g, "-")}.json`);
  }
}

function readJson<T>(file: string): T | undefined {
  const text = readIfExistsSync(file);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
