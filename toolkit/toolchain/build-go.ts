import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import semver from "semver";
import { REPOSITORY } from "../repository.ts";
import type { Installation } from "./cache.ts";
import { type CommandOptions, run } from "./command.ts";
import type { GoBuild, Tool } from "./tool.ts";

/** Generous: a cold build of Pulumi takes 4 minutes on two cores. */
const buildTimeoutSeconds = 45 * 60;
const downloadTimeoutSeconds = 15 * 60;
const reportEveryLines = 25;

/** Go builds of this process that run or wait. Each takes all cores, so they run one after another. */
let builds = 0;
let lastBuild: Promise<void> = Promise.resolve();

/**
 * Builds a tool from its pinned Go module.
 * @throws Error if Go is missing or too old, or the build fails
 */
export function buildWithGo(tool: Tool, build: GoBuild, installation: Installation): Promise<void> {
  const { onProgress } = installation;
  if (builds > 0) onProgress("waiting for another Go build");
  builds += 1;
  const result = lastBuild.then(() => compile(tool, build, installation));
  const done = () => {
    builds -= 1;
  };
  // The error is the caller's: the next build only waits for the end.
  lastBuild = result.then(done, done);
  return result;
}

async function compile(tool: Tool, build: GoBuild, installation: Installation): Promise<void> {
  const { folder, environment, onProgress } = installation;
  const moduleFolder = resolve(REPOSITORY, build.folder);
  const options: CommandOptions = {
    folder: moduleFolder,
    // Without cgo the result does not depend on the machine's C compiler and libraries, and runs in an empty image.
    // A workspace around this clone is not ours.
    environment: { ...environment, CGO_ENABLED: "0", GOWORK: "off" },
  };
  const goVersion = await checkGo(moduleFolder, options);
  const title = `building ${tool.name} ${tool.version} with Go ${goVersion}`;
  onProgress(title);
  const copy = join(folder, "module");
  if (build.patch) await copyModule(build.patch, copy, options);
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-v"];
  if (build.tags) flags.push(`-tags=${build.tags.join(",")}`);
  flags.push(`-ldflags=-s -w ${build.ldflags.replaceAll("{version}", tool.version)}`);
  await mkdir(join(folder, "bin"));
  await run("go", ["build", ...flags, "-o", `${join(folder, "bin")}/`, ...build.packages], {
    ...options,
    folder: build.patch ? copy : moduleFolder,
    timeoutSeconds: buildTimeoutSeconds,
    onErrorLine: countLines((lines) => onProgress(`${title}: ${lines}`)),
  });
  if (build.patch) await rm(copy, { recursive: true });
}

/** @returns Go's version; Go itself may have fetched the newer one that the module asks for */
async function checkGo(moduleFolder: string, options: CommandOptions): Promise<string> {
  const needed = (await readFile(join(moduleFolder, "go.mod"), "utf8")).match(/^go (\S+)$/m)?.[1] ?? "1.25";
  const printed = await run("go", ["env", "GOVERSION"], {
    ...options,
    timeoutSeconds: downloadTimeoutSeconds,
  });
  const version = semver.coerce(printed);
  const minimum = semver.coerce(needed);
  if (version === null || minimum === null || semver.lt(version, minimum)) {
    throw new Error(`Go ${needed} or newer is needed; this one is ${printed.trim() || "of unknown version"}`);
  }
  return version.version;
}

/** A writable copy of a module of Go's module cache (which go.sum verifies), with files added. */
async function copyModule(
  patch: NonNullable<GoBuild["patch"]>,
  copy: string,
  options: CommandOptions,
): Promise<void> {
  const answer = await run("go", ["mod", "download", "-json", patch.module], {
    ...options,
    timeoutSeconds: downloadTimeoutSeconds,
  });
  const { Dir: source }: { Dir: string } = JSON.parse(answer);
  await cp(source, copy, { recursive: true });
  // Go's module cache is read-only, and so is a copy of it.
  await chmod(copy, 0o755);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  for (const [name, content] of Object.entries(patch.files)) {
    const path = join(copy, name);
    await mkdir(dirname(path), { recursive: true });
    // The file that it replaces is read-only.
    await rm(path, { force: true });
    await writeFile(path, compressed(name, content));
  }
}

/** Turns the lines of `go build -v` into a count, now and then. */
function countLines(report: (lines: string) => void): (line: string) => void {
  const counts = { downloaded: 0, compiled: 0 };
  return (line) => {
    counts[line.startsWith("go: downloading ") ? "downloaded" : "compiled"] += 1;
    if ((counts.downloaded + counts.compiled) % reportEveryLines === 0) {
      report(`${counts.downloaded} modules downloaded, ${counts.compiled} packages compiled`);
    }
  };
}

/** The content of a file as its name's ending says: `.gz` and `.br` are compressed. */
function compressed(name: string, content: string): string | Buffer {
  if (name.endsWith(".gz")) return gzipSync(content);
  if (name.endsWith(".br")) return brotliCompressSync(content);
  return content;
}
