/** What monitoring needs in AgentPay's database, as SQL files that may run any number of times. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { ClientBase } from "pg";
import { messageOf } from "../../toolkit/error-message.ts";

export const MIGRATIONS = path.join(import.meta.dirname, "migrations");

/** Any number, the same for every run: two at once wait for each other. */
const LOCK = 4_172_023;

/** Runs every file of `operations/database/migrations/`, by name, all or nothing. Running it again changes nothing. */
export async function migrate(client: ClientBase): Promise<readonly string[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).toSorted();
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    for (const name of files) await runFile(client, name);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
  return files;
}

async function runFile(client: ClientBase, name: string): Promise<void> {
  const text = await readFile(path.join(MIGRATIONS, name), "utf8");
  try {
    await client.query(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(`operations/database/migrations/${name}: ${reason}`, { cause: error });
  }
}
