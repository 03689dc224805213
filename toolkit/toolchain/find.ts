import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { buildWithGo } from "./build-go.ts";
import { defaultCacheFolder, type Installation, install, toolFolder } from "./cache.ts";
import type { Environment } from "./command.ts";
import { ChecksumError, downloadRelease } from "./download.ts";
import { alone } from "./lock.ts";
import { whichBinary } from "./path.ts";
import { buildVenv } from "./python-venv.ts";
import type { Tool } from "./tool.ts";
import { checkAtLeast, checkPinned } from "./version.ts";

/** The ways to get a tool, in the order in which they are tried. */
export const sources = ["path", "cache", "download", "build"] as const;
export type Source = (typeof sources)[number];

/** A tool that is ready to run. */
export interface FoundTool {
  readonly name: string;
  readonly version: string;
  readonly source: Source;
  /** Name of each binary to its absolute path. */
  readonly binaries: Readonly<Record<string, string>>;
}

export interface FindOptions {
  /** Default: this process's. */
  readonly environment?: Environment;
  /** Default: the user's cache folder. */
  readonly cacheFolder?: string;
  /** Replaces the scheme and host of download addresses. Default: the vendors' own. */
  readonly downloadOrigin?: string;
  /** Default: those of the environment's `AGENTPAY_TOOL_SOURCES`, or all. */
  readonly sources?: readonly Source[];
  /** Gets one line per step. Default: silent. */
  readonly onProgress?: (message: string) => void;
}

/** A way that was tried and did not give the tool. */
export interface Attempt {
  readonly source: Source;
  readonly reason: string;
}

/** No way gave the tool. The message says what was tried, why each way failed, and what to do. */
export class ToolUnavailableError extends Failure {
  override readonly name = "ToolUnavailableError";
  readonly attempts: readonly Attempt[];

  constructor(tool: Tool, attempts: readonly Attempt[]) {
    const tried = attempts.map(
      ({ source, reason }) => `  ${source.padEnd(8)}  ${reason.replaceAll("\n", "\n            ")}`,
    );
    super(
      [`${tool.name} ${tool.version} could not be found or made. Tried:`, ...tried, tool.advice].join("\n"),
    );
    this.attempts = attempts;
  }
}

interface Context extends Installation {
  readonly downloadOrigin: string | undefined;
}

type Way = (tool: Tool, context: Context) => Promise<Pick<FoundTool, "version" | "binaries">>;

const ways: Readonly<Record<Source, Way>> = {
  async path(tool, { environment }) {
    const { minimumOnPath, alternatives = {} } = tool;
    if (minimumOnPath === undefined) throw new Error(`only version ${tool.version} is used`);
    const binaries: Record<string, string> = {};
    for (const binary of tool.binaries) {
      binaries[binary] = await whichBinary(binary, environment).catch((error: unknown) => {
        const other = alternatives[binary];
        if (other === undefined) throw error;
        return whichBinary(other, environment).catch(() => Promise.reject(error));
      });
    }
    const version = await checkAtLeast(
      tool,
      minimumOnPath,
      (binary) => binaries[binary] ?? binary,
      environment,
    );
    return { version, binaries };
  },

  async cache(tool, context) {
    if (!existsSync(context.folder)) throw new Error(`${context.folder} is not there yet`);
    return installed(tool, context);
  },

  download: (tool, context) =>
    installInto(tool, context, (installation) => downloadRelease(tool, installation, context.downloadOrigin)),

  build(tool, context) {
    const { build } = tool;
    return installInto(tool, context, (installation) =>
      build.kind === "go" ? buildWithGo(tool, build, installation) : buildVenv(build, installation),
    );
  },
};

/**
 * Finds a tool, or gets it: from PATH, the user's cache, the vendor's release, or a build.
 * @throws ToolUnavailableError if every way fails
 * @throws ChecksumError if a download is not what the vendor published
 */
export async function ensureTool(tool: Tool, options: FindOptions = {}): Promise<FoundTool> {
  const environment = options.environment ?? process.env;
  const onProgress = options.onProgress ?? (() => {});
  const context: Context = {
    environment,
    folder: toolFolder(options.cacheFolder ?? defaultCacheFolder(environment), tool),
    downloadOrigin: options.downloadOrigin,
    onProgress,
  };
  const attempts: Attempt[] = [];
  for (const source of options.sources ?? allowedSources(environment)) {
    try {
      const found = await ways[source](tool, context);
      return { name: tool.name, source, ...found };
    } catch (error) {
      if (error instanceof ChecksumError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      attempts.push({ source, reason });
      onProgress(`${source}: ${reason}`);
    }
  }
  throw new ToolUnavailableError(tool, attempts);
}

/**
 * The ways that `AGENTPAY_TOOL_SOURCES` (a comma-separated list) allows, in the usual order. All if unset.
 * @throws Error if it names an unknown way
 */
export function allowedSources(environment: Environment): readonly Source[] {
  const list = environment["AGENTPAY_TOOL_SOURCES"];
  if (list === undefined || list.trim() === "") return sources;
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !sources.some((source) => source === name));
  if (unknown.length > 0) {
    throw new Error(
      `AGENTPAY_TOOL_SOURCES names unknown ways: ${unknown.join(", ")}. Use a list of ${sources.join(", ")}.`,
    );
  }
  return sources.filter((source) => names.includes(source));
}

/** The tool in the cache. @throws Error if it is not there or does not work */
async function installed(tool: Tool, { folder, environment }: Context): ReturnType<Way> {
  const bin = join(folder, "bin");
  const version = await checkPinned(tool, bin, environment);
  return {
    version,
    binaries: Object.fromEntries(tool.binaries.map((binary) => [binary, join(bin, binary)])),
  };
}

/** Of several processes that want the same tool, one gets it, and the others wait for that one. */
function installInto(
  tool: Tool,
  context: Context,
  fill: (installation: Installation) => Promise<void>,
): ReturnType<Way> {
  const onWait = () =>
    context.onProgress(`waiting for another process that gets ${tool.name} ${tool.version}`);
  return alone(context.folder, onWait, async (waited) => {
    const there = waited ? await installed(tool, context).catch(() => undefined) : undefined;
    if (there) return there;
    await install(
      context.folder,
      (folder) => fill({ ...context, folder }),
      (folder) => checkPinned(tool, join(folder, "bin"), context.environment),
    );
    return installed(tool, context);
  });
}
