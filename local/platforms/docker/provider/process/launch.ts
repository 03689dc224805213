/** Starts a server as a child process, with its output in its log file. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { LogFile, type LogLimits } from "./log-file.ts";
import type { ServerProcess } from "./supervisor.ts";

export interface LaunchOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly logFile: string;
  readonly logLimits: LogLimits;
}

const NEVER_STARTED = 127;

/** What a server gets of the daemon's own environment: a container would get nothing of it either. */
const INHERITED = ["PATH", "TMPDIR", "TZ", "LANG"] as const;

export function launch({
  command,
  environment,
  workingDirectory,
  logFile,
  logLimits,
}: LaunchOptions): ServerProcess {
  const [program = "", ...rest] = command;
  const inherited = INHERITED.flatMap((name) =>
    process.env[name] ? [[name, process.env[name]] as const] : [],
  );
  const child = spawn(program, rest, {
    cwd: workingDirectory,
    env: { ...Object.fromEntries(inherited), HOME: workingDirectory, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = new LogFile(logFile, logLimits);
  child.stdout.on("data", (chunk: Buffer) => log.write(chunk));
  child.stderr.on("data", (chunk: Buffer) => log.write(chunk));
  const ended = new Promise<number>((resolve) => {
    child.once("error", (error) => {
      log.write(Buffer.from(`${program} could not be started: ${error.message}\n`));
      if (child.pid === undefined) resolve(NEVER_STARTED);
    });
    child.once("exit", (code, signal) =>
      resolve(code ?? (signal ? 128 + constants.signals[signal] : NEVER_STARTED)),
    );
  });
  child.once("close", () => log.close());
  return { pid: child.pid, ended, kill: (signal) => void child.kill(signal) };
}
