/** A local stack of the run's own: its own state folder and configuration, and ports beside one that may be running. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { localPorts, PORT_OFFSET_VARIABLE, type PortName } from "../host/ports.ts";
import { statePaths } from "../host/state-folder.ts";
import { PROVIDERS_VARIABLE } from "./providers.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export interface OwnStack {
  /** Where its state is. */
  readonly home: string;
  /** A service's address on this machine. */
  url(port: PortName): string;
  /** Runs a program of the project on it. Its failure is for the caller to read. */
  run(program: string, ...args: readonly string[]): Promise<Ended>;
  /** Runs the engine on it, and returns its standard output. @throws Failure with what it printed */
  pulumi(...args: readonly string[]): Promise<string>;
  /** Copies the stack's logs to where they outlive it, and returns that folder; undefined where there are none yet. */
  keepLogs(): Promise<string | undefined>;
  /** Removes the state folder, once the stack is down. */
  remove(): Promise<void>;
}

export const LOCAL = "local/cli/main.ts";
export const OPS = "operations/cli.ts";
/** Of the run's ports: beside those of a local stack that may be running. */
export const PORT_OFFSET = 12_500;

/**
 * @param offset of its ports
 * @param environment beside this process's own
 */
export async function ownStack(
  providers: string,
  offset: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<OwnStack> {
  const home = await mkdtemp(path.join(tmpdir(), "agentpay-stack-"));
  const ports = localPorts(offset);
  const env = {
    ...process.env,
    AGENTPAY_LOCAL_HOME: home,
    [PORT_OFFSET_VARIABLE]: String(offset),
    [PROVIDERS_VARIABLE]: providers,
    NO_COLOR: "1",
    ...environment,
  };
  const run: OwnStack["run"] = (program, ...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: REPOSITORY,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        output += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 1, stdout, output }));
    });
  return {
    home,
    url: (port) => `http://127.0.0.1:${ports[port]}`,
    run,
    pulumi: async (...args) => {
      const { code, stdout, output } = await run(LOCAL, "pulumi", "--", ...args);
      if (code === 0) return stdout;
      throw new Failure(`pulumi ${args.join(" ")} ended with ${code}:\n${output.trim()}`);
    },
    keepLogs: async () => {
      const { logs } = statePaths(env);
      if (!existsSync(logs)) return undefined;
      const kept = path.join(home, "logs-of-the-failure");
      await cp(logs, kept, { recursive: true });
      return kept;
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
