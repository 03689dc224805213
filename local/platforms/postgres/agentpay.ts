/** AgentPay's own way to its database on the local stack: a role of its own, and the connection pools of its processes. */
import { type ClientBase, type ClientConfig, escapeLiteral, Pool } from "pg";
import { database, poolLimits } from "../../agentpay/world.ts";

/** No secret: the server only listens on loopback, and holds made-up data. */
const AGENTPAY = { user: database.usename, password: "local-postgres-agentpay" } as const;

/** What a request or a job asks the database, beside what it writes into it. */
const QUESTIONS = [
  "SELECT status, stage FROM conversations ORDER BY created_at DESC LIMIT 1",
  "SELECT count(*) FROM conversations WHERE created_at > now() - interval '1 hour' AND status = 'active'",
  "SELECT coalesce(sum(cost_usd), 0) FROM llm_metrics WHERE timestamp > now() - interval '5 minutes'",
  "SELECT max(completed_at) FROM conversations WHERE created_at > now() - interval '10 minutes'",
] as const;

/** Makes the role, where it is not there yet; its tables must be there. */
export async function makeAgentPayRole(administrator: ClientBase): Promise<void> {
  const { rowCount } = await administrator.query("SELECT FROM pg_roles WHERE rolname = $1", [AGENTPAY.user]);
  if (rowCount === 0)
    await administrator.query(
      `CREATE ROLE ${AGENTPAY.user} LOGIN PASSWORD ${escapeLiteral(AGENTPAY.password)}`,
    );
  await administrator.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON conversations, llm_metrics TO ${AGENTPAY.user}`,
  );
}

/** How one of AgentPay's processes connects. */
export function asAgentPay(connection: ClientConfig, process = "agentpay-api"): ClientConfig {
  return { ...connection, ...AGENTPAY, application_name: process, connectionTimeoutMillis: 5000 };
}

/** The pools of the api and the worker. */
export class AgentPayPools {
  readonly api: Pool;
  readonly #worker: Pool;

  constructor(connection: ClientConfig) {
    const pool = (name: keyof typeof poolLimits) =>
      new Pool({
        ...asAgentPay(connection, `agentpay-${name}`),
        max: poolLimits[name],
        idleTimeoutMillis: 0,
        query_timeout: 10_000,
      })
        // A connection that breaks while it idles is replaced; unheard, it would end this process.
        .on("error", () => {});
    this.api = pool("api");
    this.#worker = pool("worker");
  }

  /** Asks a question for each request or job. @throws where the database does not answer them all */
  async ask(amount: number): Promise<void> {
    const asked = Array.from({ length: amount }, (_, index) => {
      const pool = index % 3 === 2 ? this.#worker : this.api;
      return pool.query(QUESTIONS[index % QUESTIONS.length] ?? "SELECT 1");
    });
    await Promise.all(asked);
  }

  async end(): Promise<void> {
    await Promise.all([this.api.end(), this.#worker.end()]);
  }
}
