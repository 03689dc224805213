import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Failure } from "../../toolkit/failure.ts";
import { writeResult } from "../../toolkit/result-file.ts";

test("a result is written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "result-file-"));
  try {
    await writeResult(join(folder, "drift.json"), "{}");
    expect(await readFile(join(folder, "drift.json"), "utf8")).toBe("{}");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each<readonly [string, string, string]>([
  ["a folder that is not there", "/nowhere/drift.json", "ENOENT"],
  // Linux's device that is always full.
  ...(process.platform === "linux" ? [["a full disk", "/dev/full", "ENOSPC"] as const] : []),
])("%s is a sentence for people that names the file", async (_what, file, code) => {
  const reason = await writeResult(file, "{}").catch((error: unknown) => error);
  expect(reason).toBeInstanceOf(Failure);
  expect(String(reason)).toContain(`${file} can't be written`);
  expect(String(reason)).toContain(code);
});
