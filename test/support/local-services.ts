/**
 * Starts the services of a local stack and makes the stack, with nothing in it: the accounts of somebody who has not met
 * this program yet.
 */
import { startDaemon } from "../../local/cli/daemon-control.ts";
import { Engine } from "../../local/cli/engine.ts";
import { ensurePlugins } from "../../local/cli/official-plugins.ts";
import { stackConfiguration } from "../../local/cli/stack-configuration.ts";
import { ensureTools } from "../../local/cli/tools.ts";
import { statePaths } from "../../local/host/state-folder.ts";
import { formatProviders, officialProviders } from "../../local/official/providers.ts";
import { writeAtomically } from "../../toolkit/files.ts";

const paths = statePaths();
const tools = await ensureTools();
const official = await officialProviders(paths);
const binary = tools.pulumi.binaries["pulumi"] ?? "pulumi";
if (official.length > 0) {
  const bare = new Engine({ paths, binary, port: undefined, official, configuration: undefined });
  await ensurePlugins(paths, official, (args) => bare.capture(args));
}
await writeAtomically(paths.providers, formatProviders(official));
const { enginePort: port } = await startDaemon(paths, tools);
const engine = new Engine({ paths, binary, port, official, configuration: await stackConfiguration(paths) });
await engine.run(["stack", "init", "local"]);
