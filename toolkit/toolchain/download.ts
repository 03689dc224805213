import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { Failure } from "../failure.ts";
import { type Installation, thisPlatform } from "./cache.ts";
import type { Tool } from "./tool.ts";

/** How long a server may take to start answering. Short: the next way needs no vendor. */
const answerTimeoutSeconds = 8;
/** How long a download may stand still. */
const stallTimeoutSeconds = 30;
const reportEveryBytes = 5e6;

/** A download is not what the vendor published. Never followed by another way: somebody should look at it. */
export class ChecksumError extends Failure {
  override readonly name = "ChecksumError";
}

/**
 * Downloads a tool's official release, verifies it against the vendor's checksums and unpacks it.
 * @param origin replaces the scheme and host of every address
 * @throws ChecksumError if the archive is not what the vendor published
 * @throws Error if it cannot be downloaded, or cannot be verified
 */
export async function downloadRelease(
  tool: Tool,
  { folder, onProgress }: Installation,
  origin: string | undefined,
): Promise<void> {
  const { archive, checksums } = releaseAddresses(tool, { origin });
  onProgress(`downloading ${archive}`);
  const expected = await publishedChecksum(checksums, archive);
  const file = join(folder, "release.tar.gz");
  const actual = await save(archive, file, onProgress);
  if (actual !== expected) {
    throw new ChecksumError(
      [
        `${archive} is not what ${tool.name}'s vendor published. Nothing was installed.`,
        `  SHA-256 in ${checksums}: ${expected}`,
        `  SHA-256 of the download: ${actual}`,
        "Find out why before trying again: a proxy or a mirror may alter downloads.",
        "To go on without downloads, set AGENTPAY_TOOL_SOURCES=path,cache,build.",
      ].join("\n"),
    );
  }
  onProgress("unpacking");
  await unpack(file, join(folder, "bin"));
  await rm(file);
}

/**
 * Where a tool's archive and its list of checksums are.
 * @throws Error if the vendor publishes none for this platform
 */
export function releaseAddresses(
  { release, version }: Tool,
  { platform = thisPlatform, origin }: { platform?: string; origin?: string | undefined } = {},
): { archive: string; checksums: string } {
  if (release === undefined) throw new Error("there is no release to download");
  const vendorPlatform = release.platforms[platform];
  if (vendorPlatform === undefined) throw new Error(`the vendor publishes no release for ${platform}`);
  const address = (template: string) => {
    const url = template.replaceAll("{version}", version).replaceAll("{platform}", vendorPlatform);
    return origin === undefined ? url : new URL(new URL(url).pathname, origin).href;
  };
  return { archive: address(release.archive), checksums: address(release.checksums) };
}

async function publishedChecksum(checksums: string, archive: string): Promise<string> {
  const name = archive.split("/").at(-1);
  const chunks: Uint8Array[] = [];
  for await (const chunk of get(checksums)) chunks.push(chunk);
  for (const line of Buffer.concat(chunks).toString("utf8").split("\n")) {
    // "<hex>  <name>"; a star before the name marks a file read in binary mode.
    const [checksum = "", file] = line.trim().split(/\s+\*?/);
    if (file === name && /^[0-9a-f]{64}$/i.test(checksum)) return checksum.toLowerCase();
  }
  throw new Error(`${checksums} does not list ${name}, so it cannot be verified`);
}

/** Downloads to a file. @returns its SHA-256 in hexadecimal */
async function save(url: string, file: string, onProgress: (message: string) => void): Promise<string> {
  const hash = createHash("sha256");
  async function* measured(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let nextReport = reportEveryBytes;
    for await (const chunk of get(url)) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes >= nextReport) {
        onProgress(`downloading ${url}: ${Math.floor(bytes / 1e6)} MB`);
        nextReport = bytes + reportEveryBytes;
      }
      yield chunk;
    }
  }
  await pipeline(measured, createWriteStream(file));
  return hash.digest("hex");
}

/**
 * The body of an HTTP answer.
 * @throws Error if the server cannot be reached, refuses, stands still or ends early
 */
async function* get(url: string): AsyncGenerator<Uint8Array> {
  const abort = new AbortController();
  const abortAfter = (seconds: number, why: string) =>
    setTimeout(() => abort.abort(new Error(`${why} for ${seconds} s`)), seconds * 1000);
  let timer = abortAfter(answerTimeoutSeconds, "no answer");
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = abortAfter(stallTimeoutSeconds, "no data");
      yield chunk;
    }
  } catch (error) {
    throw new Error(`${url}: ${networkReason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says only "fetch failed" or "terminated"; the cause says why. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}

/** Unpacks a `.tar.gz` without the outermost folder of its names. */
async function unpack(archive: string, folder: string): Promise<void> {
  const entries = extract();
  const write = async () => {
    for await (const entry of entries) {
      const path = resolve(folder, entry.header.name.split("/").slice(1).join("/"));
      if (entry.header.type !== "file") {
        entry.resume();
      } else if (path.startsWith(`${folder}/`)) {
        await mkdir(dirname(path), { recursive: true });
        await pipeline(entry, createWriteStream(path, { mode: entry.header.mode ?? 0o644 }));
      } else {
        throw new Error(`the archive has a file outside its folder: ${entry.header.name}`);
      }
    }
  };
  await Promise.all([pipeline(createReadStream(archive), createGunzip(), entries), write()]);
}
