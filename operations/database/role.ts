import { type ClientBase, escapeLiteral } from "pg";
import { scramVerifier } from "./scram.ts";

/** The role that monitoring reads with; `migrations/` makes it, without a password. */
const ROLE = "agentpay_monitoring";

export async function setMonitoringPassword(client: ClientBase, password: string): Promise<void> {
  await client.query(`ALTER ROLE ${ROLE} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
}
