/**
 * That a stack is being adopted, for the other commands on this machine: an update in that time would make a second time
 * what the adoption is about to take over.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { readJson } from "../../toolkit/json.ts";
import { folderOf } from "./stored.ts";

const markSchema = z.object({ process: z.int().positive() });

const markOf = (stack: string) => path.join(folderOf(stack), "under-way.json");

/**
 * Does the work under a mark. One that a killed run has left holds nobody up.
 * @throws Failure where another process adopts the stack
 */
export async function whileAdopting<Result>(stack: string, work: () => Promise<Result>): Promise<Result> {
  await refuseDuringAdoption(stack);
  await writeAtomically(markOf(stack), JSON.stringify({ process: process.pid }));
  try {
    return await work();
  } finally {
    await rm(markOf(stack), { force: true });
  }
}

/** @throws Failure where a process of this machine adopts the stack */
export async function refuseDuringAdoption(stack: string): Promise<void> {
  const mark = await readIfExists(markOf(stack));
  const adopting = mark === undefined ? undefined : readJson(markSchema, mark).process;
  if (adopting === undefined || !isRunning(adopting)) return;
  throw new Failure(
    `${stack} is being adopted by process ${adopting}: an update now would make a second time what it takes over. ` +
      `Wait for its end. Where that process is another program, remove ${markOf(stack)}`,
  );
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // Somebody else's runs as well.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
