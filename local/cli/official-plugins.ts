/** The official provider plugins of the local stack: found on this machine, else acquired by the engine. */
import { access, constants, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { pagerDutyPlugin } from "../../catalog/provider-plugins.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readJson } from "../../toolkit/json.ts";
import type { StatePaths } from "../host/state-folder.ts";
import { type ProviderName, providerNames } from "../official/providers.ts";

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

/** Versions that `catalog/provider-plugins.ts` asks for instead of the SDK's own. */
const OTHER_VERSIONS: Partial<Record<ProviderName, string>> = { pagerduty: pagerDutyPlugin };

const sdkSchema = z.object({
  version: z.string(),
  pulumi: z.object({ server: z.string().optional() }),
});

export async function pluginOf(name: ProviderName): Promise<Plugin> {
  const file = fileURLToPath(import.meta.resolve(`${SDKS[name]}/package.json`));
  const sdk = readJson(sdkSchema, await readFile(file, "utf8"));
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

/** Providers whose plugin is on this machine already, in the user's folder or on PATH. */
export async function foundPlugins(
  sources: PluginSources = pluginSources(),
): Promise<readonly ProviderName[]> {
  const found = await Promise.all(
    providerNames.map(async (name) => ((await locate(await pluginOf(name), sources)) ? [name] : [])),
  );
  return found.flat();
}

/** The version that the engine will run, put where it looks; undefined where none is to be found. */
async function find(
  pulumiHome: string,
  plugin: Plugin,
  { folders, path: programs }: PluginSources,
): Promise<string | undefined> {
  const own = path.join(pulumiHome, "plugins");
  const located = await locate(plugin, { folders: [own, ...folders], path: programs });
  if (located?.folder !== undefined && located.folder !== own) {
    await link(path.join(located.folder, folderOf(plugin)), own);
  }
  return located?.version;
}

/** Where a plugin is: on PATH, which the engine prefers whatever its version, or in the first folder that has it. */
async function locate(
  plugin: Plugin,
  { folders, path: programs }: PluginSources,
): Promise<{ readonly version: string; readonly folder?: string } | undefined> {
  for (const folder of programs) {
    if (await isThere(path.join(folder, `pulumi-resource-${plugin.name}`))) {
      return { version: `on PATH (${folder})` };
    }
  }
  // The engine takes the very version that the program asks for, and no newer one.
  for (const folder of folders) {
    if (await isThere(path.join(folder, folderOf(plugin), `pulumi-resource-${plugin.name}`))) {
      return { version: plugin.version, folder };
    }
  }
  return undefined;
}

/** As the engine calls it. */
function folderOf({ name, version }: Plugin): string {
  return `resource-${name}-v${version}`;
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
