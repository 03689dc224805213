/** The Pulumi CLI on one stack: the local stack's engine as `npm run pulumi` finds it; for others, the user's own. */
import { createInterface } from "node:readline";
import { environmentOf, knownStack, LOCAL_STACK } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { runEngine } from "./engine-process.ts";
import { localConnection } from "./local-stack.ts";

/** How a command ended. Its output may hold secrets: never repeat it unseen. */
export interface Ended {
  /** 1 where it was killed for taking too long. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PulumiOptions {
  /** Default: 30 minutes. */
  readonly timeoutMilliseconds?: number;
  /** More of it than this process's own, or the stack's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Each line of both streams, as it comes. */
  readonly onLine?: (line: string) => void;
  /** What the command reads from its standard input. Default: nothing. */
  readonly input?: string;
}

/** Another place of a stack's state and configuration than its own. */
export interface Elsewhere {
  readonly environment: NodeJS.ProcessEnv;
  readonly configurationFile: string;
}

/**
 * Runs a command on the stack, non-interactively. Its failure is for the caller to read from the exit code.
 * @throws Interruption where a signal has ended it
 */
export type Pulumi = (args: readonly string[], options?: PulumiOptions) => Promise<Ended>;

/** The stack, or the CLI itself, can't be used. For people as it is. */
export class StackError extends Failure {
  override readonly name = "StackError";
}

/** Exit codes of the CLI that mean one thing. Anything else but 0 is a command that failed. */
export const exitCodes = { noSuchStack: 6, unexpectedChanges: 7 } as const;

const TIMEOUT_MILLISECONDS = 30 * 60_000;
/** Of a command that only reads what the backend holds. */
const READ_MILLISECONDS = 2 * 60_000;

/** Commands that read the stack's configuration file, and so take `--config-file`. */
export const CONFIGURED: ReadonlySet<string> = new Set([
  "config",
  "destroy",
  "import",
  "logs",
  "preview",
  "refresh",
  "up",
  "update",
  "watch",
]);

/**
 * @param elsewhere default: where the stack's own state and configuration are
 * @throws Failure where the project has no such stack, and StackError where there is no CLI
 */
export async function pulumiOf(name: string, elsewhere?: Elsewhere): Promise<Pulumi> {
  const known = knownStack(name);
  const own =
    known === LOCAL_STACK ? (await localConnection()).pulumi : { binary: "pulumi", environment: {} };
  const { environment, configurationFile: file } = { ...own, ...elsewhere };
  const env = { ...process.env, ...own.environment, ...environment };
  const stack = elsewhere ? environmentOf(known) : known;
  return (args, options) => {
    const configured = file !== undefined && CONFIGURED.has(args[0] ?? "") ? ["--config-file", file] : [];
    return execute(own.binary, [...args, ...configured, "--stack", stack], env, options);
  };
}

/**
 * What a command printed to its standard output.
 * @throws StackError with what the CLI complained of, never with its standard output: that may hold secrets
 */
export async function output(pulumi: Pulumi, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await pulumi(args, { timeoutMilliseconds: READ_MILLISECONDS });
  if (code === 0) return stdout;
  const command = args.filter((argument) => !argument.startsWith("-")).join(" ");
  throw new StackError(`pulumi ${command} failed: ${stderr.trim() || "it was ended, or said nothing"}`);
}

async function execute(
  binary: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { timeoutMilliseconds = TIMEOUT_MILLISECONDS, environment, onLine, input }: PulumiOptions = {},
): Promise<Ended> {
  const printed = { stdout: "", stderr: "" };
  const startedAt = performance.now();
  try {
    const code = await runEngine(binary, [...args, "--non-interactive"], {
      cwd: REPOSITORY,
      env: { ...env, ...environment },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeoutMilliseconds,
      onStart: (child) => {
        child.stdin?.on("error", ignoreClosed).end(input);
        for (const name of ["stdout", "stderr"] as const) {
          const stream = child[name];
          if (!stream) continue;
          stream.setEncoding("utf8").on("data", (chunk: string) => {
            printed[name] += chunk;
          });
          if (onLine) createInterface({ input: stream }).on("line", onLine);
        }
      },
    });
    if (code !== 0 && performance.now() - startedAt >= timeoutMilliseconds) {
      const late = `It was ended after ${timeoutMilliseconds / 1000} s: the state's backend or a platform does not answer.`;
      printed.stderr += `${late}\n`;
      onLine?.(late);
    }
    return { code, ...printed };
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const missing = "there is no pulumi on PATH (https://www.pulumi.com/docs/install)";
    throw isMissing ? new StackError(missing) : error;
  }
}

/** A command that ended without reading all of its input says itself why. */
function ignoreClosed({ code }: NodeJS.ErrnoException): void {
  if (code !== "EPIPE") throw new StackError(`pulumi can't be given its input: ${code}`);
}
