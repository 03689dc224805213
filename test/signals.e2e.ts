/** The commands that ask the engine, each ended while it does not answer: the engine is told, waited for, and it is said. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../toolkit/repository.ts";
import { eventually } from "./support/eventually.ts";

const folder = mkdtempSync(join(tmpdir(), "signals-"));
afterAll(() => rmSync(folder, { recursive: true }));

const commands: Readonly<Record<string, readonly string[]>> = {
  deploy: ["operations/cli.ts", "deploy"],
  drift: ["operations/cli.ts", "drift"],
  review: ["operations/cli.ts", "review", "--base", "HEAD", "--no-rule-tests"],
  "secrets scan": ["operations/cli.ts", "secrets", "scan"],
  verify: ["operations/cli.ts", "verify"],
  "drill --live": ["local/drills/main.ts", "--live"],
  "rules sync": ["operations/cli.ts", "rules", "sync", "--check"],
};
const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;
/** A terminal that is closed, and its Ctrl-\: the engine knows neither, and is told to end in order all the same. */
const ofTerminals = [
  ["SIGHUP", 129],
  ["SIGQUIT", 131],
] as const;
const runs = Object.entries(commands).flatMap(([name, args]) =>
  [...signals, ...(name === "deploy" ? ofTerminals : [])].map(
    // A drill has one code for whatever ends it.
    ([signal, code]) => [name, signal, name.startsWith("drill") ? 130 : code, args] as const,
  ),
);

/** An engine that has begun something, and ends it in order when it is asked to. */
const engineIn = (bin: string) => `#!/bin/sh
for signal in INT TERM; do trap "echo $signal >> ${bin}/told; sleep 0.5; echo ended >> ${bin}/told; exit 1" $signal; done
echo "$@" >> ${bin}/called
while :; do sleep 0.1; done
`;

test.each(runs)("%s, ended by %s", async (_name, signal, code, [program = "", ...args]) => {
  const bin = mkdtempSync(join(folder, "bin-"));
  writeFileSync(join(bin, "pulumi"), engineIn(bin), { mode: 0o700 });
  const child = spawn(process.execPath, [program, ...args, "--stack", "staging"], {
    cwd: REPOSITORY,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const closed = once(child, "close");
  await eventually("the engine is asked", async () => existsSync(join(bin, "called")) || undefined);
  child.kill(signal);
  const [exit] = await closed;
  expect(output).toContain("Interrupted");
  expect(exit, output).toBe(code);
  // Each that was asked, and none that was not.
  const linesOf = (file: string) => readFileSync(join(bin, file), "utf8").trim().split("\n");
  const each = linesOf("called");
  expect(linesOf("told").toSorted()).toEqual(
    [...each.map(() => (signal === "SIGINT" ? "INT" : "TERM")), ...each.map(() => "ended")].toSorted(),
  );
});
