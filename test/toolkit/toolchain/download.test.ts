import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import type { RequestListener } from "node:http";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { toolFolder } from "../../../toolkit/toolchain/cache.ts";
import { ChecksumError } from "../../../toolkit/toolchain/download.ts";
import { ensureTool, type Source } from "../../../toolkit/toolchain/find.ts";
import {
  environmentWith,
  fakeGo,
  littleTool,
  release,
  serve,
  stoppedServer,
  tarGz,
  temporaryFolder,
} from "./support.ts";

const print = (version: string) => `#!/bin/sh\necho "version ${version}"\n`;

const goodFiles = {
  "little-2.1.0.here/little": print("2.1.0"),
  "little-2.1.0.here/littlectl": print("2.1.0"),
  "little-2.1.0.here/plugins/extra": "#!/bin/sh\n",
};

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** Serves an archive and a list of checksums as a vendor does. */
function vendor(archive: Buffer, checksum = sha256(archive)): RequestListener {
  return (request, response) => {
    if (request.url === release.archive) return response.end(archive);
    if (request.url !== release.checksums) return response.writeHead(404).end("not found");
    return response.end(`${"0".repeat(64)}  another.tar.gz\n${checksum}  ${release.fileName}\n`);
  };
}

/** Gets the little tool from a server. Its builds would be of the right version as well. */
function get(downloadOrigin: string, folder: string, sources: readonly Source[] = ["download"]) {
  fakeGo(folder);
  return ensureTool(littleTool, {
    downloadOrigin,
    cacheFolder: folder,
    environment: environmentWith(folder),
    sources,
  });
}

const installedIn = (folder: string) => existsSync(toolFolder(folder, littleTool));

test("a release with the published checksum is unpacked into the cache, without its archive", async () => {
  const folder = temporaryFolder();
  const found = await get(await serve(vendor(await tarGz(goodFiles))), folder);
  expect(found).toMatchObject({ source: "download", version: "2.1.0" });
  const bin = dirname(found.binaries["little"] ?? "");
  expect(readdirSync(bin).sort()).toEqual(["little", "littlectl", "plugins"]);
  expect(readdirSync(toolFolder(folder, littleTool))).toEqual(["bin"]);
  expect(await get("http://unused.invalid", folder, ["cache"])).toMatchObject({ source: "cache" });
});

test("a wrong checksum stops everything, says so and installs nothing", async () => {
  const folder = temporaryFolder();
  const origin = await serve(vendor(await tarGz(goodFiles), "a".repeat(64)));
  const attempt = get(origin, folder, ["download", "build"]);
  await expect(attempt).rejects.toBeInstanceOf(ChecksumError);
  await expect(attempt).rejects.toThrow(/is not what little's vendor published. Nothing was installed/);
  await expect(attempt).rejects.toThrow("a".repeat(64));
  expect(installedIn(folder)).toBe(false);
});

/** Servers whose release cannot be had or trusted, and what the message says. */
const failures: Record<string, { listener: RequestListener; says: RegExp }> = {
  "a truncated body": {
    listener: async (request, response) => {
      const archive = await tarGz(goodFiles);
      if (request.url !== release.archive) return vendor(archive)(request, response);
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 40), () => response.destroy());
    },
    says: /little-2\.1\.0\.here\.tar\.gz: .*(closed|terminated|aborted)/,
  },
  "no list of checksums": {
    listener: (_, response) => response.writeHead(404).end(),
    says: /sha256sums\.txt: the server answered 404/,
  },
  "a list of checksums without this archive": {
    listener: (_, response) => response.end("<html>Please log in to the hotel's network</html>"),
    says: /does not list little-2\.1\.0\.here\.tar\.gz, so it cannot be verified/,
  },
  "binaries of another version": {
    listener: async (request, response) => {
      const files = { "x/little": print("2.0.0"), "x/littlectl": print("2.0.0") };
      return vendor(await tarGz(files))(request, response);
    },
    says: /is version 2\.0\.0, needed is 2\.1\.0/,
  },
  "files outside the archive's folder": {
    listener: async (request, response) =>
      vendor(await tarGz({ "x/../../../escaped": "" }))(request, response),
    says: /has a file outside its folder: x\/\.\.\/\.\.\/\.\.\/escaped/,
  },
};

test.each(Object.entries(failures))("after %s the tool is built", async (_, { listener, says }) => {
  const folder = temporaryFolder();
  const origin = await serve(listener);
  await expect(get(origin, folder)).rejects.toThrow(says);
  expect(installedIn(folder)).toBe(false);
  expect(await get(origin, folder, ["download", "build"])).toMatchObject({ source: "build" });
});

test("without a network the tool is built", async () => {
  const folder = temporaryFolder();
  const origin = await stoppedServer();
  await expect(get(origin, folder)).rejects.toThrow(/sha256sums\.txt: .*ECONNREFUSED/);
  expect(await get(origin, folder, ["download", "build"])).toMatchObject({ source: "build" });
});

test("a platform without a release is named", async () => {
  const tool = { ...littleTool, release: { archive: "", checksums: "", platforms: {} } };
  await expect(ensureTool(tool, { cacheFolder: temporaryFolder(), sources: ["download"] })).rejects.toThrow(
    `no release for ${process.platform}-${process.arch}`,
  );
});
