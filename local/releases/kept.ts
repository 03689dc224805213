/** What each release made, kept for the versions after it to be held against. */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { REPOSITORY } from "../../toolkit/repository.ts";

/** Of the stack whose state is kept: its addresses are in the state. */
export const PORT_OFFSET = 15_500;

/** Stacks whose list of resources is kept. */
const LISTED = ["production", "staging"] as const;

const RELEASES = path.join(REPOSITORY, "test", "releases");
const HOME = "<home>";

const folderOf = (version: string): string => path.join(RELEASES, version);
const stateOf = (version: string): string => path.join(folderOf(version), "local.json.gz");

/** Whether a release is kept already. It never changes again. */
export const isKept = (version: string): boolean => existsSync(folderOf(version));

/** The releases that are kept, in the order of their names. */
export async function keptReleases(): Promise<readonly string[]> {
  return (await readdir(RELEASES)).toSorted();
}

/**
 * Keeps the local stack's state, whose secrets are the public ones of the local stack and encrypted all the same, and the
 * lists of what the other stacks are made of.
 * @param home the stack's folder, which other machines don't have
 */
export async function keep(version: string, state: string, home: string): Promise<void> {
  await mkdir(folderOf(version), { recursive: true });
  for (const stack of LISTED)
    await cp(
      path.join(REPOSITORY, "test", "golden", `${stack}.txt`),
      path.join(folderOf(version), `${stack}.txt`),
    );
  const compact = JSON.stringify(JSON.parse(state.replaceAll(home, HOME)));
  await writeFile(stateOf(version), await promisify(gzip)(compact, { level: 9 }));
}

/** The state of a release's local stack, as if it had been made in that folder. */
export async function keptState(version: string, home: string): Promise<string> {
  const unpacked = await promisify(gunzip)(await readFile(stateOf(version)));
  return unpacked.toString("utf8").replaceAll(HOME, home);
}

/** The URNs of a release's stack. */
export async function keptUrns(version: string, stack: (typeof LISTED)[number]): Promise<readonly string[]> {
  const list = await readFile(path.join(folderOf(version), `${stack}.txt`), "utf8");
  return list.trimEnd().split("\n");
}
