import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Children, stopOrphans } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { endProcess, identify, isAlive } from "../../../local/host/process-identity.ts";
import { writeAtomically } from "../../../toolkit/files.ts";

let folder: string;
let record: string;
let children: Children;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "children-"));
  record = path.join(folder, "children.json");
  children = new Children(record, new LogFiles(path.join(folder, "logs")));
});
afterEach(async () => {
  await children.stopAll();
  await rm(folder, { recursive: true });
});

const script = (name: string, code: string) =>
  children.start({ name, command: process.execPath, args: ["-e", code], cwd: folder });

it("keeps a program's output in its log, and tells how it ended", async () => {
  const child = await script("talker", 'console.log("hello"); process.exit(4)');
  expect(await child.exited).toBe("exit code 4");
  expect(child.isRunning()).toBe(false);
  expect(await readFile(path.join(folder, "logs", "talker.log"), "utf8")).toBe("hello\n");
});

it("ends a program that does not want to end", async () => {
  const child = await script(
    "stubborn",
    'process.on("SIGTERM", () => {}); console.log("on"); setInterval(() => {}, 99)',
  );
  await expect.poll(() => readFile(path.join(folder, "logs", "stubborn.log"), "utf8")).toBe("on\n");
  await child.stop(50);
  expect(await child.exited).toBe("signal SIGKILL");
});

it("refuses a second program of the same name, and one that is not there", async () => {
  await script("one", "setInterval(() => {}, 99)");
  await expect(script("one", "")).rejects.toThrow("one runs already");
  await expect(children.start({ name: "two", command: "/no/such/program", args: [] })).rejects.toThrow(
    "ENOENT",
  );
});

it("finds and ends what a killed daemon has left, and nothing that merely got the same number", async () => {
  const { pid } = await script("orphan", "setInterval(() => {}, 99)");
  const identity = await identify(pid);
  if (!identity) throw new Error("it should live");
  await writeAtomically(record, JSON.stringify([{ ...identity, startTime: "another", name: "reused" }]));
  expect(await stopOrphans(record)).toEqual([]);
  expect(await isAlive(identity)).toBe(true);

  await writeAtomically(record, JSON.stringify([{ ...identity, name: "orphan" }]));
  expect(await stopOrphans(record)).toEqual(["orphan"]);
  expect(await isAlive(identity)).toBe(false);
  expect(await stopOrphans(record)).toEqual([]);
});

it("does not end a process that is gone", async () => {
  expect(await endProcess({ pid: 99_999_999, startTime: "x" }, 10)).toBe(false);
});
