import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogFile, logLimits } from "../../../../../local/platforms/docker/provider/process/log-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("reads Docker's log options", () => {
  expect(logLimits({ "max-size": "10m", "max-file": "3" })).toEqual({ maxSize: 10 * 1024 ** 2, maxFiles: 3 });
  expect(logLimits({ "max-size": "512" }).maxSize).toBe(512);
  expect(logLimits()).toEqual({ maxSize: Number.POSITIVE_INFINITY, maxFiles: 1 });
});

it("keeps the given number of files, the newest lines in the first", () => {
  const log = new LogFile(join(folder, "server.log"), { maxSize: 10, maxFiles: 2 });
  for (const line of ["first...\n", "second..\n", "third...\n"]) log.write(Buffer.from(line));
  log.close();
  expect(readdirSync(folder).sort()).toEqual(["server.log", "server.log.1"]);
  expect(readFileSync(join(folder, "server.log"), "utf8")).toBe("third...\n");
  expect(readFileSync(join(folder, "server.log.1"), "utf8")).toBe("second..\n");
});

it("goes on in the file of an earlier start", () => {
  for (const line of ["one\n", "two\n"]) {
    const log = new LogFile(join(folder, "server.log"), logLimits());
    log.write(Buffer.from(line));
    log.close();
  }
  expect(readFileSync(join(folder, "server.log"), "utf8")).toBe("one\ntwo\n");
});
