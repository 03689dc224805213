/** Log files of the local stack: one for each subject, started again with the daemon. The last one is kept beside it. */
import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, type WriteStream } from "node:fs";
import path from "node:path";
import type { Logger } from "./service.ts";

export class LogFiles {
  readonly #folder: string;
  readonly #streams = new Map<string, WriteStream>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  file(name: string): string {
    return path.join(this.#folder, `${name}.log`);
  }

  /** A new file that a program can write to. */
  open(name: string): number {
    this.#keepLast(name);
    return openSync(this.file(name), "w", 0o600);
  }

  logger(name: string): Logger {
    const write = (level: string) => (message: string) => {
      this.#stream(name).write(`${new Date().toISOString()} ${level} ${message}\n`);
    };
    return { info: write("INFO"), warn: write("WARN"), error: write("ERROR") };
  }

  #stream(name: string): WriteStream {
    const known = this.#streams.get(name);
    if (known) return known;
    this.#keepLast(name);
    const stream = createWriteStream(this.file(name), { flags: "w", mode: 0o600 });
    this.#streams.set(name, stream);
    return stream;
  }

  #keepLast(name: string): void {
    if (existsSync(this.file(name))) renameSync(this.file(name), this.file(`${name}.last`));
  }
}
