/** Processes by more than their number, which the system gives to another one later. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in a form that only serves to compare. */
  readonly startTime: string;
}

const POLL_MILLISECONDS = 50;
/** SIGKILL takes effect at once, short of a hanging disk. */
const KILL_MILLISECONDS = 5000;

/** Undefined where no living process has this number. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await (process.platform === "linux" ? startTimeFromProc(pid) : startTimeFromPs(pid));
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether that very process still lives. */
export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await identify(pid))?.startTime === startTime;
}

/**
 * Ends that very process: asks, waits, then insists. Returns whether it was there, once it is gone.
 * @throws where it survives.
 */
export async function endProcess(identity: ProcessIdentity, graceMilliseconds: number): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  signal(identity.pid, "SIGTERM");
  if (await gone(identity, graceMilliseconds)) return true;
  signal(identity.pid, "SIGKILL");
  if (await gone(identity, KILL_MILLISECONDS)) return true;
  throw new Error(`process ${identity.pid} does not end`);
}

async function gone(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (await isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MILLISECONDS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

async function startTimeFromProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The program's name, in parentheses, may hold anything: what follows its end is regular.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", startedAt = ""] = [fields[0], fields[19]];
    return "ZX".includes(state) ? undefined : `${boot.trim()} ${startedAt}`;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) return undefined;
    throw error;
  }
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
    const [state = "", ...startedAt] = stdout.trim().split(/\s+/);
    return startedAt.length === 0 || state.startsWith("Z") ? undefined : startedAt.join(" ");
  } catch (error) {
    // ps answers 1 where there is no such process.
    if (hasCode(error, 1)) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string | number): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
