/**
 * What PostgreSQL itself is told, where it is ours to tell: the slow query log and statement statistics. On RDS the
 * parameter group says the same (components/aws/database-insights.ts).
 */
import { type ClientBase, escapeLiteral } from "pg";
import {
  RESERVED_CONNECTIONS,
  type ServerOptions,
  wantedLibraries,
  wantedSettings,
} from "../../components/aws/wanted-settings.ts";

export interface ServerState {
  readonly libraries: readonly string[];
  /** By name; of a library that is not loaded nothing is known. */
  readonly settings: Readonly<Record<string, string>>;
}

/** With every library: all of their settings are read. */
const EVERYTHING: ServerOptions = { slowQueryMilliseconds: 1, autoExplainMilliseconds: 1 };

export async function readServer(client: ClientBase): Promise<ServerState> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_settings WHERE name = ANY ($1)",
    [["shared_preload_libraries", RESERVED_CONNECTIONS.name, ...Object.keys(wantedSettings(EVERYTHING))]],
  );
  const { shared_preload_libraries: libraries = "", ...settings } = Object.fromEntries(
    rows.map(({ name, setting }) => [name, setting]),
  );
  return {
    libraries: libraries
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
    settings,
  };
}

/** What configuring did, or what a person must do. */
export interface Configured {
  readonly done: readonly string[];
  readonly todo: readonly string[];
}

/** Changes what differs, and nothing else: run again, it does nothing. */
export async function configureServer(client: ClientBase, options: ServerOptions): Promise<Configured> {
  const before = await readServer(client);
  const missing = wantedLibraries(options).filter((name) => !before.libraries.includes(name));
  // A library's own settings are unknown until it is loaded.
  const differing = Object.entries(wantedSettings(options)).filter(([name, value]) =>
    name in before.settings ? before.settings[name] !== value : false,
  );
  const reserves = lacksReserve(before) && (await mayConfigure(client));
  if (missing.length === 0 && differing.length === 0 && !reserves) return { done: [], todo: [] };
  const libraries = [...before.libraries, ...missing];
  if (!(await mayConfigure(client))) {
    const wanted = [
      ...(missing.length > 0 ? [`shared_preload_libraries = ${libraries.join(",")} (takes a restart)`] : []),
      ...differing.map(([name, value]) => `${name} = ${value}`),
    ];
    const where =
      "This role may not configure the server; set it in RDS's parameter group, or as a superuser";
    return { done: [], todo: wanted.map((setting) => `${where}: ${setting}`) };
  }
  const done: string[] = [];
  for (const [name, value] of differing) {
    await client.query(`ALTER SYSTEM SET ${name} = ${escapeLiteral(value)}`);
    done.push(`${name} = ${value}`);
  }
  if (missing.length > 0) {
    await client.query(
      `ALTER SYSTEM SET shared_preload_libraries = ${libraries.map(escapeLiteral).join(", ")}`,
    );
    done.push(`shared_preload_libraries = ${libraries.join(",")}`);
  }
  if (reserves) {
    await client.query(`ALTER SYSTEM SET ${RESERVED_CONNECTIONS.name} = ${RESERVED_CONNECTIONS.value}`);
    done.push(`${RESERVED_CONNECTIONS.name} = ${RESERVED_CONNECTIONS.value}`);
  }
  await client.query("SELECT pg_reload_conf()");
  const restart = "Restart PostgreSQL, which loads the libraries; then run migrate again";
  const reserve = `Restart PostgreSQL, which then keeps ${RESERVED_CONNECTIONS.value} connections for monitoring`;
  return { done, todo: missing.length > 0 ? [restart] : reserves ? [reserve] : [] };
}

/** Where it is known, and nobody chose a number. A server that was told so and not restarted yet is told again. */
function lacksReserve({ settings }: ServerState): boolean {
  return settings[RESERVED_CONNECTIONS.name] === "0";
}

async function mayConfigure(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ is_superuser: string }>("SHOW is_superuser");
  return rows[0]?.is_superuser === "on";
}
