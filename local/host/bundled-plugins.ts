/** What the engine wants to find in its home: plugins that come with the official Pulumi, and not with one that is built. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DYNAMIC_PROVIDER = fileURLToPath(import.meta.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js"));

/** Wanted before a policy pack is started, although the attached language host then runs it. */
const language = {
  folder: "language-nodejs-v1.0.0",
  name: "pulumi-language-nodejs",
  script: `echo "pulumi-language-nodejs: the local stack's language host is attached, not started" >&2\nexit 1`,
};

/** Runs dynamic resources, by the SDK's own program as in the official plugin. */
const dynamicProvider = {
  folder: "resource-pulumi-nodejs-v1.0.0",
  name: "pulumi-resource-pulumi-nodejs",
  script: `exec '${process.execPath}' '${DYNAMIC_PROVIDER}' "$@"`,
};

/** Puts the plugins into the engine's home. */
export async function placeBundledPlugins(pulumiHome: string): Promise<void> {
  for (const { folder, name, script } of [language, dynamicProvider]) {
    const plugin = path.join(pulumiHome, "plugins", folder);
    await mkdir(plugin, { recursive: true });
    await writeFile(path.join(plugin, name), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  }
}
