import { readIfExistsSync } from "../../../../toolkit/files.ts";
import { writeJsonFile } from "../../../../toolkit/json-file.ts";

type Records = Record<string, Record<string, Record<string, unknown>>>;

/**
 * What the emulator can't keep (see `emulatorGaps`), in one JSON file: `{ kind: { key: record } }`. Read again for
 * each call, so that a person or a test that edits the file changes "the cloud"; written whole and renamed, so that
 * an interrupted write leaves the old one.
 */
export class Store {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  get(kind: string, key: string): Record<string, unknown> | undefined {
    return this.#read()[kind]?.[key];
  }

  /** All records of a kind. */
  list(kind: string): readonly Record<string, unknown>[] {
    return Object.values(this.#read()[kind] ?? {});
  }

  /** Keys of all records of a kind. */
  keys(kind: string): readonly string[] {
    return Object.keys(this.#read()[kind] ?? {});
  }

  set(kind: string, key: string, record: Record<string, unknown>): void {
    const records = this.#read();
    records[kind] = { ...records[kind], [key]: record };
    writeJsonFile(this.#file, records);
  }

  delete(kind: string, key: string): void {
    const records = this.#read();
    const { [key]: _removed, ...others } = records[kind] ?? {};
    const { [kind]: _emptied, ...otherKinds } = records;
    writeJsonFile(this.#file, Object.keys(others).length > 0 ? { ...records, [kind]: others } : otherKinds);
  }

  #read(): Records {
    const text = readIfExistsSync(this.#file);
    if (text === undefined) return {};
    try {
      return JSON.parse(text) as Records;
    } catch {
      throw new Error(`${this.#file} is not valid JSON: repair it, or delete it to forget what it held`);
    }
  }
}
