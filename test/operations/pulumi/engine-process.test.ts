/** Signals on their way to the engine, for which a shell stands in that says what reached it. The real one: recovery.e2e.ts. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const CHILD = join(REPOSITORY, "test/support/engine-child.ts");

/** Says each signal that reached it, and ends once its one piece of work is done. */
const ENGINE = `
trap 'echo "got INT"' INT
trap 'echo "got TERM"' TERM
echo ready
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 0.1; done
echo done
exit 3`;

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit code, and what was printed. */
  readonly ended: Promise<{ code: number | null; lines: string[] }>;
}

/** Starts it as a shell at a terminal does: in a process group of its own. */
async function start(...args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [CHILD, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code, lines: output.trim().split("\n") }));
  while (!output.includes("ready") && child.exitCode === null) await sleep(10);
  return { child, output: () => output, ended };
}

const inOrder = (signal: string) =>
  `Interrupted (${signal}): the engine finished what it had begun, and ended. Run the command again to go on.`;

test.concurrent("a Ctrl-C, which a terminal sends to the whole group and npm a second time, reaches the engine once; it is waited for", async () => {
  const { child, ended } = await start(ENGINE);
  process.kill(-Number(child.pid), "SIGINT");
  await sleep(50);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, lines: ["ready", "got INT", "done", inOrder("SIGINT")] });
});

test.concurrent.each([
  ["SIGTERM", 143, "TERM"],
  ["SIGHUP", 129, "TERM"],
] as const)("%s to this process alone is passed on", async (signal, code, got) => {
  const { child, ended } = await start(ENGINE);
  child.kill(signal);
  expect(await ended).toEqual({ code, lines: ["ready", `got ${got}`, "done", inOrder(signal)] });
});

test.concurrent("a second Ctrl-C is a second one, and says what is in doubt", async () => {
  const { child, ended } = await start(ENGINE);
  child.kill("SIGINT");
  await sleep(1100);
  child.kill("SIGINT");
  const { code, lines } = await ended;
  expect(code).toBe(130);
  expect(lines.filter((line) => line === "got INT")).toHaveLength(2);
  expect(lines.at(-1)).toContain("Pending operations");
});

test.concurrent("without a signal, the engine's own exit code is what counts", async () => {
  const { ended } = await start(ENGINE);
  expect(await ended).toEqual({ code: 0, lines: ["ready", "done", "ended with 3"] });
});

test.concurrent("an engine that takes too long is asked to end first", async () => {
  const { ended } = await start(ENGINE, "300");
  expect(await ended).toEqual({ code: 0, lines: ["ready", "got TERM", "done", "ended with 3"] });
});

test.concurrent("an output that nobody reads any more does not end the engine", async () => {
  const folder = await mkdtemp(join(tmpdir(), "engine-process-"));
  try {
    const { child, ended } = await start(
      `echo ready; sleep 0.3; echo more; sleep 0.3; echo and more; echo done > ${folder}/end`,
    );
    child.stdout?.destroy();
    await ended;
    expect(await readFile(join(folder, "end"), "utf8")).toBe("done\n");
    expect(child.signalCode).toBeNull();
  } finally {
    await rm(folder, { recursive: true });
  }
});
