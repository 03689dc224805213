import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Environment } from "./command.ts";

/**
 * The first executable file of this name in the folders of PATH.
 * @throws Error if there is none
 */
export async function whichBinary(binary: string, environment: Environment): Promise<string> {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    const path = join(folder, binary);
    if (await isExecutableFile(path)) return path;
  }
  throw new Error(`${binary} is not on PATH`);
}

/** Whether the path is a file that may be run. */
export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
