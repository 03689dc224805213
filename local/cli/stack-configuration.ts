/** The local stack's configuration: the project's own file, or a copy of it with the ports shifted, or another Docker Engine. */
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { type Configuration, readConfiguration } from "../../settings/settings-file.ts";
import { LOCAL_STACK, PROJECT } from "../../settings/stack-name.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { portOffset, shiftAddresses } from "../host/ports.ts";
import type { StatePaths } from "../host/state-folder.ts";

const SOURCE = path.join(REPOSITORY, "Pulumi.local.yaml");

interface StackFile {
  readonly config: Record<string, Record<string, unknown>>;
}

/**
 * Undefined where the project's own file holds as it is. A copy lasts until the project's own file changes, so that
 * `pulumi config set` has its effect on it.
 */
export async function stackConfiguration(paths: StatePaths): Promise<string | undefined> {
  const offset = portOffset();
  const dockerHost = await readIfExists(paths.dockerHost);
  if (offset === 0 && dockerHost === undefined) return undefined;
  const copy = copyOf(paths, offset);
  if ((await changedAt(copy)) < (await changedAt(SOURCE))) {
    await writeAtomically(copy, shiftConfiguration(await readFile(SOURCE, "utf8"), offset, dockerHost));
  }
  return copy;
}

const copyOf = ({ configurations }: StatePaths, offset: number) =>
  path.join(configurations, `Pulumi.local-${offset}.yaml`);

/**
 * Has the stack's configuration say where the Docker Engine is. The official plugin looks nowhere else; the stand-in also
 * looks at `DOCKER_HOST`.
 * @param host that of the engine which answers; undefined where the official plugin is not used
 */
export async function useEngineAt(paths: StatePaths, host: string | undefined): Promise<void> {
  const configured = readConfiguration(REPOSITORY, LOCAL_STACK)["metrics"] as Configuration;
  const other = host === configured["dockerHost"] ? undefined : host;
  if (other === (await readIfExists(paths.dockerHost))) return;
  if (other === undefined) await rm(paths.dockerHost);
  else await writeAtomically(paths.dockerHost, other);
  await rm(copyOf(paths, portOffset()), { force: true });
}

/** Milliseconds since 1970; 0 for a file that is not there. */
async function changedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/**
 * The local stack's configuration file with every port moved by `offset`, those that it leaves at their default too.
 * @param dockerHost of the containers; default: as the file says
 */
export function shiftConfiguration(text: string, offset: number, dockerHost?: string): string {
  const file: StackFile = parse(shiftAddresses(text, offset));
  for (const [section, settings] of Object.entries(readConfiguration(REPOSITORY, LOCAL_STACK))) {
    const moved = Object.entries(settings as Configuration).flatMap(([key, value]) =>
      key.endsWith("Port") && typeof value === "number" ? [[key, value + offset]] : [],
    );
    if (moved.length === 0) continue;
    const name = `${PROJECT}:${section}`;
    file.config[name] = { ...file.config[name], ...Object.fromEntries(moved) };
  }
  if (dockerHost !== undefined) {
    const metrics = `${PROJECT}:metrics`;
    file.config[metrics] = { ...file.config[metrics], dockerHost };
  }
  return stringify(file);
}

/** A plain value of the stack's configuration, such as `grafanaAdminPassword` of `metrics`. */
export async function configuredValue(section: string, key: string): Promise<string> {
  const file: StackFile = parse(await readFile(SOURCE, "utf8"));
  return String(file.config[`${PROJECT}:${section}`]?.[key] ?? "");
}
