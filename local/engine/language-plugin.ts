/** What the engine wants to find before it starts a policy pack, although the attached language host then runs it. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

const NAME = "pulumi-language-nodejs";
const NEVER_RUN = `#!/bin/sh\necho "${NAME}: the local stack's language host is attached, not started" >&2\nexit 1\n`;

/** Puts a language plugin of that name into the engine's home. */
export async function placeLanguagePlugin(pulumiHome: string): Promise<void> {
  const folder = path.join(pulumiHome, "plugins", "language-nodejs-v1.0.0");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, NAME), NEVER_RUN, { mode: 0o700 });
}
