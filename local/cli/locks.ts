/**
 * The lock that an engine leaves when it is killed. It is only taken away where the process that it names is dead.
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { LOCAL_STACK, PROJECT } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readJson } from "../../toolkit/json.ts";
import type { StatePaths } from "../host/state-folder.ts";
import type { Engine } from "./engine.ts";

const lockSchema = z.object({
  pid: z.number(),
  hostname: z.string(),
  username: z.string(),
  timestamp: z.string(),
});

export type Lock = z.infer<typeof lockSchema>;

/** What a lock means for us. */
export type Verdict = "abandoned" | "held";

/**
 * @param program - Name of the program that now runs under the lock's process number, undefined for none.
 */
export function judge(lock: Lock, thisHost: string, program: string | undefined): Verdict {
  if (lock.hostname !== thisHost) return "held";
  return program?.includes("pulumi") ? "held" : "abandoned";
}

/**
 * Takes away the lock that a killed engine has left. Returns whether there was one.
 * @throws Failure where an engine is still at work.
 */
export async function healLocks(paths: StatePaths, engine: Engine): Promise<boolean> {
  if (!(await checkLocks(paths))) return false;
  await engine.run(["cancel", "--yes"]);
  return true;
}

/**
 * Whether there is an abandoned lock.
 * @throws Failure where an engine is still at work.
 */
export async function checkLocks(paths: StatePaths): Promise<boolean> {
  const locks = await readLocks(paths);
  for (const lock of locks) {
    if (judge(lock, hostname(), await programOf(lock.pid)) === "abandoned") continue;
    throw new Failure(
      `The local stack is locked by ${lock.username}'s pulumi (process ${lock.pid} on ${lock.hostname}, ` +
        `since ${lock.timestamp}). Wait for it to end, or end it.`,
    );
  }
  return locks.length > 0;
}

async function readLocks(paths: StatePaths): Promise<readonly Lock[]> {
  const folder = path.join(paths.backend, ".pulumi", "locks", "organization", PROJECT, LOCAL_STACK);
  const entries = await readdir(folder).catch(() => []);
  // Beside each lock lie attributes of it.
  const names = entries.filter((name) => name.endsWith(".json"));
  return Promise.all(
    names.map(async (name) => readJson(lockSchema, await readFile(path.join(folder, name), "utf8"))),
  );
}

async function programOf(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "comm=", "-p", String(pid)]);
    return stdout.trim();
  } catch {
    // ps answers 1 where there is no such process.
    return undefined;
  }
}
