import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { onTestFinished } from "vitest";
import type { Environment } from "../../../toolkit/toolchain/command.ts";
import type { GoBuild, Tool } from "../../../toolkit/toolchain/tool.ts";

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "toolchain-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes an executable shell script. @returns its path */
export function script(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Writes the little tool's two binaries, which print a version. */
export function littleBinaries(folder: string, version: string): void {
  for (const binary of littleTool.binaries)
    script(join(folder, binary), `echo "${binary}, version ${version}"`);
}

const goBuild: GoBuild = {
  kind: "go",
  folder: "operations/tools/pulumi-cli",
  packages: ["example.com/little/cmd/little"],
  ldflags: "-X main.version={version}",
};

/** A tool as the real ones are declared, of little shell scripts. */
export const littleTool: Tool = {
  name: "little",
  version: "2.1.0",
  minimumOnPath: "2.0.0",
  binaries: ["little", "littlectl"],
  versionCommands: [
    { binary: "little", args: ["--version"] },
    { binary: "littlectl", args: ["--version"] },
  ],
  release: {
    archive: "https://vendor.invalid/v{version}/little-{version}.{platform}.tar.gz",
    checksums: "https://vendor.invalid/v{version}/sha256sums.txt",
    platforms: { [`${process.platform}-${process.arch}`]: "here" },
  },
  build: goBuild,
  advice: "Install Go or little.",
};

/** Paths of the little tool's release on a server, and in its archive. */
export const release = {
  archive: "/v2.1.0/little-2.1.0.here.tar.gz",
  checksums: "/v2.1.0/sha256sums.txt",
  fileName: "little-2.1.0.here.tar.gz",
};

/** A `.tar.gz` of executable files; the same bytes each time it is made, whatever the second. */
export async function tarGz(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(0);
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mode: 0o755, mtime }, content);
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** A server on loopback that lives as long as the test. @returns its origin */
export async function serve(listener: RequestListener): Promise<string> {
  const { origin, stop } = await listen(listener);
  onTestFinished(stop);
  return origin;
}

/** The origin of a server that has stopped: connections are refused. */
export async function stoppedServer(): Promise<string> {
  const { origin, stop } = await listen(() => {});
  await stop();
  return origin;
}

async function listen(listener: RequestListener): Promise<{ origin: string; stop: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { origin: `http://127.0.0.1:${address.port}`, stop };
}

/** The system's shell commands, and scripts of the test before them. */
export function environmentWith(folder: string): Environment {
  return { PATH: `${folder}:/usr/bin:/bin`, HOME: folder };
}

/**
 * A `go` that builds the little tool instead of compiling, and appends its arguments to `go.log` beside it.
 * @param version what the built binaries print
 */
export function fakeGo(folder: string, version = littleTool.version): void {
  script(
    join(folder, "go"),
    `
echo "$PWD $@" >> "$(dirname "$0")/go.log"
case "$1" in
  env) echo go1.26.8 ;;
  build)
    echo "go: downloading example.com/a v1.0.0" >&2
    while [ "$1" != "-o" ]; do shift; done
    for binary in little littlectl; do
      printf '#!/bin/sh\\necho "version %s"\\n' "${version}" > "$2$binary"
      chmod +x "$2$binary"
    done ;;
esac`,
  );
}
