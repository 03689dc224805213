/**
 * What an adoption leaves beside the program: the state as it was before, and what it took over. In `.adopt/<stack>`,
 * readable by its owner alone; the backend has encrypted the secrets in it.
 */
import path from "node:path";
import { z } from "zod";
import { environmentOf } from "../../settings/stack-name.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { readJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { Exported } from "./scratch.ts";

const adoptedSchema = z.object({ urns: z.array(z.string()) });

export const folderOf = (stack: string) => path.join(REPOSITORY, ".adopt", environmentOf(stack));
const adoptedFile = (stack: string) => path.join(folderOf(stack), "adopted.json");

/** Returns the path of the file. */
export async function keepBackup(stack: string, before: Exported): Promise<string> {
  const time = new Date().toISOString().replaceAll(":", "-");
  const file = path.join(folderOf(stack), `state-${time}.json`);
  await writeAtomically(file, JSON.stringify(before));
  return file;
}

/** Remembers them, beside those of earlier adoptions. */
export async function keepAdopted(stack: string, urns: readonly string[]): Promise<void> {
  const all = [...new Set([...(await adoptedBefore(stack)), ...urns])];
  await writeAtomically(adoptedFile(stack), JSON.stringify({ urns: all }, null, 2));
}

/** URNs of what was adopted and not let go of again. */
export async function adoptedBefore(stack: string): Promise<readonly string[]> {
  const text = await readIfExists(adoptedFile(stack));
  return text === undefined ? [] : readJson(adoptedSchema, text).urns;
}

export async function forgetAdopted(stack: string): Promise<void> {
  await writeAtomically(adoptedFile(stack), JSON.stringify({ urns: [] }));
}
