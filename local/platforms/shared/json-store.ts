import { readIfExistsSync } from "../../../toolkit/files.ts";
import { writeJsonFile } from "../../../toolkit/json-file.ts";

/**
 * What a simulated service remembers: one JSON file, read once, written whole after each change. The new file takes
 * the old one's place in one step, so that a killed process never leaves half of it.
 */
export class JsonStore<State extends object> {
  readonly state: State;
  readonly #file: string;

  /** @throws where the file is there but can't be read as JSON. */
  constructor(file: string, initial: () => State) {
    this.#file = file;
    // What a newer version of the service also remembers is not in an older file.
    this.state = { ...initial(), ...read<State>(file) };
  }

  save(): void {
    writeJsonFile(this.#file, this.state);
  }
}

function read<State>(file: string): State | undefined {
  const text = readIfExistsSync(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as State;
  } catch (error) {
    throw new Error(`${file} is not JSON any more. Remove it to start with an empty service.`, {
      cause: error,
    });
  }
}
