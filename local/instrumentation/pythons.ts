import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type Environment, run } from "../../toolkit/toolchain/command.ts";
import { isExecutableFile } from "../../toolkit/toolchain/path.ts";

/** A Python of this machine. */
export interface PythonHere {
  /** Such as `3.12`. */
  readonly version: string;
  readonly path: string;
}

/**
 * Finds a Python of each version, on PATH or kept by pyenv.
 * @param versions such as `3.12`
 * @returns those that are here and run, in the order of `versions`
 */
export async function pythonsHere(
  versions: readonly string[],
  environment: Environment,
): Promise<PythonHere[]> {
  // pyenv has a command of each name on PATH, most of which only say that they are switched off.
  const folders = [
    ...(await pyenvFolders(environment)),
    ...(environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
  ];
  const found = versions.map(async (version) => {
    for (const folder of folders) {
      const path = join(folder, `python${version}`);
      if ((await isExecutableFile(path)) && (await runs(path, environment))) return { version, path };
    }
    return undefined;
  });
  return (await Promise.all(found)).filter((python) => python !== undefined);
}

async function pyenvFolders(environment: Environment): Promise<string[]> {
  const root = environment["PYENV_ROOT"] ?? join(environment["HOME"] ?? homedir(), ".pyenv");
  const names = await readdir(join(root, "versions")).catch(() => []);
  return names.map((name) => join(root, "versions", name, "bin"));
}

/** With what a virtual environment takes. */
async function runs(python: string, environment: Environment): Promise<boolean> {
  return run(python, ["-c", "import venv, ensurepip"], { environment }).then(
    () => true,
    () => false,
  );
}
