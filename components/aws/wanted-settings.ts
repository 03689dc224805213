/** What PostgreSQL is told so that it can be watched: by `npm run database` where it is ours, by the parameter group on RDS. */
export interface ServerOptions {
  /** Statements that take longer are logged. */
  readonly slowQueryMilliseconds: number;
  /** The plans of statements that take longer are logged as well; 0 for none. */
  readonly autoExplainMilliseconds: number;
}

/** Libraries that are only loaded when PostgreSQL starts. */
export function wantedLibraries({ autoExplainMilliseconds }: ServerOptions): readonly string[] {
  return ["pg_stat_statements", ...(autoExplainMilliseconds > 0 ? ["auto_explain"] : [])];
}

/**
 * Connections that only the monitoring role can use, so that it sees when all others are taken; from PostgreSQL 16 on. One
 * for each session that an exporter, a dashboard and a person have, of those that `max_connections` counts.
 */
export const RESERVED_CONNECTIONS = { name: "reserved_connections", value: "3" } as const;

/** Settings, with the unit that PostgreSQL counts each in. */
export function wantedSettings(options: ServerOptions): Readonly<Record<string, string>> {
  return {
    log_min_duration_statement: String(options.slowQueryMilliseconds),
    // ALTER ROLE ... PASSWORD is a utility statement, whose text is kept as it was written.
    "pg_stat_statements.track_utility": "off",
    ...(options.autoExplainMilliseconds > 0 && {
      "auto_explain.log_min_duration": String(options.autoExplainMilliseconds),
    }),
  };
}
