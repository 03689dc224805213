/** Whether a database has what monitoring needs of it. Only reads. */
import type { ClientBase } from "pg";
import { type ServerOptions, wantedLibraries, wantedSettings } from "../../components/aws/wanted-settings.ts";
import { monitoringRights } from "./rights.ts";
import { readServer } from "./server-settings.ts";

export interface Finding {
  readonly title: string;
  /** What is wrong; empty where all is well. */
  readonly problems: readonly string[];
}

const MIGRATE = "run npm run database -- migrate";

export async function verifyDatabase(
  client: ClientBase,
  options: ServerOptions,
): Promise<readonly Finding[]> {
  return [
    { title: "Slow query log and statement statistics", problems: await serverProblems(client, options) },
    { title: "Monitoring's schema", problems: await schemaProblems(client) },
    { title: "Monitoring's role", problems: await roleProblems(client) },
  ];
}

async function serverProblems(client: ClientBase, options: ServerOptions): Promise<readonly string[]> {
  const { libraries, settings } = await readServer(client);
  const missing = wantedLibraries(options).filter((name) => !libraries.includes(name));
  const wrong = Object.entries(wantedSettings(options)).filter(([name, value]) => settings[name] !== value);
  const { rowCount } = await client.query("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'");
  return [
    ...missing.map(
      (name) => `${name} is not in shared_preload_libraries: ${MIGRATE}, and restart PostgreSQL`,
    ),
    ...wrong.map(
      ([name, value]) => `${name} is ${settings[name] ?? "not set"} instead of ${value}: ${MIGRATE}`,
    ),
    ...(rowCount === 0 ? [`the extension pg_stat_statements is missing: ${MIGRATE}`] : []),
  ];
}

async function schemaProblems(client: ClientBase): Promise<readonly string[]> {
  const wanted = {
    llm_metrics: "llm_metrics",
    "the index of llm_metrics": "llm_metrics_timestamp_model",
    "monitoring.slowest_queries": "monitoring.slowest_queries",
  };
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT ${Object.values(wanted)
      .map((_, index) => `to_regclass($${index + 1})::text AS "${index}"`)
      .join(", ")}`,
    Object.values(wanted),
  );
  return Object.keys(wanted).flatMap((title, index) =>
    rows[0]?.[index] === null ? [`${title} is missing: ${MIGRATE}`] : [],
  );
}

async function roleProblems(client: ClientBase): Promise<readonly string[]> {
  const rights = await monitoringRights(client);
  if (rights === undefined) return [`agentpay_monitoring is missing: ${MIGRATE}`];
  return [
    ...rights.lacking.map((right) => `it lacks ${right}: ${MIGRATE}`),
    ...rights.surplus.map((right) => `it has ${right}, which monitoring does not need: take it away`),
  ];
}
