/** What panels ask of PostgreSQL. */
import { Client, type ClientConfig, types } from "pg";

const TIMEOUT_MILLISECONDS = 10_000;
const NUMBERS: ReadonlySet<number> = new Set([
  types.builtins.INT2,
  types.builtins.INT4,
  types.builtins.INT8,
  types.builtins.FLOAT4,
  types.builtins.FLOAT8,
  types.builtins.NUMERIC,
]);

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | Date | null;

/** Grafana's macros that our queries use, for a time range in seconds since 1970. */
export function expandMacros(sql: string, { from, to }: { from: number; to: number }): string {
  const literal = (seconds: number) => `'${new Date(seconds * 1000).toISOString()}'`;
  return sql.replaceAll(
    /\$__timeFilter\(([^)]+)\)/g,
    (_, column: string) => `${column} BETWEEN ${literal(from)} AND ${literal(to)}`,
  );
}

/** @throws where it does not answer or refuses the query */
export async function querySql(connection: ClientConfig, sql: string): Promise<Table> {
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: TIMEOUT_MILLISECONDS,
    query_timeout: TIMEOUT_MILLISECONDS,
  });
  // A connection that breaks rejects the query that waits for it; unheard, the event would end this process.
  client.on("error", () => {});
  await client.connect();
  try {
    const { fields, rows } = await client.query<Cell[]>({ text: sql, rowMode: "array" });
    const toCell = (value: Cell, column: number) =>
      value !== null && NUMBERS.has(fields[column]?.dataTypeID ?? 0) ? Number(value) : value;
    return { columns: fields.map(({ name }) => name), rows: rows.map((row) => row.map(toCell)) };
  } finally {
    await client.end();
  }
}
