/** Folders that are there only as long as something works in them. */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Those that are worked in. */
const folders = new Set<string>();

/**
 * Works in a folder of its own, which is removed however the work ends: also when the process is interrupted, which
 * ends it before any `finally`.
 * @param purpose part of the folder's name, such as `drift`
 */
export async function withTemporaryFolder<Result>(
  purpose: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), `agentpay-${purpose}-`));
  if (folders.size === 0) for (const signal of SIGNALS) process.once(signal, interrupted);
  folders.add(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    folders.delete(folder);
    if (folders.size === 0) for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

function interrupted(signal: NodeJS.Signals): void {
  // A program that takes the signal itself ends in order, and comes by the `finally`.
  if (process.listenerCount(signal) > 0) return;
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.kill(process.pid, signal);
}
