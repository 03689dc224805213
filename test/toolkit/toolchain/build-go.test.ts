import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { ensureTool, type FoundTool } from "../../../toolkit/toolchain/find.ts";
import type { GoBuild, Tool } from "../../../toolkit/toolchain/tool.ts";
import { environmentWith, fakeGo, littleTool, script, temporaryFolder } from "./support.ts";

const moduleFolder = (folder: string) => join(folder, "little-module");

/** The little tool, built from a module folder of the test's. */
function littleIn(folder: string, build: Partial<GoBuild> = {}): Tool {
  mkdirSync(moduleFolder(folder), { recursive: true });
  writeFileSync(join(moduleFolder(folder), "go.mod"), "module little\n\ngo 1.25.11\n");
  return {
    ...littleTool,
    build: {
      kind: "go",
      folder: moduleFolder(folder),
      packages: ["example.com/little/cmd/little"],
      ldflags: "-X main.version={version}",
      ...build,
    },
  };
}

function build(tool: Tool, folder: string, onProgress?: (message: string) => void): Promise<FoundTool> {
  return ensureTool(tool, {
    cacheFolder: folder,
    environment: environmentWith(folder),
    sources: ["build"],
    ...(onProgress && { onProgress }),
  });
}

const goLog = (folder: string) => readFileSync(join(folder, "go.log"), "utf8");

test("the pinned module is built as it is committed, with its version stamped", async () => {
  const folder = temporaryFolder();
  fakeGo(folder);
  const messages: string[] = [];
  const tool = littleIn(folder, { tags: ["netgo", "small"] });
  expect(await build(tool, folder, (message) => messages.push(message))).toMatchObject({ source: "build" });
  expect(goLog(folder)).toContain(
    `${moduleFolder(folder)} build -mod=readonly -trimpath -buildvcs=false -v -tags=netgo,small -ldflags=-s -w -X main.version=2.1.0 -o `,
  );
  expect(goLog(folder)).toMatch(/example\.com\/little\/cmd\/little\n$/);
  expect(messages).toContain("building little 2.1.0 with Go 1.26.8");
});

test("a module that lacks files is built in a writable copy that has them, and the copy is removed", async () => {
  const folder = temporaryFolder();
  const source = join(folder, "go-module-cache", "little@v2.1.0");
  mkdirSync(join(source, "pages"), { recursive: true });
  writeFileSync(join(source, "pages", "replaced.txt"), "theirs", { mode: 0o444 });
  writeFileSync(join(source, "main.go"), "package main", { mode: 0o444 });
  fakeGo(folder);
  // Stands before the fake `go`: answers where the module is, and keeps what the build was given.
  const go = script(
    join(folder, "first", "go"),
    `
case "$1" in
  mod) echo '{"Dir": "${source}"}' ;;
  build) cp -r . "${folder}/seen"; exec "${folder}/go" "$@" ;;
  *) exec "${folder}/go" "$@" ;;
esac`,
  );
  const files = { "pages/replaced.txt": "ours", "pages/new/index.html.gz": "<p>hello" };
  const tool = littleIn(folder, { patch: { module: "example.com/little", files } });
  const environment = { ...environmentWith(folder), PATH: `${dirname(go)}:/usr/bin:/bin` };
  const found = await ensureTool(tool, { cacheFolder: folder, environment, sources: ["build"] });
  const seen = join(folder, "seen");
  expect(readFileSync(join(seen, "main.go"), "utf8")).toBe("package main");
  expect(readFileSync(join(seen, "pages/replaced.txt"), "utf8")).toBe("ours");
  expect(gunzipSync(readFileSync(join(seen, "pages/new/index.html.gz"))).toString()).toBe("<p>hello");
  expect(readFileSync(join(source, "pages/replaced.txt"), "utf8")).toBe("theirs");
  expect(statSync(dirname(dirname(found.binaries["little"] ?? ""))).isDirectory()).toBe(true);
  expect(() => statSync(join(dirname(dirname(found.binaries["little"] ?? "")), "module"))).toThrow("ENOENT");
});

test("a missing Go is said", async () => {
  const folder = temporaryFolder();
  const environment = { PATH: join(folder, "empty") };
  await expect(
    ensureTool(littleIn(folder), { cacheFolder: folder, environment, sources: ["build"] }),
  ).rejects.toThrow(/build +go was not found\nInstall Go or little\./);
});

test("a Go that is too old is said, with the version that the module needs", async () => {
  const folder = temporaryFolder();
  script(join(folder, "go"), "echo go1.19.8");
  await expect(build(littleIn(folder), folder)).rejects.toThrow(
    "Go 1.25.11 or newer is needed; this one is go1.19.8",
  );
});

test("a failed build shows the compiler's last words", async () => {
  const folder = temporaryFolder();
  script(
    join(folder, "go"),
    `case "$1" in env) echo go1.26.8 ;; *) echo "main.go:7: undefined: x" >&2; exit 1 ;; esac`,
  );
  await expect(build(littleIn(folder), folder)).rejects.toThrow(
    /"go build -mod=readonly" ended with 1\s+main\.go:7: undefined: x/,
  );
});

test("a build of another version than the pinned one is not kept", async () => {
  const folder = temporaryFolder();
  fakeGo(folder, "2.0.0");
  await expect(build(littleIn(folder), folder)).rejects.toThrow("is version 2.0.0, needed is 2.1.0");
  await expect(ensureTool(littleIn(folder), { cacheFolder: folder, sources: ["cache"] })).rejects.toThrow(
    "is not there yet",
  );
});

test("builds run one after another, and one that fails does not stop the next", async () => {
  const folder = temporaryFolder();
  // Fails if another build holds the folder; the first build fails after it has let go.
  script(
    join(folder, "go"),
    `
[ "$1" = env ] && { echo go1.26.8; exit 0; }
mkdir "${folder}/building" || { echo "two builds at once" >&2; exit 1; }
sleep 0.1
rmdir "${folder}/building"
echo "no such package" >&2; exit 1`,
  );
  const results = await Promise.allSettled(
    ["one", "two", "three"].map((name) => build({ ...littleIn(folder), name }, folder)),
  );
  for (const result of results) {
    expect(result).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringContaining("no such package") },
    });
  }
});

test("two that want it at once get one build", async () => {
  const folder = temporaryFolder();
  fakeGo(folder);
  const tool = littleIn(folder);
  const messages: string[] = [];
  const found = await Promise.all([1, 2].map(() => build(tool, folder, (message) => messages.push(message))));
  expect(found.map(({ version }) => version)).toEqual(["2.1.0", "2.1.0"]);
  expect(goLog(folder).match(/ build -mod/g)).toHaveLength(1);
  expect(messages).toContain("waiting for another process that gets little 2.1.0");
});
