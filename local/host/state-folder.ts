/** Where the local stack keeps what it knows: `$AGENTPAY_LOCAL_HOME`, or `.local` in the repository. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

export const REPOSITORY = path.resolve(import.meta.dirname, "..");

/** Absolute paths below the state folder. */
export interface StatePaths {
  readonly home: string;
  /** The engine's file backend. */
  readonly backend: string;
  /** `PULUMI_HOME`: the user's own login and plugins stay untouched. */
  readonly pulumiHome: string;
  readonly logs: string;
  /** `data/<service>/` belongs to one service. */
  readonly data: string;
  /** What the running daemon says about itself. */
  readonly daemon: string;
  /** Programs that the daemon started. */
  readonly children: string;
  /** The tools that `up` found, for the daemon. */
  readonly tools: string;
  /** What the last complete `up` ran against. */
  readonly lastUp: string;
  /** Which providers are official plugins, where any is. */
  readonly providers: string;
  /** Where the Docker Engine is that the official plugin uses, where the stack's configuration says another place. */
  readonly dockerHost: string;
  /** Copies of the stack's configuration, by the offset of their ports. */
  readonly configurations: string;
}

export function statePaths(environment: NodeJS.ProcessEnv = process.env): StatePaths {
  const home = path.resolve(environment["AGENTPAY_LOCAL_HOME"] || path.join(REPOSITORY, ".local"));
  const below = (name: string) => path.join(home, name);
  return {
    home,
    backend: below("backend"),
    pulumiHome: below("pulumi-home"),
    logs: below("logs"),
    data: below("data"),
    daemon: below("daemon.json"),
    children: below("children.json"),
    tools: below("tools.json"),
    lastUp: below("last-up.json"),
    providers: below("providers.txt"),
    dockerHost: below("docker-host.txt"),
    configurations: below("configurations"),
  };
}

/** Readers see the old content or the new one, never a part. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

/** The text of a file, undefined where there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
