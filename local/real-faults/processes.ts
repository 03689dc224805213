/** Processes that stand still, as a server does whose disk or lock never answers: connections to it are taken, and nothing comes. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Undo } from "./index.ts";

/** Stops a process and its children. @returns what lets them go on */
export async function hang(pid: number): Promise<Undo> {
  // The parent first: it makes no more children then.
  process.kill(pid, "SIGSTOP");
  const stopped = [pid, ...(await childrenOf(pid))];
  for (const each of stopped) signal(each, "SIGSTOP");
  return async () => {
    for (const each of stopped) signal(each, "SIGCONT");
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // A session's process ends with the session.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  if (process.platform === "linux") {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  }
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const processes = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}
