/** Writes rendered files below a folder that a person has named: whatever that is, it ends, with a sentence where it can't. */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SettingsError } from "../../settings/messages.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "that file system is read-only",
  ENOSPC: "the disk is full",
  ENOENT: "no folder can be made there",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "there is a file of that name",
  EISDIR: "there is a folder of that name",
  ENAMETOOLONG: "a name in the path is too long",
};

/**
 * @param files contents by path below the folder
 * @param onWritten is told each file's path once it is there
 * @throws SettingsError that names what can't be written
 */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  onWritten: (path: string) => void,
): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    try {
      makeFolder(resolve(dirname(target)));
      writeFileSync(target, content);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      throw new SettingsError(`${target} can't be written: ${REASONS[code] ?? message}`, { cause: error });
    }
    onWritten(target);
  }
}

/** Not mkdir's own `recursive`: where a file system says that nothing is there and takes no folder (/proc), it never ends. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}
