import { join } from "node:path";
import semver from "semver";
import { type Environment, run } from "./command.ts";
import type { Tool } from "./tool.ts";

/**
 * Runs each of a tool's version commands and compares what they print.
 * Running them also shows that the binaries work on this machine.
 * @param binaryPath where a binary of the tool is
 * @param accepts whether a version is good enough
 * @param expected says in words what is accepted, for the error
 * @returns the version of the first binary
 * @throws Error if a binary does not run, prints no version, or is of another version
 */
async function checkVersion(
  tool: Tool,
  binaryPath: (binary: string) => string,
  environment: Environment,
  accepts: (version: semver.SemVer) => boolean,
  expected: string,
): Promise<string> {
  const versions: string[] = [];
  for (const { binary, args, environment: extra } of tool.versionCommands) {
    const path = binaryPath(binary);
    // redis_exporter logs its version.
    const logged: string[] = [];
    const output = await run(path, args, {
      environment: { ...environment, ...extra },
      timeoutSeconds: 30,
      onErrorLine: (line) => logged.push(line),
    });
    const version = semver.parse([output, ...logged].join("\n").match(/\d+\.\d+\.\d+\S*/)?.[0]);
    if (version === null) throw new Error(`${path} printed no version`);
    if (!accepts(version)) throw new Error(`${path} is version ${version.version}, needed is ${expected}`);
    versions.push(version.version);
  }
  return versions[0] ?? tool.version;
}

/** Accepts the minimum version or newer. See {@link checkVersion}. */
export function checkAtLeast(
  tool: Tool,
  minimum: string,
  binaryPath: (binary: string) => string,
  environment: Environment,
): Promise<string> {
  const accepts = (version: semver.SemVer) => semver.gte(version, minimum);
  return checkVersion(tool, binaryPath, environment, accepts, `${minimum} or newer`);
}

/** Accepts the pinned version only, from binaries in `folder`. See {@link checkVersion}. */
export function checkPinned(tool: Tool, folder: string, environment: Environment): Promise<string> {
  const accepts = (version: semver.SemVer) => semver.eq(version, tool.version);
  return checkVersion(tool, (binary) => join(folder, binary), environment, accepts, tool.version);
}
