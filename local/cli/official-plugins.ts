/** The official provider plugins of the local stack: found on this machine, else acquired by the engine. */
import { access, constants, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import semver from "semver";
import { z } from "zod";
import { pagerDutyPlugin } from "../../catalog/provider-plugins.ts";
import { Failure } from "../failure.ts";
import type { ProviderName } from "../official-providers.ts";
import type { StatePaths } from "../state-folder.ts";

/** A plugin as the program asks the engine for it. */
export interface Plugin {
  readonly name: ProviderName;
  readonly version: string;
  /** Where the engine gets it, unless from Pulumi's own download site. */
  readonly server: string | undefined;
}

/** Runs the found engine. Its output is for people. */
export type RunEngine = (
  args: readonly string[],
) => Promise<{ readonly code: number; readonly output: string }>;

const SDKS: Readonly<Record<ProviderName, string>> = {
  aws: "@pulumi/aws",
  datadog: "@pulumi/datadog",
  docker: "@pulumi/docker",
  grafana: "@pulumiverse/grafana",
  pagerduty: "@pulumi/pagerduty",
  sentry: "@pulumiverse/sentry",
};

/** Versions that `providers.ts` asks for instead of the SDK's own. */
const OTHER_VERSIONS: Partial<Record<ProviderName, string>> = { pagerduty: pagerDutyPlugin };

const sdkSchema = z.object({
  version: z.string(),
  pulumi: z.object({ server: z.string().optional() }),
});

export async function pluginOf(name: ProviderName): Promise<Plugin> {
  const file = fileURLToPath(import.meta.resolve(`${SDKS[name]}/package.json`));
  const sdk = sdkSchema.parse(JSON.parse(await readFile(file, "utf8")));
  return { name, version: OTHER_VERSIONS[name] ?? sdk.version.replace(/^v/, ""), server: sdk.pulumi.server };
}

/** Where plugins are looked for, besides the stack's own folder. */
export interface PluginSources {
  /** Folders such as `~/.pulumi/plugins`. */
  readonly folders: readonly string[];
  /** Folders of programs, as in PATH. */
  readonly path: readonly string[];
}

/** The user's own plugins, and PATH. */
export function pluginSources(environment: NodeJS.ProcessEnv = process.env): PluginSources {
  const home = environment["PULUMI_HOME"] || path.join(homedir(), ".pulumi");
  return {
    folders: [path.join(home, "plugins")],
    path: (environment["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== ""),
  };
}

/**
 * Sees to it that the engine finds each plugin, and returns what it will run, such as `docker 5.2.0`.
 * @throws Failure naming each plugin that can't be had, with the command that gets it.
 */
export async function ensurePlugins(
  paths: Pick<StatePaths, "pulumiHome">,
  names: readonly ProviderName[],
  run: RunEngine,
  sources: PluginSources = pluginSources(),
): Promise<string> {
  const plugins = await Promise.all(names.map(pluginOf));
  const found: string[] = [];
  const missing: string[] = [];
  for (const plugin of plugins) {
    const version = (await find(paths.pulumiHome, plugin, sources)) ?? (await acquire(plugin, run));
    if (version === undefined)
      missing.push(`  ${plugin.name} ${plugin.version}: pulumi ${install(plugin).join(" ")}`);
    else found.push(`${plugin.name} ${version}`);
  }
  if (missing.length > 0) {
    throw new Failure(
      `These official provider plugins are not on this machine, and could not be downloaded. To get them:\n${missing.join("\n")}\n` +
        `Or put them into ${path.join(paths.pulumiHome, "plugins")}, or leave them to the stand-ins: PROVIDERS=stand-ins.`,
    );
  }
  return found.join(", ");
}

/** The version that the engine will run; undefined where none is to be found. */
async function find(
  pulumiHome: string,
  plugin: Plugin,
  { folders, path: programs }: PluginSources,
): Promise<string | undefined> {
  const program = `pulumi-resource-${plugin.name}`;
  // The engine prefers a plugin on PATH, whatever its version.
  for (const folder of programs) {
    if (await isThere(path.join(folder, program))) return `on PATH (${folder})`;
  }
  const own = path.join(pulumiHome, "plugins");
  for (const folder of [own, ...folders]) {
    const version = await bestVersion(folder, plugin);
    if (version === undefined) continue;
    if (folder !== own) await link(path.join(folder, `resource-${plugin.name}-v${version}`), own);
    return version;
  }
  return undefined;
}

/** The same version, else the lowest of a later one of the same major version. */
async function bestVersion(folder: string, { name, version }: Plugin): Promise<string | undefined> {
  const prefix = `resource-${name}-v`;
  const entries = await readdir(folder).catch(() => []);
  const versions = entries
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .filter((candidate) => semver.valid(candidate) !== null && semver.satisfies(candidate, `^${version}`))
    .toSorted(semver.compare);
  for (const candidate of versions) {
    if (await isThere(path.join(folder, `${prefix}${candidate}`, `pulumi-resource-${name}`)))
      return candidate;
  }
  return undefined;
}

/** The engine takes a folder, not a link to one: the folder is made, and what is in it is linked. */
async function link(from: string, plugins: string): Promise<void> {
  const to = path.join(plugins, path.basename(from));
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from)) {
    await symlink(path.join(from, entry), path.join(to, entry)).catch(unlessThere);
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}

async function acquire(plugin: Plugin, run: RunEngine): Promise<string | undefined> {
  const { code } = await run(install(plugin));
  return code === 0 ? plugin.version : undefined;
}

function install({ name, version, server }: Plugin): readonly string[] {
  const from = server === undefined ? [] : ["--server", server];
  return ["plugin", "install", "resource", name, version, ...from];
}

async function isThere(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
