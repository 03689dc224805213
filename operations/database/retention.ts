/** How long the ledger of language model calls is kept. */
import type { ClientBase } from "pg";

/** A monthly report compares two months. */
export const SHORTEST_RETENTION_DAYS = 63;

/** Deletes older rows. Returns how many. */
export async function deleteOldCalls(client: ClientBase, days: number): Promise<number> {
  const { rows } = await client.query<{ deleted: string }>(
    "SELECT monitoring.delete_old_llm_metrics($1) AS deleted",
    [days],
  );
  return Number(rows[0]?.deleted ?? 0);
}
