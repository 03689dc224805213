/** One side of a comparison: a version of the program, run with no engine and no account. */
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";
import type { Registration } from "./recording.ts";

export interface Threshold {
  readonly value: number;
  /** `share of requests`, `seconds`, ... */
  readonly unit: string;
}

export interface Side {
  /** The stack's configuration over the project's defaults, a placeholder for each secret. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What the program asks for in a preview, as it travels to the engine: secrets wrapped, unknown values as one text. */
  readonly resources: readonly Registration[];
  /** Rendered files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The thresholds that hold in the stack, by alert. */
  readonly thresholds: Readonly<Record<string, Threshold>>;
}

/** Last resorts against hanging, far above what a busy machine needs. */
const GIT_SECONDS = 300;
const PROGRAM_SECONDS = 900;

/** The version's own program: only it knows where its parts are. The second place is that of bases before the house was cut by platform. */
const PROGRAMS = ["operations/review/side-program.ts", "ci/review/side-program.ts"] as const;

/**
 * What the program in a folder asks for and renders.
 * @param scratch folder for what the run leaves
 * @throws Error for people, with what the program complained of
 */
export async function sideOf(folder: string, stack: string, scratch: string): Promise<Side> {
  const target = join(scratch, "side.json");
  await mkdir(scratch, { recursive: true });
  const program = PROGRAMS.map((path) => join(folder, path)).find(existsSync);
  if (program === undefined)
    throw new Error(`${folder} has no ${PROGRAMS[0]}: it is too old to be compared with`);
  await run(process.execPath, [program, folder, stack, target], {
    environment: process.env,
    folder: REPOSITORY,
    timeoutSeconds: PROGRAM_SECONDS,
  });
  return JSON.parse(await readFile(target, "utf8")) as Side;
}

/**
 * Puts where the branch left its base into a folder, to be run with this folder's dependencies.
 * @returns the commit
 * @throws Error with what git says, as where it does not know the base
 */
export async function checkOutBase(base: string, folder: string): Promise<string> {
  const git = async (args: readonly string[]) => {
    const environment = { ...process.env, GIT_INDEX_FILE: `${folder}.index` };
    return (await run("git", args, { environment, folder: REPOSITORY, timeoutSeconds: GIT_SECONDS })).trim();
  };
  const commit = await git(["merge-base", "--", base, "HEAD"]);
  await mkdir(folder, { recursive: true });
  await git(["read-tree", commit]);
  await git(["checkout-index", "--all", `--prefix=${folder}/`]);
  await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"), "dir");
  return commit;
}
