/** The local stack's configuration: the project's own file, or a copy of it with what is different in this stack. */
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { type Configuration, readConfiguration } from "../../settings/settings-file.ts";
import { LOCAL_STACK, PROJECT } from "../../settings/stack-name.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { type MetricsEngine, metricsEngine } from "../host/metrics-engine.ts";
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
  // What is the default is left to the file: there may be another one in it.
  const engine = (await metricsEngine(paths, {})) === "cortex" ? "amp" : undefined;
  if (offset === 0 && dockerHost === undefined && engine === undefined) return undefined;
  const copy = copyOf(paths, offset);
  if ((await changedAt(copy)) < (await changedAt(SOURCE))) {
    const text = await readFile(SOURCE, "utf8");
    await writeAtomically(copy, shiftConfiguration(text, offset, { dockerHost, engine }));
  }
  return copy;
}

/** Has the stack's configuration say which engine has the samples and the rules, from now on. */
export async function useMetricsEngine(paths: StatePaths, engine: MetricsEngine): Promise<void> {
  if (engine === (await metricsEngine(paths, {}))) return;
  await writeAtomically(paths.engine, engine);
  await rm(copyOf(paths, portOffset()), { force: true });
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

/** What else a stack may have other than the project's own file says. */
interface Differences {
  /** Of the containers. Default: as the file says. */
  readonly dockerHost?: string | undefined;
  /** `metrics.engine`. Default: as the file says. */
  readonly engine?: string | undefined;
}

/** The local stack's configuration file with every port moved by `offset`, those that it leaves at their default too. */
export function shiftConfiguration(text: string, offset: number, differences: Differences = {}): string {
  const file: StackFile = parse(shiftAddresses(text, offset));
  for (const [section, settings] of Object.entries(readConfiguration(REPOSITORY, LOCAL_STACK))) {
    const moved = Object.entries(settings as Configuration).flatMap(([key, value]) =>
      key.endsWith("Port") && typeof value === "number" ? [[key, value + offset]] : [],
    );
    if (moved.length === 0) continue;
    const name = `${PROJECT}:${section}`;
    file.config[name] = { ...file.config[name], ...Object.fromEntries(moved) };
  }
  const metrics = `${PROJECT}:metrics`;
  const given = Object.entries(differences).filter(([, value]) => value !== undefined);
  file.config[metrics] = { ...file.config[metrics], ...Object.fromEntries(given) };
  return stringify(file);
}

/** A plain value of the stack's configuration, such as `grafanaAdminPassword` of `metrics`. */
export async function configuredValue(section: string, key: string): Promise<string> {
  const file: StackFile = parse(await readFile(SOURCE, "utf8"));
  return String(file.config[`${PROJECT}:${section}`]?.[key] ?? "");
}
