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

const adoptedSchema = z.object({
  urns: z.array(z.string()),
  /** By what each was imported. Version 1.0.0 did not keep them. */
  ids: z.record(z.string(), z.string()).default({}),
});
type Adopted = z.output<typeof adoptedSchema>;

export const folderOf = (stack: string) => path.join(REPOSITORY, ".adopt", environmentOf(stack));
const adoptedFile = (stack: string) => path.join(folderOf(stack), "adopted.json");

/** Returns the path of the file. */
export async function keepBackup(stack: string, before: Exported): Promise<string> {
  const time = new Date().toISOString().replaceAll(":", "-");
  const file = path.join(folderOf(stack), `state-${time}.json`);
  await writeAtomically(file, JSON.stringify(before));
  return file;
}

/** Remembers them, beside those of earlier adoptions. @param ids by URN, as the state has them */
export async function keepAdopted(stack: string, ids: ReadonlyMap<string, string>): Promise<void> {
  const before = await readAdopted(stack);
  const urns = [...new Set([...before.urns, ...ids.keys()])];
  const all: Adopted = { urns, ids: { ...before.ids, ...Object.fromEntries(ids) } };
  await writeAtomically(adoptedFile(stack), JSON.stringify(all, null, 2));
}

/** Whether a resource was adopted, and is still the one: an `up` may have made another in its place since. */
export async function adoptedBefore(stack: string): Promise<(urn: string, id: unknown) => boolean> {
  const { urns, ids } = await readAdopted(stack);
  const adopted = new Set(urns);
  return (urn, id) => adopted.has(urn) && (ids[urn] === undefined || ids[urn] === id);
}

async function readAdopted(stack: string): Promise<Adopted> {
  const text = await readIfExists(adoptedFile(stack));
  return text === undefined ? { urns: [], ids: {} } : readJson(adoptedSchema, text);
}

export async function forgetAdopted(stack: string): Promise<void> {
  await writeAtomically(adoptedFile(stack), JSON.stringify({ urns: [] }));
}
