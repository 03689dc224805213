import { statSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Environment } from "./command.ts";
import type { Tool } from "./tool.ts";

/** Ends the name of a folder that is still being filled. */
const partialSuffix = ".partial";
/** A partial folder older than this was left by a process that was interrupted. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/** What a way to get a tool works with. */
export interface Installation {
  /** Receives `bin/` with the tool's binaries. */
  readonly folder: string;
  readonly environment: Environment;
  readonly onProgress: (message: string) => void;
}

/** This machine's platform, for example `linux-x64`. */
export const thisPlatform = `${process.platform}-${process.arch}`;

/** The user's cache folder of this project: `${XDG_CACHE_HOME:-~/.cache}/agentpay-monitoring`. */
export function defaultCacheFolder(environment: Environment): string {
  const xdg = environment["XDG_CACHE_HOME"];
  // The XDG specification says to ignore a relative path.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(environment["HOME"] ?? homedir(), ".cache");
  return join(base, "agentpay-monitoring");
}

/** The absolute path of a tool of the pinned version; its binaries are in `bin`. */
export function toolFolder(cacheFolder: string, tool: Tool): string {
  return resolve(cacheFolder, tool.name, tool.version, thisPlatform);
}

/**
 * Fills a folder beside `target` and renames it, so that an interrupted installation is never used and
 * processes that install at the same time do not mix their files.
 * @param fill puts the files into the folder that it is given
 * @param check throws if what is in a folder cannot be used
 */
export async function install(
  target: string,
  fill: (folder: string) => Promise<void>,
  check: (folder: string) => Promise<unknown>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await removeAbandoned(target);
  const partial = partialName(target);
  await mkdir(partial);
  try {
    await fill(partial);
    await check(partial);
    await moveIntoPlace(partial, target, check);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function moveIntoPlace(
  partial: string,
  target: string,
  check: (folder: string) => Promise<unknown>,
): Promise<void> {
  try {
    await rename(partial, target);
  } catch (error) {
    if (!isOccupied(error)) throw error;
    // Another process was faster, and may be running what it installed: leave that alone if it works.
    const works = await check(target).then(
      () => true,
      () => false,
    );
    if (works) return;
    await moveAway(target);
    await moveIntoPlace(partial, target, check);
  }
}

/** Removes a folder that others may be looking at: it is gone at once, never half there. */
async function moveAway(target: string): Promise<void> {
  const old = partialName(target);
  try {
    await rename(target, old);
  } catch (error) {
    // Another process has just done the same.
    if (!hasCode(error, "ENOENT")) throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** A folder beside `target` that no other process uses. */
function partialName(target: string): string {
  return `${target}.${process.pid}-${Math.random().toString(36).slice(2, 10)}${partialSuffix}`;
}

async function removeAbandoned(target: string): Promise<void> {
  const siblings = await readdir(dirname(target));
  const partials = siblings.filter(
    (name) => name.startsWith(`${basename(target)}.`) && name.endsWith(partialSuffix),
  );
  for (const name of partials) {
    const path = join(dirname(target), name);
    // Its process may remove it meanwhile.
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - modified > abandonedAfterMilliseconds) await rm(path, { recursive: true, force: true });
  }
}

function isOccupied(error: unknown): boolean {
  return hasCode(error, "ENOTEMPTY") || hasCode(error, "EEXIST");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
