import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import type { Tool } from "../../../toolkit/toolchain/tool.ts";
import { environmentWith, littleBinaries, littleTool, script, temporaryFolder } from "./support.ts";

function fromPath(bin: string, tool: Tool = littleTool) {
  return ensureTool(tool, { environment: environmentWith(bin), sources: ["path"] });
}

test("a tool on PATH of the minimum version or newer is used, at its path", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.0.0");
  expect(await fromPath(bin)).toEqual({
    name: "little",
    version: "2.0.0",
    source: "path",
    binaries: { little: join(bin, "little"), littlectl: join(bin, "littlectl") },
  });
});

test("a tool older than the minimum is refused by name, path and version", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "1.9.9");
  await expect(fromPath(bin)).rejects.toThrow(
    `${join(bin, "little")} is version 1.9.9, needed is 2.0.0 or newer`,
  );
});

test("every binary counts: one old one is enough to refuse", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.1.0");
  script(join(bin, "littlectl"), 'echo "littlectl, version 1.0.0"');
  await expect(fromPath(bin)).rejects.toThrow(`${join(bin, "littlectl")} is version 1.0.0`);
});

test("a binary that does not run is refused with what it said", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.1.0");
  script(join(bin, "little"), "echo 'libc is too old' >&2; exit 3");
  await expect(fromPath(bin)).rejects.toThrow(/"little --version" ended with 3\s+libc is too old/);
});

test("a binary that prints no version is refused", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "unknown");
  await expect(fromPath(bin)).rejects.toThrow("printed no version");
});

test.each(["little", "littlectl"])("a missing or not executable %s is not found", async (binary) => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.1.0");
  chmodSync(join(bin, binary), 0o644);
  await expect(fromPath(bin)).rejects.toThrow(`${binary} is not on PATH`);
});

test("a tool without a minimum version is never taken from PATH", async () => {
  const bin = temporaryFolder();
  littleBinaries(bin, "2.1.0");
  const { minimumOnPath: _, ...pinnedOnly } = littleTool;
  await expect(fromPath(bin, pinnedOnly)).rejects.toThrow("only version 2.1.0 is used");
});
