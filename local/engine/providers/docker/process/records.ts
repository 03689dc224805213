/** What the process driver must remember: one JSON file per object, for the owner's eyes only. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
    mkdirSync(this.#folder, { recursive: true });
    const temporary = `${this.#file(name)}.new`;
    writeFileSync(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, this.#file(name));
  }

  remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  all(): readonly T[] {
    const names = ignoringAbsence(() => readdirSync(this.#folder)) ?? [];
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
  const text = ignoringAbsence(() => readFileSync(file, "utf8"));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function ignoringAbsence<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
