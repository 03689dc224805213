/** Running the Pulumi CLI against the local stack. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { CONFIGURED } from "../../operations/pulumi/cli.ts";
import { type EngineProcessOptions, runEngine } from "../../operations/pulumi/engine-process.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { engineEnvironment } from "../host/environment.ts";
import type { StatePaths } from "../host/state-folder.ts";
import type { ProviderName } from "../official/providers.ts";
import { stateFile } from "./half-made.ts";
import type { Report } from "./progress.ts";

/** ` +  aws:sns:Topic critical created (0.05s)`: the engine's line for a resource that is done. */
const FINISHED = / (created|updated|deleted|replaced|refreshed|imported) \(\d/;

export interface EngineOptions {
  readonly paths: StatePaths;
  /** The found `pulumi`. */
  readonly binary: string;
  /** Where the daemon's host listens; undefined while it does not run. */
  readonly port: number | undefined;
  /** Providers that are official plugins. */
  readonly official: readonly ProviderName[];
  /** The stack's configuration where it is not the project's own `Pulumi.local.yaml`. */
  readonly configuration: string | undefined;
}

export interface Captured {
  readonly code: number;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export class Engine {
  readonly #options: EngineOptions;

  /** Whether `stack init` was done, and `down` was not. */
  static async hasStack(paths: StatePaths): Promise<boolean> {
    return (await readIfExists(stateFile(paths))) !== undefined;
  }

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Runs a command with this process's own input and output. Returns its exit code. */
  async passThrough(args: readonly string[]): Promise<number> {
    await this.#prepare();
    return runEngine(this.#options.binary, this.#complete(args), {
      ...this.#processOptions(),
      stdio: "inherit",
    });
  }

  /** Runs a command and collects what it prints, also in `logs/pulumi.log`. */
  async capture(args: readonly string[], onLine: (line: string) => void = () => {}): Promise<Captured> {
    await this.#prepare();
    const log = createWriteStream(path.join(this.#options.paths.logs, "pulumi.log"), {
      flags: "a",
      mode: 0o600,
    });
    log.write(`\n$ pulumi ${args.join(" ")}\n`);
    const lines: string[] = [];
    const keep = (line: string): void => {
      lines.push(line);
      log.write(`${line}\n`);
      onLine(line);
    };
    try {
      const code = await runEngine(this.#options.binary, this.#complete(args), {
        ...this.#processOptions(),
        stdio: ["ignore", "pipe", "pipe"],
        onStart: ({ stdout, stderr }) => {
          for (const stream of [stdout, stderr])
            if (stream) createInterface({ input: stream }).on("line", keep);
        },
      });
      return { code, output: lines.join("\n") };
    } finally {
      log.end();
    }
  }

  /**
   * Runs a command and reports each resource that it is done with. Returns what it did in sum, such as `56 created`.
   * @throws Failure with what the engine said, where it fails.
   */
  async run(args: readonly string[], report: Report = () => {}): Promise<string> {
    const { code, output } = await this.capture(args, (line) => {
      if (FINISHED.test(line)) report(line.trim());
    });
    if (code === 0) return countsOf(output);
    const start = output.indexOf("Diagnostics:");
    throw new Failure(
      `pulumi ${args[0]} failed with exit code ${code}:\n${output.slice(Math.max(start, 0)).trim()}`,
    );
  }

  async #prepare(): Promise<void> {
    await Promise.all(
      [this.#options.paths.backend, this.#options.paths.logs].map((folder) =>
        mkdir(folder, { recursive: true }),
      ),
    );
  }

  #complete(args: readonly string[]): string[] {
    const { configuration } = this.#options;
    const [command = "", ...rest] = args;
    if (configuration === undefined || !CONFIGURED.has(command)) return ["--non-interactive", ...args];
    return ["--non-interactive", command, "--config-file", configuration, ...rest];
  }

  #processOptions(): EngineProcessOptions {
    const { paths, port, official } = this.#options;
    return { cwd: REPOSITORY, env: { ...process.env, ...engineEnvironment(paths, port, official) } };
  }
}

/** `+ 2 created, 54 unchanged`, from the engine's block of that name. */
function countsOf(output: string): string {
  const block = output.split("\nResources:\n")[1]?.split("\n\n")[0] ?? "";
  return block
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(", ");
}
