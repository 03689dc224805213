/** The function as it is deployed: one file with all that it needs, the same for the same sources. */

import { hash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readIfExists, writeAtomically } from "../../../toolkit/files.ts";
import { parseJson } from "../../../toolkit/json.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const FOLDER = import.meta.dirname;

/** Its runtime, and the handler in the file of that name. */
export const RUNTIME = "nodejs24.x";
export const BUNDLE_FILE = "index.mjs";
export const HANDLER = "index.handler";

let written: Promise<string> | undefined;

/** Writes the file, once in a process. Returns its path in the repository: an absolute one would be another on each machine. */
export function writeBundle(): Promise<string> {
  written ??= makeBundle(path.join(FOLDER, "dist"));
  return written.then((file) => path.relative(REPOSITORY, file));
}

/** Makes the file in a folder, unless it is there and all that it was made of is as it was. Returns its path. */
export async function makeBundle(folder: string): Promise<string> {
  const file = path.join(folder, BUNDLE_FILE);
  const record = path.join(folder, "made-of.json");
  if (await isAsRecorded(file, record)) return file;
  const { contents, inputs } = await bundle();
  await mkdir(folder, { recursive: true });
  // Whole or not at all: two runs of the program may be at it. The record last: what it says holds.
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
  await writeAtomically(record, JSON.stringify(await digestsOf([file, ...inputs, ...ALSO_READ])));
  return file;
}

/** What decides on the bundle besides its sources: how it is made, and the versions of all packages. */
const ALSO_READ = [import.meta.filename, path.join(REPOSITORY, "package-lock.json")];

/** A copy of the folder has the record of another file. */
async function isAsRecorded(file: string, record: string): Promise<boolean> {
  const recorded = parseJson((await readIfExists(record)) ?? "");
  if (typeof recorded !== "object" || recorded === null || !(file in recorded)) return false;
  const now = await digestsOf(Object.keys(recorded)).catch(() => undefined);
  return isDeepStrictEqual(now, recorded);
}

/** By file. @throws where one can't be read */
async function digestsOf(files: readonly string[]): Promise<Record<string, string>> {
  const entries = files.map(async (file) => [file, hash("sha256", await readFile(file))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function bundle() {
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(FOLDER, "handler.ts")],
    absWorkingDir: FOLDER,
    bundle: true,
    write: false,
    metafile: true,
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
  const [made] = outputFiles;
  if (!made) throw new Error("esbuild made nothing of the cost report's handler");
  // What begins with a parenthesis is none of ours: esbuild's own, as for a disabled module.
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.startsWith("("));
  return { contents: made.contents, inputs: inputs.map((input) => path.resolve(FOLDER, input)) };
}
