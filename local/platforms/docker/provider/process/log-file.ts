/** A server's log, turned over by the container's log options as Docker's json-file driver does. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface LogLimits {
  /** Bytes after which a new file begins. */
  readonly maxSize: number;
  /** Files kept, the current one included. */
  readonly maxFiles: number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** The limits of `logOpts`. Docker's default: one file without end. */
export function logLimits(options: Readonly<Record<string, string>> = {}): LogLimits {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)b?$/i.exec(options["max-size"] ?? "") ?? [];
  return {
    maxSize:
      amount === undefined ? Number.POSITIVE_INFINITY : Number(amount) * (UNITS[unit.toLowerCase()] ?? 1),
    maxFiles: Number(options["max-file"] ?? 1),
  };
}

export class LogFile {
  readonly #file: string;
  readonly #limits: LogLimits;
  #descriptor: number;
  #size: number;

  constructor(file: string, limits: LogLimits) {
    this.#file = file;
    this.#limits = limits;
    mkdirSync(dirname(file), { recursive: true });
    this.#descriptor = openSync(file, "a", 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  write(chunk: Buffer): void {
    if (this.#size > 0 && this.#size + chunk.length > this.#limits.maxSize) this.#turnOver();
    writeSync(this.#descriptor, chunk);
    this.#size += chunk.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #turnOver(): void {
    closeSync(this.#descriptor);
    for (let number = this.#limits.maxFiles - 1; number >= 1; number -= 1) {
      const older = number === 1 ? this.#file : `${this.#file}.${number - 1}`;
      if (existsSync(older)) renameSync(older, `${this.#file}.${number}`);
    }
    if (this.#limits.maxFiles <= 1) rmSync(this.#file, { force: true });
    this.#descriptor = openSync(this.#file, "a", 0o600);
    this.#size = 0;
  }
}
