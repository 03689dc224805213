/** A local stack of a test's own: its own state folder, and its ports beside those of one that may be running. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { localPorts, PORT_OFFSET_VARIABLE, type Ports } from "../../local/host/ports.ts";
import { type StatePaths, statePaths } from "../../local/host/state-folder.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { endWhenSilent } from "./silence.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export interface LocalStackUnderTest {
  readonly paths: StatePaths;
  readonly ports: Ports;
  /** Runs `npm run local -- <args>`, without npm. */
  local(...args: readonly string[]): Promise<CommandResult>;
  /** Runs `npm run ops -- <verb> --stack local <args>`, without npm. */
  command(verb: string, ...args: readonly string[]): Promise<CommandResult>;
  /** Runs a program of the project that is about the local stack anyway. */
  run(program: string, ...args: readonly string[]): Promise<CommandResult>;
  /** The process of `local(...args)`, for a test that ends it in the middle. */
  start(...args: readonly string[]): ReturnType<typeof spawn>;
  /** The process of `command(...args)`, likewise. */
  startCommand(verb: string, ...args: readonly string[]): ReturnType<typeof spawn>;
  /** Removes all of it, however far it got. */
  remove(): Promise<void>;
}

export async function localStack(
  offset: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<LocalStackUnderTest> {
  const home = await mkdtemp(path.join(tmpdir(), "local-stack-"));
  const env = {
    ...process.env,
    AGENTPAY_LOCAL_HOME: home,
    [PORT_OFFSET_VARIABLE]: String(offset),
    ...environment,
  };
  const spawned = (program: string, args: readonly string[]) =>
    spawn(process.execPath, [path.join(REPOSITORY, program), ...args], {
      cwd: REPOSITORY,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const start = (...args: readonly string[]) => spawned("local/cli/main.ts", args);
  const local = (...args: readonly string[]) => collect(start(...args));
  const run = (program: string, ...args: readonly string[]) => collect(spawned(program, args));
  const startCommand = (verb: string, ...args: readonly string[]) =>
    spawned("operations/cli.ts", [...verb.split(" "), "--stack", "local", ...args]);
  const command = (verb: string, ...args: readonly string[]) => collect(startCommand(verb, ...args));
  const remove = async (): Promise<void> => {
    const { code, output } = await local("down", "--force");
    if (code !== 0) throw new Error(`the local stack in ${home} could not be removed:\n${output}`);
    await rm(home, { recursive: true, force: true });
  };
  return {
    paths: statePaths(env),
    ports: localPorts(offset),
    local,
    command,
    run,
    start,
    startCommand,
    remove,
  };
}

function collect(child: ReturnType<typeof spawn>): Promise<CommandResult> {
  endWhenSilent(child);
  return new Promise((resolve, reject) => {
    let stdout = "";
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
}
