import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { pagerDutyPlugin } from "../../../catalog/provider-plugins.ts";
import {
  ensurePlugins,
  type PluginSources,
  pluginOf,
  type RunEngine,
} from "../../../local/cli/official-plugins.ts";
import { providerNames } from "../../../local/official/providers.ts";
import { temporaryFolder } from "../platforms/support.ts";

const offline: RunEngine = async () => ({ code: 1, output: "no route to host" });
const nowhere: PluginSources = { folders: [], path: [] };

function newHome() {
  const pulumiHome = temporaryFolder(onTestFinished);
  return { pulumiHome, plugins: join(pulumiHome, "plugins") };
}

/** A program that stands for a plugin, in a folder as the engine keeps it. */
function putPlugin(plugins: string, name: string, version: string): void {
  const folder = join(plugins, `resource-${name}-v${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `pulumi-resource-${name}`), `${name} ${version}`, { mode: 0o755 });
}

test("every plugin is of its SDK's version, but PagerDuty's, whose SDK stands still", async () => {
  const plugins = await Promise.all(providerNames.map(pluginOf));
  for (const { version } of plugins) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const versions = Object.fromEntries(plugins.map(({ name, version }) => [name, version]));
  expect(versions).toEqual({
    aws: dependencies["@pulumi/aws"],
    datadog: dependencies["@pulumi/datadog"],
    docker: dependencies["@pulumi/docker"],
    grafana: dependencies["@pulumiverse/grafana"],
    pagerduty: pagerDutyPlugin,
    sentry: dependencies["@pulumiverse/sentry"],
  });
});

test("one error names every plugin that is missing, its version and the command that gets it", async () => {
  const { pulumiHome } = newHome();
  const missing = ensurePlugins({ pulumiHome }, ["docker", "pagerduty", "sentry"], offline, nowhere);
  await expect(missing).rejects.toThrow("pulumi plugin install resource docker 5.2.0");
  await expect(missing).rejects.toThrow(`pulumi plugin install resource pagerduty ${pagerDutyPlugin}`);
  await expect(missing).rejects.toThrow(
    "pulumi plugin install resource sentry 0.0.9 --server github://api.github.com/pulumiverse",
  );
});

test("a plugin of the stack's own folder is used, and the engine is not asked for it", async () => {
  const { pulumiHome, plugins } = newHome();
  putPlugin(plugins, "sentry", "0.0.9");
  expect(await ensurePlugins({ pulumiHome }, ["sentry"], offline, nowhere)).toBe("sentry 0.0.9");
});

test("one of the user's folder is put where the engine looks", async () => {
  const { pulumiHome, plugins } = newHome();
  const users = temporaryFolder(onTestFinished);
  putPlugin(users, "pagerduty", pagerDutyPlugin);
  const found = () => ensurePlugins({ pulumiHome }, ["pagerduty"], offline, { folders: [users], path: [] });
  expect(await found()).toBe(`pagerduty ${pagerDutyPlugin}`);
  const linked = join(plugins, `resource-pagerduty-v${pagerDutyPlugin}`, "pulumi-resource-pagerduty");
  expect(readFileSync(linked, "utf8")).toBe(`pagerduty ${pagerDutyPlugin}`);
  expect(await found()).toBe(`pagerduty ${pagerDutyPlugin}`);
});

test("another version, or a folder without its program, is not taken for it", async () => {
  const { pulumiHome, plugins } = newHome();
  for (const version of ["5.1.0", "5.3.0"]) putPlugin(plugins, "docker", version);
  mkdirSync(join(plugins, "resource-docker-v5.2.0"), { recursive: true });
  await expect(ensurePlugins({ pulumiHome }, ["docker"], offline, nowhere)).rejects.toThrow("docker 5.2.0");
});

test("one on PATH is used before any other, as the engine does", async () => {
  const { pulumiHome, plugins } = newHome();
  const programs = temporaryFolder(onTestFinished);
  writeFileSync(join(programs, "pulumi-resource-docker"), "", { mode: 0o755 });
  const sources = { folders: [], path: ["/nowhere", programs] };
  expect(await ensurePlugins({ pulumiHome }, ["docker"], offline, sources)).toBe(
    `docker on PATH (${programs})`,
  );
  expect(existsSync(plugins)).toBe(false);
});

test("what is nowhere is acquired by the engine", async () => {
  const { pulumiHome } = newHome();
  const asked: (readonly string[])[] = [];
  const online: RunEngine = async (args) => {
    asked.push(args);
    return { code: 0, output: "" };
  };
  expect(await ensurePlugins({ pulumiHome }, ["docker", "grafana"], online, nowhere)).toBe(
    "docker 5.2.0, grafana 2.40.0",
  );
  expect(asked).toContainEqual(["plugin", "install", "resource", "docker", "5.2.0"]);
});
