/** The function as it is deployed: one file with all that it needs, the same for the same sources. */

import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const FOLDER = import.meta.dirname;

/** Its runtime, and the handler in the file of that name. */
export const RUNTIME = "nodejs24.x";
export const BUNDLE_FILE = "index.mjs";
export const HANDLER = "index.handler";

let written: Promise<string> | undefined;

/** Writes the file, once in a process. Returns its path in the repository: an absolute one would be another on each machine. */
export function writeBundle(): Promise<string> {
  written ??= write();
  return written;
}

async function write(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(FOLDER, "handler.ts")],
    absWorkingDir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // Only some builds of pg have it.
    external: ["pg-native", "pg-cloudflare"],
    // What is still CommonJS asks for Node's own modules.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error("esbuild made nothing of the cost report's handler");
  const file = path.join(FOLDER, "dist", BUNDLE_FILE);
  await mkdir(path.dirname(file), { recursive: true });
  // Whole or not at all: two runs of the program may be at it.
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, bundle.contents);
  await rename(temporary, file);
  return path.relative(REPOSITORY, file);
}
