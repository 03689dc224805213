/** Where a command's output goes wrong: to a full disk, or to a reader that has seen enough. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../toolkit/repository.ts";

/** Prints, works on, and says on the other stream that it got to its end. */
const COMMAND = `
import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { runCommand } from "./operations/run-command.ts";
await runCommand(new Command().action(async () => {
  for (let line = 0; line < 20; line++) {
    console.log("line " + line);
    await setTimeout(20);
  }
  console.error("done");
}));`;

function start(stdout: "pipe" | number) {
  const args = ["--input-type=module", "--eval", COMMAND];
  return spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ["ignore", stdout, "pipe"] });
}

test.skipIf(!existsSync("/dev/full"))(
  "a full disk is told, and is a failure when the work is done",
  async () => {
    const full = openSync("/dev/full", "w");
    const child = start(full);
    closeSync(full);
    const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : "", once(child, "close")]);
    expect(said).toBe("The output can't be written: ENOSPC. The command goes on without it.\ndone\n");
    expect(code).toBe(1);
  },
);

test("a reader that has seen enough ends nothing, and is no failure", async () => {
  const child = start("pipe");
  child.stdout?.once("data", () => child.stdout?.destroy());
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : "", once(child, "close")]);
  expect(said).toBe("done\n");
  expect(code).toBe(0);
});
