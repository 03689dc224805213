import { chmod, glob, symlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import semver from "semver";
import { messageOf } from "../error-message.ts";
import { REPOSITORY } from "../repository.ts";
import type { Installation } from "./cache.ts";
import { type Environment, run } from "./command.ts";
import type { PythonVenv } from "./tool.ts";

const installTimeoutSeconds = 15 * 60;

/** Newest first after the machine's own: a system's `python3` may be too old while another one is there. */
const pythons = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/**
 * Makes a virtual environment with exactly the pinned packages.
 * @throws Error if no suitable Python is found or pip fails
 */
export async function buildVenv(venv: PythonVenv, installation: Installation): Promise<void> {
  const { folder, environment, onProgress } = installation;
  const python = await findPython(venv, environment);
  onProgress(`making a virtual environment with ${python}`);
  const options = { environment, timeoutSeconds: installTimeoutSeconds };
  await run(python, ["-m", "venv", folder], options);
  const pip = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes"];
  // What its Python needs is of no account then: dependencies, and the newest Python.
  if (venv.carried) pip.push("--no-deps", "--ignore-requires-python");
  onProgress("installing the pinned Python packages");
  await run(
    join(folder, "bin", "python"),
    [...pip, "--requirement", resolve(REPOSITORY, venv.requirements)],
    options,
  );
  if (venv.carried) await linkCarried(venv.carried, folder);
}

/** Among the environment's programs, by a link that holds wherever the environment is moved. */
async function linkCarried(program: string, folder: string): Promise<void> {
  const bin = join(folder, "bin");
  for await (const found of glob(`lib/**/${program}`, { cwd: folder })) {
    const path = join(folder, found);
    await chmod(path, 0o755);
    await symlink(relative(bin, path), join(bin, program));
    return;
  }
  throw new Error(`the pinned packages carry no ${program}`);
}

async function findPython(venv: PythonVenv, environment: Environment): Promise<string> {
  const reasons: string[] = [];
  for (const python of venv.python ? [venv.python] : pythons) {
    try {
      const version = semver.coerce(await run(python, ["--version"], { environment }));
      if (version !== null && semver.gte(version, venv.minimumPython)) return python;
      reasons.push(`${python} is ${version?.version ?? "of unknown version"}`);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new Error(`Python ${venv.minimumPython} or newer is needed: ${reasons.join("; ")}`);
}
