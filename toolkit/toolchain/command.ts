import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly environment: Environment;
  readonly folder?: string;
  /** Default: 10 seconds. */
  readonly timeoutSeconds?: number;
  /** Each line of the error stream, where build tools report progress. */
  readonly onErrorLine?: (line: string) => void;
}

/** How many of the last lines of a failed command's error stream its message repeats. */
const linesInMessage = 12;

/**
 * Runs a command to its end.
 * @returns what it printed on its output stream
 * @throws Error for a person: the command, how it ended and what it said last
 */
export function run(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { environment, folder, timeoutSeconds = 10, onErrorLine } = options;
  const title = [file.split("/").at(-1), ...args.slice(0, 2)].join(" ");
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: folder,
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutSeconds * 1000,
      killSignal: "SIGKILL",
    });
    let output = "";
    const lastLines: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - linesInMessage);
      onErrorLine?.(line);
    });
    child.on("error", (error) => {
      const missing = "code" in error && error.code === "ENOENT";
      reject(missing ? new Error(`${file} was not found`) : error);
    });
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const end =
        signal === "SIGKILL" ? `was stopped (limit: ${timeoutSeconds} s)` : `ended with ${signal ?? code}`;
      reject(new Error([`"${title}" ${end}`, ...lastLines].join("\n")));
    });
  });
}
