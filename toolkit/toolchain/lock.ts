import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type LockOptions, lock } from "proper-lockfile";

/** A holder that was killed no longer says that it is there. */
const STALE_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 500;

/**
 * Runs alone among all processes that want the same folder.
 * @param onWait is told once, where another process is at it
 * @param run gets whether it had to wait: what it is to make may be there by then
 */
export async function alone<Result>(
  folder: string,
  onWait: () => void,
  run: (waited: boolean) => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(folder), { recursive: true });
  const options: LockOptions = {
    realpath: false,
    lockfilePath: `${folder}.lock`,
    stale: STALE_MILLISECONDS,
    // What is made is moved into place at once: two at it are slow, and no danger.
    onCompromised: () => {},
  };
  const first = await lock(folder, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    onWait();
    return undefined;
  });
  const retries = { forever: true, minTimeout: RETRY_MILLISECONDS, maxTimeout: RETRY_MILLISECONDS };
  const release = first ?? (await lock(folder, { ...options, retries }));
  try {
    return await run(first === undefined);
  } finally {
    // Where it was taken over meanwhile, it is the other's to release.
    await release().catch(() => {});
  }
}
