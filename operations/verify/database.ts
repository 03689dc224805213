/** What AgentPay's own database says of itself, through the read-only role. */
import { Client } from "pg";
import { wantedLibraries, wantedSettings } from "../../components/aws/wanted-settings.ts";
import { fromHost } from "../../components/shared/addresses.ts";
import { failed, notConfigured, proven, some } from "../../components/shared/outcome.ts";
import { splitHostAndPort } from "../../settings/addresses.ts";
import type { Enabled } from "../../settings/schema.ts";
import { readServer, type ServerState } from "../database/server-settings.ts";
import type { Check, Context } from "./check.ts";

const CONNECT_MILLISECONDS = 5000;

async function serverSettings(context: Context) {
  const { database, metrics } = context.settings;
  const { databaseAddress, databaseTls } = metrics as Enabled<"metrics">;
  if (databaseAddress === undefined) return notConfigured("metrics.databaseAddress is not set");
  const options = {
    slowQueryMilliseconds: database.enabled ? database.slowQueryMilliseconds : 1000,
    autoExplainMilliseconds: database.enabled ? database.autoExplainMilliseconds : 0,
  };
  const state = await read(context);
  // A database in a private network: the check of RDS's parameter group says what it can.
  if (typeof state === "string")
    return notConfigured(`${databaseAddress} can't be reached from here: ${state}`);
  const missing = wantedLibraries(options).filter((name) => !state.libraries.includes(name));
  const wrong = Object.entries(wantedSettings(options)).filter(
    ([name, value]) => state.settings[name] !== value,
  );
  const problems = [
    ...missing.map((name) => `${name} is not loaded`),
    ...wrong.map(([name, value]) => `${name} is ${state.settings[name] ?? "not set"} instead of ${value}`),
  ];
  const encrypted = databaseTls === "disable" ? "" : ", over TLS";
  return problems.length > 0
    ? failed(some(problems))
    : proven(`${databaseAddress}: from ${options.slowQueryMilliseconds} ms${encrypted}`);
}

/** The reason, where nothing answers. @throws where it refuses us */
async function read({ settings, secrets }: Context): Promise<ServerState | string> {
  const {
    databaseAddress = "",
    databaseName,
    databaseUser,
    databaseTls,
  } = settings.metrics as Enabled<"metrics">;
  const client = new Client({
    ...splitHostAndPort(fromHost(databaseAddress)),
    database: databaseName,
    user: databaseUser,
    password: secrets["metrics.databasePassword"],
    ssl: databaseTls === "disable" ? false : { rejectUnauthorized: databaseTls === "verify-full" },
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
  });
  client.on("error", () => {
    // The query that was under way tells it.
  });
  try {
    await client.connect();
  } catch (error) {
    if (isRefusal(error)) throw error;
    return error instanceof Error
      ? error.message || String((error as NodeJS.ErrnoException).code)
      : String(error);
  }
  try {
    return await readServer(client);
  } finally {
    await client.end();
  }
}

/** PostgreSQL's own answers have a code of five characters. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^[0-9A-Z]{5}$/.test(String((error as NodeJS.ErrnoException).code));
}

export const databaseChecks: readonly Check[] = [
  {
    id: "database-settings",
    section: "Performance",
    title: "The database logs slow queries and counts statements",
    platform: "metrics",
    advice:
      "Self-managed: npm run database -- migrate, and restart PostgreSQL if it says so. RDS: the slow-query-log item.",
    run: serverSettings,
  },
];
