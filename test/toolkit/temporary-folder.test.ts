import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";

test("the folder is there for the work, and gone after it with all that is in it", async () => {
  const folder = await withTemporaryFolder("work", async (folder) => {
    await writeFile(join(folder, "file"), "");
    return folder;
  });
  expect(basename(folder)).toMatch(/^agentpay-work-/);
  expect(existsSync(folder)).toBe(false);
});

test("it is gone after work that failed, which fails as it would without", async () => {
  let made = "";
  const failing = withTemporaryFolder("work", async (folder) => {
    made = folder;
    expect(existsSync(made)).toBe(true);
    throw new Error("the work failed");
  });
  await expect(failing).rejects.toThrow("the work failed");
  expect(existsSync(made)).toBe(false);
});

test("it is gone after an interruption, which ends the process as it would without", async () => {
  const program = `
    import { withTemporaryFolder } from "./toolkit/temporary-folder.ts";
    await withTemporaryFolder("work", async (folder) => {
      console.log(folder);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  const folder = await new Promise<string>((resolve) =>
    child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim())),
  );
  expect(existsSync(folder)).toBe(true);
  child.kill("SIGINT");
  expect(await ended).toBe("SIGINT");
  expect(existsSync(folder)).toBe(false);
});
