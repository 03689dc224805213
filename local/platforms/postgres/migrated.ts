/** Whether AgentPay's database on the local stack is ready for AgentPay. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { database } from "../../agentpay/world.ts";
import { ADMINISTRATOR } from "./server.ts";

const DEADLINE_MILLISECONDS = 120_000;
const POLL_MILLISECONDS = 200;

/** Returns once it has what `operations/database/migrations/` makes. @throws where that takes too long. */
export async function untilMigrated(port: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MILLISECONDS;
  while (!(await isMigrated(port))) {
    if (Date.now() > deadline) throw new Error("the database was not migrated in time: see postgres.log");
    await sleep(POLL_MILLISECONDS);
  }
}

async function isMigrated(port: number): Promise<boolean> {
  const client = new Client({ ...ADMINISTRATOR, host: "127.0.0.1", port, database: database.datname });
  try {
    await client.connect();
    const { rows } = await client.query<{ table: string | null }>(
      "SELECT to_regclass('llm_metrics') AS table",
    );
    return rows[0]?.table != null;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
