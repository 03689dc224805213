/** A disk that a drill can fill: a file system of a few megabytes that only the program that runs on it sees. */
import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ChildSpecification } from "../host/service.ts";

const MEGABYTES = 16;
const FILLER = "filler";

/** Mounts it on $0, and becomes the program. */
const MOUNT = `mount -t tmpfs -o size=${MEGABYTES}m none "$0" && exec "$@"`;
/** A name space of its own needs no privilege where the kernel lets users have some; root has them anyway. */
const OWN_MOUNTS = ["--map-root-user", "--mount"];

/** Whether this machine can make one. */
export function hasSmallDisks(): boolean {
  const trial = spawnSync("unshare", [...OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]);
  return trial.status === 0;
}

/** The same program with such a disk on this folder. */
export function onSmallDisk(program: ChildSpecification, folder: string): ChildSpecification {
  const { command, args } = program;
  return {
    ...program,
    command: "unshare",
    args: [...OWN_MOUNTS, "sh", "-c", MOUNT, folder, command, ...args],
  };
}

/** Takes all the room that is left on the disk of a running program. */
export async function fillDisk(pid: number, folder: string): Promise<void> {
  const block = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      await writeFile(seenBy(pid, path.join(folder, FILLER)), block, { flag: "a" });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}

/** Gives it back. */
export async function freeDisk(pid: number, folder: string): Promise<void> {
  await rm(seenBy(pid, path.join(folder, FILLER)));
}

/** What is at a path for the program. */
function seenBy(pid: number, file: string): string {
  return path.join(`/proc/${pid}/root`, file);
}
