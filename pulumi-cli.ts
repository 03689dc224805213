/** The Pulumi CLI on one stack: the local stack's engine as `npm run pulumi` finds it; for others, the user's own. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CONFIGURED } from "./local/cli/engine.ts";
import { stackConfiguration } from "./local/cli/stack-configuration.ts";
import { runningDaemon } from "./local/daemon-state.ts";
import { engineEnvironment, STACK } from "./local/engine/environment.ts";
import { REPOSITORY, statePaths } from "./local/state-folder.ts";
import { ensureTool } from "./local/toolchain/find.ts";
import { tools } from "./local/toolchain/tools.ts";

/** How a command ended. Its output may hold secrets: never repeat it unseen. */
export interface Ended {
  /** 1 where it was killed. */
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
}

/** Runs a command on the stack, non-interactively. Its failure is for the caller to read from the exit code. */
export type Pulumi = (args: readonly string[], options?: PulumiOptions) => Promise<Ended>;

/** The stack, or the CLI itself, can't be used. For people as it is. */
export class StackError extends Error {
  override readonly name = "StackError";
}

/** Exit codes of the CLI that mean one thing. Anything else but 0 is a command that failed. */
export const exitCodes = { noSuchStack: 6, unexpectedChanges: 7 } as const;

const TIMEOUT_MILLISECONDS = 30 * 60_000;

/** @throws StackError where there is no CLI */
export async function pulumiOf(stack: string): Promise<Pulumi> {
  if (stack !== STACK)
    return (args, options) => execute("pulumi", [...args, "--stack", stack], process.env, options);
  const paths = statePaths();
  const { binaries } = await ensureTool(tools.pulumi);
  const daemon = await runningDaemon(paths);
  const file = await stackConfiguration(paths);
  const environment = { ...process.env, ...engineEnvironment(paths, daemon?.enginePort) };
  return (args, options) => {
    const configured = file !== undefined && CONFIGURED.has(args[0] ?? "") ? ["--config-file", file] : [];
    return execute(
      binaries["pulumi"] ?? "pulumi",
      [...args, ...configured, "--stack", stack],
      environment,
      options,
    );
  };
}

/**
 * What a command printed to its standard output.
 * @throws StackError with what the CLI complained of, never with its standard output: that may hold secrets
 */
export async function output(pulumi: Pulumi, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await pulumi(args);
  if (code === 0) return stdout;
  const command = args.filter((argument) => !argument.startsWith("-")).join(" ");
  throw new StackError(`pulumi ${command} failed: ${stderr.trim() || "it was ended, or said nothing"}`);
}

function execute(
  binary: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { timeoutMilliseconds = TIMEOUT_MILLISECONDS, environment, onLine }: PulumiOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...args, "--non-interactive"], {
      cwd: REPOSITORY,
      env: { ...env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Not spawn's own timeout: where there is no such program, its timer goes on, and this process with it.
    const timer = setTimeout(() => child.kill(), timeoutMilliseconds);
    const printed = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        printed[name] += chunk;
      });
      if (onLine) createInterface({ input: child[name] }).on("line", onLine);
    }
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const missing = "there is no pulumi on PATH (https://www.pulumi.com/docs/install)";
      reject(error.code === "ENOENT" ? new StackError(missing) : error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, ...printed });
    });
  });
}
