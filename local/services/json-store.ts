import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
    this.state = read<State>(file) ?? initial();
  }

  save(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.new`;
    // Keys and routing keys are in here: for the owner's eyes only.
    writeFileSync(temporary, `${JSON.stringify(this.state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, this.#file);
  }
}

function read<State>(file: string): State | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as State;
  } catch (error) {
    throw new Error(`${file} is not JSON any more. Remove it to start with an empty service.`, {
      cause: error,
    });
  }
}
