import { platform } from "node:os";
import { Failure } from "../../toolkit/failure.ts";
import type { Environment } from "../../toolkit/toolchain/command.ts";
import { isExecutableFile, whichBinary } from "../../toolkit/toolchain/path.ts";

/** Path of the browser to use. Where it is set, it must be one: nothing else is looked for. */
export const BROWSER_VARIABLE = "AGENTPAY_BROWSER";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Where installers put it without a name on PATH. */
const USUAL_PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  linux: ["/opt/google/chrome/chrome", "/snap/bin/chromium"],
};

/**
 * The path of a Chromium or Chrome on this machine; undefined where there is none.
 * @throws where the environment variable names a file that can't be run
 */
export async function findBrowser(environment: Environment = process.env): Promise<string | undefined> {
  const chosen = environment[BROWSER_VARIABLE];
  if (chosen) {
    if (await isExecutableFile(chosen)) return chosen;
    throw new Failure(`${BROWSER_VARIABLE} must be the path of Chromium or Chrome: ${chosen} can't be run`);
  }
  for (const name of NAMES) {
    const path = await whichBinary(name, environment).catch(() => undefined);
    if (path !== undefined) return path;
  }
  for (const path of USUAL_PLACES[platform()] ?? []) if (await isExecutableFile(path)) return path;
  return undefined;
}
