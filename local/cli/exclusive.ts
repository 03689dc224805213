/** `up` and `down` of one state folder never run at the same time. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import { identify, isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import type { StatePaths } from "../host/state-folder.ts";

type Holder = ProcessIdentity & { readonly command: string };

/** @throws Failure where another process is at it. One that was killed does not count. */
export async function exclusively<Result>(
  paths: StatePaths,
  command: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const file = path.join(paths.home, "running.json");
  await mkdir(paths.home, { recursive: true });
  await clearAbandoned(file);
  const identity = await identify(process.pid);
  try {
    await writeFile(file, JSON.stringify({ ...identity, command }), { flag: "wx" });
  } catch (error) {
    throw new Failure("another `up` or `down` has just started; wait for it to end", { cause: error });
  }
  try {
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}

async function clearAbandoned(file: string): Promise<void> {
  const text = await readIfExists(file);
  if (text === undefined) return;
  const holder: Holder = JSON.parse(text || "{}");
  if (await isAlive(holder)) {
    throw new Failure(
      `\`${holder.command}\` is running already, as process ${holder.pid}; wait for it to end`,
    );
  }
  await rm(file, { force: true });
}
