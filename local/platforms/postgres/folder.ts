/** Where the local PostgreSQL keeps its data. */
import { chmod, mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { unprivilegedUser } from "./installation.ts";

const NAME = "postgres";

/**
 * `data/postgres` of the state folder. For root it is a link to a folder that another user can reach, since the state
 * folder may lie below one that only root may enter.
 */
export async function postgresFolder(dataFolder: string): Promise<string> {
  const folder = path.join(dataFolder, NAME);
  await mkdir(dataFolder, { recursive: true });
  if ((await unprivilegedUser()) === undefined) {
    await mkdir(folder, { recursive: true });
    return folder;
  }
  const known = await existing(folder);
  if (known !== undefined) return known;
  const elsewhere = await mkdtemp(path.join(tmpdir(), "agentpay-postgres-"));
  await chmod(elsewhere, 0o755);
  await rm(folder, { recursive: true, force: true });
  await symlink(elsewhere, folder);
  return elsewhere;
}

/** Removes it, wherever it is. */
export async function removePostgresFolder(dataFolder: string): Promise<void> {
  const folder = path.join(dataFolder, NAME);
  const target = await existing(folder);
  if (target !== undefined) await rm(target, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** The folder itself, or what the link leads to. Undefined where there is nothing. */
async function existing(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
