import { join } from "node:path";
import { expect, test } from "vitest";
import { toolFolder } from "../../../toolkit/toolchain/cache.ts";
import { allowedSources, ensureTool, ToolUnavailableError } from "../../../toolkit/toolchain/find.ts";
import {
  environmentWith,
  fakeGo,
  littleBinaries,
  littleTool,
  script,
  stoppedServer,
  temporaryFolder,
} from "./support.ts";

test("the first way that works is used: PATH, then the cache", async () => {
  const bin = temporaryFolder();
  const cacheFolder = temporaryFolder();
  littleBinaries(join(toolFolder(cacheFolder, littleTool), "bin"), "2.1.0");
  const options = { cacheFolder, environment: environmentWith(bin) };
  littleBinaries(bin, "1.0.0");
  expect(await ensureTool(littleTool, options)).toMatchObject({ source: "cache" });
  littleBinaries(bin, "2.2.0");
  expect(await ensureTool(littleTool, options)).toMatchObject({ source: "path", version: "2.2.0" });
});

test("when every way fails, one message has what was tried, why it failed and what to do", async () => {
  const folder = temporaryFolder();
  const messages: string[] = [];
  const attempt = ensureTool(littleTool, {
    cacheFolder: folder,
    downloadOrigin: await stoppedServer(),
    environment: { PATH: join(folder, "empty") },
    onProgress: (message) => messages.push(message),
  });
  await expect(attempt).rejects.toBeInstanceOf(ToolUnavailableError);
  await expect(attempt).rejects.toThrow(
    new RegExp(
      [
        "^little 2\\.1\\.0 could not be found or made\\. Tried:",
        " {2}path {6}little is not on PATH",
        " {2}cache {5}.* is not there yet",
        " {2}download {2}.*ECONNREFUSED.*",
        " {2}build {5}go was not found",
        "Install Go or little\\.$",
      ].join("\n"),
    ),
  );
  expect(messages).toContain("path: little is not on PATH");
});

test("AGENTPAY_TOOL_SOURCES limits the ways", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.1.0");
  fakeGo(bin);
  const environment = { ...environmentWith(bin), AGENTPAY_TOOL_SOURCES: "cache, build" };
  const found = await ensureTool(littleTool, { cacheFolder: temporaryFolder(), environment });
  expect(found).toMatchObject({ source: "build" });
});

test.each([
  [undefined, ["path", "cache", "download", "build"]],
  ["", ["path", "cache", "download", "build"]],
  ["build,path", ["path", "build"]],
])("AGENTPAY_TOOL_SOURCES=%s means %j", (value, expected) => {
  expect(allowedSources({ AGENTPAY_TOOL_SOURCES: value })).toEqual(expected);
});

test("an unknown way in AGENTPAY_TOOL_SOURCES is refused with the known ones", () => {
  expect(() => allowedSources({ AGENTPAY_TOOL_SOURCES: "path,brew" })).toThrow(
    "AGENTPAY_TOOL_SOURCES names unknown ways: brew. Use a list of path, cache, download, build.",
  );
});

test("another program that is as good is taken from PATH where the first is missing", async () => {
  const bin = temporaryFolder();
  const options = { cacheFolder: temporaryFolder(), environment: environmentWith(bin) };
  const tool = {
    ...littleTool,
    binaries: ["little"],
    versionCommands: littleTool.versionCommands.slice(0, 1),
  };
  script(join(bin, "small"), 'echo "small v=2.3.4"');
  const found = await ensureTool({ ...tool, alternatives: { little: "small" } }, options);
  expect(found).toMatchObject({ source: "path", version: "2.3.4", binaries: { little: join(bin, "small") } });
});

test("a version that is logged counts as well", async () => {
  const bin = temporaryFolder();
  const options = { cacheFolder: temporaryFolder(), environment: environmentWith(bin) };
  for (const name of littleTool.binaries) script(join(bin, name), 'echo "msg=v2.5.0" >&2');
  expect(await ensureTool(littleTool, options)).toMatchObject({ source: "path", version: "2.5.0" });
});
