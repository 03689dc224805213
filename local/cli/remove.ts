/** Taking the local stack away without the engine: all that it is made of belongs to this machine. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { LogFiles } from "../host/log-files.ts";
import { localPorts } from "../host/ports.ts";
import type { StatePaths } from "../host/state-folder.ts";
import { dockerPackage } from "../platforms/docker/provider/index.ts";
import { removePostgresFolder } from "../platforms/postgres/folder.ts";
import { stopDaemon } from "./daemon-control.ts";
import type { FoundTools } from "./tools.ts";

/** Whether there is anything to remove. */
export function isThere(paths: StatePaths): boolean {
  return entriesOf(paths).some((entry) => existsSync(entry));
}

/** Removes the state. The daemon must have been stopped. */
export async function removeState(paths: StatePaths): Promise<void> {
  await removePostgresFolder(paths.data);
  await Promise.all(entriesOf(paths).map((entry) => rm(entry, { recursive: true, force: true })));
}

/** Stops the daemon and removes what containers it has left, which the engine may know of or not. */
export async function removeServices(paths: StatePaths, tools: FoundTools): Promise<void> {
  await stopDaemon(paths);
  const logs = new LogFiles(paths.logs);
  const docker = dockerPackage({
    stateFolder: paths.home,
    ports: localPorts(),
    tools,
    logger: (name) => logs.logger(name),
  });
  await docker.removeLeftovers();
}

/** Only what is ours: the folder may have been given by the user. */
function entriesOf({ home: _, ...entries }: StatePaths): readonly string[] {
  return Object.values(entries);
}
