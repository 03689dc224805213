/** A TypeScript program of this repository and all it imports, as one file that Node.js runs without node_modules. */
import { build } from "esbuild";
import { REPOSITORY } from "../../../../toolkit/repository.ts";

/** Some libraries still ask for `require`, which a bundle of ES modules has not by itself. */
const REQUIRE =
  'import { createRequire as agentpayRequire } from "node:module"; const require = agentpayRequire(import.meta.url);';

/** The bundle's text. `module` is relative to the repository. */
export async function bundleModule(module: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [module],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    banner: { js: REQUIRE },
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
