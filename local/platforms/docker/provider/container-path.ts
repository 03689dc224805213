/** Paths inside a container. They are POSIX paths, whatever the machine. */
import { posix } from "node:path";

/** Whether a path is `folder` itself or below it. */
export function isWithin(path: string, folder: string): boolean {
  const rest = posix.relative(folder, path);
  return rest === "" || !(rest === ".." || rest.startsWith("../"));
}
