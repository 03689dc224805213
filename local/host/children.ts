/** Programs that the daemon runs. They are recorded, so that those of a killed daemon can be found and stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import type { LogFiles } from "./log-files.ts";
import { endProcess, identify, type ProcessIdentity } from "./process-identity.ts";
import type { Child, ChildSpecification } from "./service.ts";

const DEFAULT_GRACE_MILLISECONDS = 5000;

type RecordedChild = ProcessIdentity & { readonly name: string };

export class Children {
  readonly #record: string;
  readonly #logs: LogFiles;
  readonly #running = new Map<string, { child: Child; identity: RecordedChild }>();

  constructor(record: string, logs: LogFiles) {
    this.#record = record;
    this.#logs = logs;
  }

  /** @throws where the program can't be started, or one of that name runs already. */
  async start(specification: ChildSpecification): Promise<Child> {
    const { name } = specification;
    if (this.#running.has(name)) throw new Error(`${name} runs already`);
    const started = await this.#spawn(specification);
    const identity = await identify(started.pid);
    if (identity) this.#running.set(name, { child: started, identity: { ...identity, name } });
    void started.exited.then(() => this.#running.delete(name));
    await this.#save();
    return started;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ child }) => child.stop()));
    await rm(this.#record, { force: true });
  }

  async #spawn({ name, command, args, environment, cwd, user }: ChildSpecification): Promise<Child> {
    const log = this.#logs.open(name);
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ["ignore", log, log],
      ...user,
    });
    closeSync(log);
    const exited = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    await once(child, "spawn");
    return supervised(child, exited);
  }

  async #save(): Promise<void> {
    const identities = [...this.#running.values()].map(({ identity }) => identity);
    await writeAtomically(this.#record, JSON.stringify(identities, null, 2));
  }
}

function supervised(child: ChildProcess, exited: Promise<string>): Child {
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const stop = async (grace = DEFAULT_GRACE_MILLISECONDS): Promise<void> => {
    if (!isRunning()) return;
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), grace);
    await exited;
    clearTimeout(insist);
  };
  const { pid } = child;
  if (pid === undefined) throw new Error("a program that was started has no process id");
  return { pid, exited, isRunning, stop, signal: (name) => void child.kill(name) };
}

/** Stops what a daemon that was killed left running. Returns the names of what there was. */
export async function stopOrphans(record: string): Promise<readonly string[]> {
  const text = await readIfExists(record);
  const recorded: RecordedChild[] = text === undefined ? [] : JSON.parse(text);
  const alive = await Promise.all(
    recorded.map(async ({ name, ...identity }) => {
      const ended = await endProcess(identity, DEFAULT_GRACE_MILLISECONDS);
      return ended ? [name] : [];
    }),
  );
  await rm(record, { force: true });
  return alive.flat();
}
