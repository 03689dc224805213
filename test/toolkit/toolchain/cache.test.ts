import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { defaultCacheFolder, install, toolFolder } from "../../../toolkit/toolchain/cache.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { environmentWith, fakeGo, littleBinaries, littleTool, temporaryFolder } from "./support.ts";

test.each([
  [{ HOME: "/home/ada", XDG_CACHE_HOME: "/var/cache/ada" }, "/var/cache/ada/agentpay-monitoring"],
  [{ HOME: "/home/ada" }, "/home/ada/.cache/agentpay-monitoring"],
  [{ HOME: "/home/ada", XDG_CACHE_HOME: "relative" }, "/home/ada/.cache/agentpay-monitoring"],
])("the cache folder of %j is %s", (environment, expected) => {
  expect(defaultCacheFolder(environment)).toBe(expected);
});

test("a tool in the cache is used by tool, version and platform", async () => {
  const cacheFolder = temporaryFolder();
  const bin = join(cacheFolder, "little", "2.1.0", `${process.platform}-${process.arch}`, "bin");
  littleBinaries(bin, "2.1.0");
  const found = await ensureTool(littleTool, { cacheFolder, sources: ["cache"] });
  expect(found).toMatchObject({ source: "cache", version: "2.1.0" });
  expect(found.binaries["littlectl"]).toBe(join(bin, "littlectl"));
});

test("what is left of an interrupted build is not used, and the build is done again", async () => {
  const folder = temporaryFolder();
  const target = toolFolder(folder, littleTool);
  littleBinaries(join(`${target}.4711-abc.partial`, "bin"), "2.1.0");
  await expect(ensureTool(littleTool, { cacheFolder: folder, sources: ["cache"] })).rejects.toThrow(
    "is not there yet",
  );
  fakeGo(folder);
  const options = { cacheFolder: folder, environment: environmentWith(folder) };
  expect(await ensureTool(littleTool, { ...options, sources: ["cache", "build"] })).toMatchObject({
    source: "build",
  });
  expect(await ensureTool(littleTool, { ...options, sources: ["cache"] })).toMatchObject({ source: "cache" });
});

test("a cached copy that does not work is replaced", async () => {
  const folder = temporaryFolder();
  littleBinaries(join(toolFolder(folder, littleTool), "bin"), "0.0.1");
  fakeGo(folder);
  const found = await ensureTool(littleTool, {
    cacheFolder: folder,
    environment: environmentWith(folder),
    sources: ["cache", "build"],
  });
  expect(found).toMatchObject({ source: "build", version: "2.1.0" });
  expect(readdirSync(dirname(toolFolder(folder, littleTool)))).toHaveLength(1);
});

const anything = async () => {};

test("a failed installation leaves nothing behind", async () => {
  const target = join(temporaryFolder(), "tool");
  const fails = install(
    target,
    async (folder) => {
      writeFileSync(join(folder, "half"), "");
      throw new Error("out of disk");
    },
    anything,
  );
  await expect(fails).rejects.toThrow("out of disk");
  expect(readdirSync(dirname(target))).toEqual([]);
});

test("what fails its check is not put in place", async () => {
  const target = join(temporaryFolder(), "tool");
  const check = () => Promise.reject(new Error("does not run"));
  await expect(install(target, anything, check)).rejects.toThrow("does not run");
  expect(existsSync(target)).toBe(false);
});

test("installations at the same time end with one of them, whole", async () => {
  const target = join(temporaryFolder(), "tool");
  const installers = ["a", "b", "c"].map((name) =>
    install(
      target,
      async (folder) => {
        writeFileSync(join(folder, "first"), name);
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(join(folder, name), name);
      },
      anything,
    ),
  );
  await Promise.all(installers);
  expect(readdirSync(dirname(target))).toEqual(["tool"]);
  expect(readdirSync(target)).toHaveLength(2);
});

test("folders that were abandoned long ago are removed, those of running processes are not", async () => {
  const target = join(temporaryFolder(), "tool");
  const [old, recent, other] = [`${target}.1-a.partial`, `${target}.2-b.partial`, `${target}2.3-c.partial`];
  for (const folder of [old, recent, other]) mkdirSync(folder);
  const longAgo = new Date("2020-01-01");
  utimesSync(old, longAgo, longAgo);
  utimesSync(other, longAgo, longAgo);
  await install(target, anything, anything);
  expect([old, recent, other].map(existsSync)).toEqual([false, true, true]);
});
