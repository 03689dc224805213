import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Environment } from "./command.ts";
import type { Tool } from "./tools.ts";

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

/** Where a tool of the pinned version is kept; its binaries are in `bin`. */
export function toolFolder(cacheFolder: string, tool: Tool): string {
  return join(cacheFolder, tool.name, tool.version, thisPlatform);
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
    const old = partialName(target);
    await rename(target, old);
    await rename(partial, target);
    await rm(old, { recursive: true, force: true });
  }
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
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedAfterMilliseconds) await rm(path, { recursive: true, force: true });
  }
}

function isOccupied(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}
