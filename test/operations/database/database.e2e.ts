/** All that `npm run database` does, on a real PostgreSQL that knew nothing of monitoring. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { deleteOldCalls } from "../../../operations/database/retention.ts";
import { monitoringRights } from "../../../operations/database/rights.ts";
import { readServer } from "../../../operations/database/server-settings.ts";
import { connected, type PostgresUnderTest, testPostgres } from "../../support/postgres.ts";
import { REPOSITORY } from "../../support/program.ts";
import { leaks, sentinel } from "../../support/secrets.ts";

let postgres: PostgresUnderTest;
beforeAll(async () => {
  postgres = await testPostgres();
  await admin(async (client) => {
    // AgentPay's own tables, and a role that may make some but is no superuser, as on RDS.
    await client.query(readFileSync(join(REPOSITORY, "local/platforms/postgres/agentpay.sql"), "utf8"));
    await client.query("CREATE TABLE messages (conversation_id uuid, content text)");
    await client.query("CREATE ROLE application LOGIN PASSWORD 'application' IN ROLE pg_monitor");
  });
});
afterAll(() => postgres?.stop());

const admin = <T>(work: (client: Client) => Promise<T>) => connected(postgres.connection(), work);
const as = <T>(user: string, password: string, work: (client: Client) => Promise<T>) =>
  connected({ ...postgres.connection(), user, password }, work);
const monitoring = <T>(work: (client: Client) => Promise<T>) =>
  as("agentpay_monitoring", sentinel("monitoring"), work);

/** The command, as people run it. */
function run(...args: string[]): Promise<{ code: number; output: string }> {
  const { user, password, host, port, database } = postgres.connection();
  const env = {
    ...process.env,
    DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
    MONITORING_PASSWORD: sentinel("monitoring"),
  };
  return new Promise((resolve) => {
    execFile(
      "node",
      ["operations/cli.ts", "database", ...args],
      { cwd: REPOSITORY, env },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

/** Everything that the migrations and settings make, as PostgreSQL describes it. */
const describeAll = (client: Client) =>
  client.query(`
    SELECT 'relation' AS kind, relname::text AS name, relacl::text || coalesce(pg_get_viewdef(oid), '') AS definition
      FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'monitoring'::regnamespace)
    UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod) || coalesce(attacl::text, '')
      FROM pg_attribute WHERE attrelid::regclass::text IN ('llm_metrics', 'conversations') AND attnum > 0
    UNION ALL SELECT 'function', proname, prosrc || coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'monitoring'::regnamespace
    UNION ALL SELECT 'role', rolname, rolconfig::text || rolsuper || rolconnlimit FROM pg_roles WHERE rolname = 'agentpay_monitoring'
    UNION ALL SELECT 'setting', name, setting FROM pg_file_settings
    ORDER BY 1, 2, 3`);

test("verify says what is missing, and what to do", async () => {
  const { code, output } = await run("verify");
  expect(code).toBe(1);
  expect(output).toMatch(
    /pg_stat_statements is not in shared_preload_libraries: run npm run database -- migrate/,
  );
  expect(output).toMatch(/llm_metrics is missing/);
  expect(output).toMatch(/agentpay_monitoring is missing/);
});

test("migrate makes it, asks for the restart, and then does nothing more", async () => {
  const first = await run("migrate");
  expect(first.code).toBe(1);
  expect(first.output).toContain("set log_min_duration_statement = 1000");
  expect(first.output).toContain("Restart PostgreSQL");
  await postgres.restart();
  const second = await run("migrate");
  expect(second.code).toBe(0);
  const before = await admin(describeAll);
  const third = await run("migrate");
  expect(third).toMatchObject({ code: 0, output: expect.not.stringContaining("set log_min") });
  expect((await admin(describeAll)).rows).toEqual(before.rows);
  expect(before.rows.length).toBeGreaterThan(20);
  expect(await run("verify")).toMatchObject({ code: 0, output: expect.not.stringContaining("failed") });
  expect(leaks([first, second, third, postgres.log()])).toBe(false);
});

test("what takes longer than a second is in PostgreSQL's log, and first among the slowest statements", async () => {
  await admin((client) => client.query("SELECT pg_sleep(1.1), 'slow one'"));
  await admin((client) => client.query("SELECT 'quick one'"));
  expect(postgres.log()).toMatch(/duration: 1[\d.]+ ms {2}statement: SELECT pg_sleep\(1\.1\), 'slow one'/);
  expect(postgres.log()).not.toContain("quick one");
  const { rows } = await monitoring((client) =>
    client.query(
      "SELECT username, query, calls, mean_milliseconds::float8 AS mean FROM monitoring.slowest_queries",
    ),
  );
  expect(rows[0]).toMatchObject({ username: "postgres", query: expect.stringContaining("pg_sleep") });
  expect(rows[0].mean).toBeGreaterThan(1000);
  // Monitoring's own are none of them.
  expect(rows.map(({ username }) => username)).not.toContain("agentpay_monitoring");
});

describe("the monitoring role", () => {
  test.each([
    ["statistics", "SELECT * FROM pg_stat_activity"],
    ["the ledger", "SELECT * FROM llm_metrics"],
    ["what is counted of conversations", "SELECT status, checkout_id, created_at FROM conversations"],
    ["server settings", "SHOW log_min_duration_statement"],
  ])("reads %s", async (_what, sql) => {
    await expect(monitoring((client) => client.query(sql))).resolves.toBeDefined();
  });

  test.each([
    ["what customers write", "SELECT content FROM messages"],
    ["whose conversation it is", "SELECT organization_id FROM conversations"],
    ["whole conversations", "SELECT * FROM conversations"],
    ["passwords", "SELECT * FROM pg_authid"],
    ["files", "SELECT pg_read_file('postgresql.conf')"],
    ["by writing", "BEGIN READ WRITE; INSERT INTO llm_metrics (model) VALUES ('x')"],
    ["by deleting", "BEGIN READ WRITE; SELECT monitoring.delete_old_llm_metrics(63)"],
    ["by making tables", "BEGIN READ WRITE; CREATE TABLE mine (x int)"],
    [
      "by ending sessions of superusers",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    ],
  ])("does not get at %s", async (_what, sql) => {
    await expect(monitoring((client) => client.query(sql))).rejects.toThrow(
      /permission denied|must be|only roles/i,
    );
  });

  /** What somebody did, the right that it gives, and what undoes it. */
  const given: readonly (readonly [sql: string, right: string, undo: string])[] = [
    ...["pg_read_all_data", "pg_execute_server_program", "application"].map(
      (role) =>
        [
          `GRANT ${role} TO agentpay_monitoring`,
          `MEMBER OF ${role}`,
          `REVOKE ${role} FROM agentpay_monitoring`,
        ] as const,
    ),
    [
      "GRANT pg_read_all_data TO pg_monitor",
      "MEMBER OF pg_read_all_data",
      "REVOKE pg_read_all_data FROM pg_monitor",
    ],
    [
      "GRANT pg_monitor TO agentpay_monitoring WITH ADMIN OPTION",
      "ADMIN OF pg_monitor",
      "REVOKE ADMIN OPTION FOR pg_monitor FROM agentpay_monitoring",
    ],
    ...["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"].map(
      (right) =>
        [
          `ALTER ROLE agentpay_monitoring ${right}`,
          right,
          `ALTER ROLE agentpay_monitoring NO${right}`,
        ] as const,
    ),
    [
      "ALTER ROLE agentpay_monitoring CONNECTION LIMIT -1",
      "CONNECTION LIMIT -1",
      "ALTER ROLE agentpay_monitoring CONNECTION LIMIT 10",
    ],
    [
      "ALTER ROLE agentpay_monitoring SET work_mem = '1GB'",
      "SET work_mem=1GB",
      "ALTER ROLE agentpay_monitoring RESET work_mem",
    ],
    ...[
      ["SELECT ON messages", "SELECT ON public.messages"],
      ["INSERT ON llm_metrics", "INSERT ON public.llm_metrics"],
      ["SELECT (organization_id) ON conversations", "SELECT (organization_id) ON public.conversations"],
      ["UPDATE (status) ON conversations", "UPDATE (status) ON public.conversations"],
      ["SELECT ON pg_authid", "SELECT ON pg_catalog.pg_authid"],
      ["EXECUTE ON FUNCTION pg_read_file(text)", "EXECUTE ON FUNCTION pg_read_file(text)"],
      [
        "EXECUTE ON FUNCTION monitoring.delete_old_llm_metrics",
        "EXECUTE ON FUNCTION monitoring.delete_old_llm_metrics(integer)",
      ],
      ["CREATE ON SCHEMA monitoring", "CREATE ON SCHEMA monitoring"],
      ["CREATE ON DATABASE postgres", "CREATE ON DATABASE postgres"],
      ["SET ON PARAMETER log_min_duration_statement", "A RIGHT ON parameter log_min_duration_statement"],
    ].map(
      ([what = "", right = ""]) =>
        [`GRANT ${what} TO agentpay_monitoring`, right, `REVOKE ${what} FROM agentpay_monitoring`] as const,
    ),
    ...[
      ["SELECT ON messages", "SELECT ON public.messages"],
      ["UPDATE (status) ON conversations", "UPDATE (status) ON public.conversations"],
      ["SELECT ON pg_authid", "SELECT ON pg_authid"],
      ["SELECT (rolpassword) ON pg_authid", "SELECT (rolpassword) ON pg_authid"],
      ["EXECUTE ON FUNCTION pg_read_file(text)", "EXECUTE ON FUNCTION pg_read_file(text)"],
      ["EXECUTE ON FUNCTION lo_export(oid, text)", "EXECUTE ON FUNCTION lo_export(oid,text)"],
      ["SET ON PARAMETER log_statement", "SET ON PARAMETER log_statement"],
      [
        "ALTER SYSTEM ON PARAMETER shared_preload_libraries",
        "ALTER SYSTEM ON PARAMETER shared_preload_libraries",
      ],
      ["CREATE ON TABLESPACE pg_default", "CREATE ON TABLESPACE pg_default"],
    ].flatMap(([what = "", right = ""]) =>
      ["pg_monitor", "pg_read_all_stats", "PUBLIC"].map(
        (role) => [`GRANT ${what} TO ${role}`, `${right} TO ${role}`, `REVOKE ${what} FROM ${role}`] as const,
      ),
    ),
    [
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor",
      "DEFAULT SELECT ON WHAT postgres MAKES",
      "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor",
    ],
    [
      "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC",
      "SELECT ON LARGE OBJECT 4711 TO PUBLIC",
      "SELECT lo_unlink(4711)",
    ],
    [
      "CREATE SCHEMA crm; GRANT USAGE ON SCHEMA crm TO pg_monitor",
      "USAGE ON SCHEMA crm TO pg_monitor",
      "DROP SCHEMA crm",
    ],
    [
      "CREATE FOREIGN DATA WRAPPER elsewhere; GRANT USAGE ON FOREIGN DATA WRAPPER elsewhere TO PUBLIC",
      "USAGE ON FOREIGN DATA WRAPPER elsewhere TO PUBLIC",
      "DROP FOREIGN DATA WRAPPER elsewhere",
    ],
    [
      "GRANT SELECT ON messages TO PUBLIC",
      "SELECT ON public.messages TO PUBLIC",
      "REVOKE SELECT ON messages FROM PUBLIC",
    ],
    [
      "CREATE FUNCTION all_messages() RETURNS SETOF messages LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM messages'",
      "EXECUTE ON FUNCTION all_messages() (SECURITY DEFINER)",
      "DROP FUNCTION all_messages()",
    ],
    [
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO agentpay_monitoring",
      "DEFAULT SELECT ON WHAT postgres MAKES",
      "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM agentpay_monitoring",
    ],
    [
      "ALTER TABLE messages OWNER TO agentpay_monitoring",
      "OWNER OF table messages",
      "ALTER TABLE messages OWNER TO postgres",
    ],
  ];
  const taken: readonly (readonly [sql: string, right: string, undo: string])[] = [
    [
      "REVOKE pg_monitor FROM agentpay_monitoring",
      "MEMBER OF pg_monitor",
      "GRANT pg_monitor TO agentpay_monitoring",
    ],
    [
      "REVOKE SELECT ON llm_metrics FROM agentpay_monitoring",
      "SELECT ON public.llm_metrics",
      "GRANT SELECT ON llm_metrics TO agentpay_monitoring",
    ],
    [
      "REVOKE SELECT (status) ON conversations FROM agentpay_monitoring",
      "SELECT (status) ON public.conversations",
      "GRANT SELECT (status) ON conversations TO agentpay_monitoring",
    ],
    ["ALTER ROLE agentpay_monitoring NOLOGIN", "LOGIN", "ALTER ROLE agentpay_monitoring LOGIN"],
    [
      "ALTER ROLE agentpay_monitoring RESET statement_timeout",
      "SET statement_timeout=30s",
      "ALTER ROLE agentpay_monitoring SET statement_timeout = '30s'",
    ],
  ];

  /** What is found while something is done. */
  const rightsWhile = (sql: string, undo: string) =>
    admin(async (client) => {
      await client.query(sql);
      try {
        return await monitoringRights(client);
      } finally {
        await client.query(undo);
      }
    });

  test.each(given)("a right too many is found: %s", async (sql, right, undo) => {
    expect((await rightsWhile(sql, undo))?.surplus).toContain(right);
    expect(await admin(monitoringRights)).toEqual({ surplus: [], lacking: [] });
  });

  test.each(taken)("a right that it lacks is found: %s", async (sql, right, undo) => {
    expect((await rightsWhile(sql, undo))?.lacking).toContain(right);
    expect(await admin(monitoringRights)).toEqual({ surplus: [], lacking: [] });
  });

  test("verify says both, and fails", async () => {
    await admin((client) =>
      client.query(
        "GRANT SELECT ON messages TO agentpay_monitoring; REVOKE SELECT ON llm_metrics FROM agentpay_monitoring",
      ),
    );
    const { code, output } = await run("verify");
    await admin((client) =>
      client.query(
        "REVOKE SELECT ON messages FROM agentpay_monitoring; GRANT SELECT ON llm_metrics TO agentpay_monitoring",
      ),
    );
    expect(code).toBe(1);
    expect(output).toContain("it has SELECT ON public.messages, which monitoring does not need");
    expect(output).toContain("it lacks SELECT ON public.llm_metrics: run npm run database -- migrate");
  });
});

test("a password that is set is in no statistics, and never in what monitoring shows", async () => {
  await admin(async (client) => {
    await client.query(`ALTER ROLE application PASSWORD '${sentinel("statistics")}'`);
    await client.query(`CREATE ROLE another LOGIN PASSWORD '${sentinel("statistics")}'`);
    const { rows } = await client.query("SELECT query FROM pg_stat_statements");
    expect(leaks(rows)).toBe(false);
    // As it was before this was switched off.
    await client.query("SET pg_stat_statements.track_utility = on");
    await client.query(`ALTER /* why */ ROLE another PASSWORD '${sentinel("statistics")}'`);
    await client.query("ALTER ROLE application PASSWORD 'application'");
    const before = await client.query("SELECT query FROM pg_stat_statements");
    expect(leaks(before.rows)).toBe(true);
  });
  const shown = await monitoring((client) => client.query("SELECT query FROM monitoring.slowest_queries"));
  expect(shown.rows.length).toBeGreaterThan(0);
  expect(leaks(shown.rows)).toBe(false);
});

/** The command with a database of the caller's choice. */
function runWith(url: string, ...args: string[]): Promise<{ code: number; errors: string }> {
  const env = { ...process.env, DATABASE_URL: url };
  return new Promise((resolve) => {
    execFile(
      "node",
      ["operations/cli.ts", "database", ...args],
      { cwd: REPOSITORY, env },
      (error, _stdout, errors) => resolve({ code: Number(error?.code ?? 0), errors }),
    );
  });
}

test.each([
  ["nonsense", "no address of a database"],
  ["http://127.0.0.1/agentpay", "no address of a database"],
  [`postgres://nobody:${sentinel("url")}%@127.0.0.1:1/none`, ""],
  [`postgres://nobody:${sentinel("url")}@127.0.0.1:99999/none`, "no address of a database"],
  [
    `postgres://nobody:${sentinel("url")}@127.0.0.1:1/none?sslrootcert=/nowhere`,
    "a file that it names is not there",
  ],
])("an address that is none is a sentence: %s", async (url, says) => {
  const { code, errors } = await runWith(url, "verify");
  expect(code).toBe(1);
  expect(errors).toContain(says);
  expect(errors).not.toMatch(/\n\s+at /);
  expect(leaks(errors)).toBe(false);
});

test.each([
  [["prune", "--days", "99999999999"], "whole number from 63 to 36500"],
  [["migrate", "--slow-query-ms", "99999999999"], "whole number from 1 to 3600000"],
  [["prune", "--days", "1e9"], "whole number from 63"],
])("a number that is absurd is a sentence: %j", async (args, says) => {
  const { code, output } = await run(...args);
  expect(code).toBe(1);
  expect(output).toContain(says);
  expect(output).not.toMatch(/\n\s+at /);
});

test("what the database refuses is a sentence", async () => {
  const { host, port, database } = postgres.connection();
  const { code, errors } = await runWith(
    `postgres://application:application@${host}:${port}/${database}`,
    "migrate",
  );
  expect(code).toBe(1);
  expect(errors).toMatch(/permission denied|must be owner/);
  expect(errors).not.toMatch(/\n\s+at /);
});

describe("the exporter's queries", () => {
  interface Query {
    readonly query: string;
    readonly metrics: readonly Record<string, { usage: string; description: string }>[];
  }
  const queries: Record<string, Query> = parse(
    readFileSync(join(REPOSITORY, "operations/database/exporter-queries.yaml"), "utf8"),
  );

  test("ask for nothing that the exporter has built in: a metric from both fails the whole scrape", () => {
    expect(Object.keys(queries).filter((name) => name.startsWith("pg_"))).toEqual([]);
  });

  test.each(Object.entries(queries))(
    "%s answers with the columns that it declares",
    async (_name, { query, metrics: declared }) => {
      await admin((client) =>
        client.query(
          "INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output) VALUES ('m', 1, 1, 1)",
        ),
      );
      const { rows, fields } = await monitoring((client) => client.query(query));
      const columns = declared.flatMap((column) => Object.keys(column));
      expect(fields.map((field) => field.name).toSorted()).toEqual(columns.toSorted());
      expect(rows.length).toBeGreaterThan(0);
    },
  );
});

test("prune deletes what is older, and keeps what a report needs", async () => {
  await admin((client) =>
    client.query(`INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output, timestamp)
      SELECT 'old', 1, 1, 1, now() - interval '101 days' FROM generate_series(1, 15000)`),
  );
  expect((await run("prune", "--days", "30")).output).toContain("whole number from 63");
  expect(await run("prune", "--days", "100")).toMatchObject({ code: 0, output: "deleted 15000 rows\n" });
  expect(await admin((client) => deleteOldCalls(client, 100))).toBe(0);
});

test("plans are logged where that is asked for", async () => {
  expect((await run("migrate", "--auto-explain-ms", "500")).output).toContain(
    "pg_stat_statements,auto_explain",
  );
  await postgres.restart();
  expect((await run("migrate", "--auto-explain-ms", "500")).code).toBe(0);
  expect(await run("verify", "--auto-explain-ms", "500")).toMatchObject({ code: 0 });
  await admin((client) => client.query("SELECT pg_sleep(0.6), 'explained'"));
  expect(postgres.log()).toMatch(/duration: 6[\d.]+ ms {2}plan:/);
  const { libraries } = await admin(readServer);
  expect(libraries).toEqual(["pg_stat_statements", "auto_explain"]);
});

test("without the right to configure the server, it says what to set instead", async () => {
  const { configureServer } = await import("../../../operations/database/server-settings.ts");
  const options = { slowQueryMilliseconds: 250, autoExplainMilliseconds: 0 };
  const { done, todo } = await as("application", "application", (client) => configureServer(client, options));
  expect(done).toEqual([]);
  expect(todo).toEqual([
    expect.stringMatching(/parameter group, or as a superuser: log_min_duration_statement = 250/),
  ]);
});

test.each([[["migrate"]], [["verify"]]])("%j without a database says so", async (args) => {
  const env = {
    ...process.env,
    DATABASE_URL: `postgres://nobody:${sentinel("url")}@127.0.0.1:1/none`,
  };
  const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
    execFile(
      "node",
      ["operations/cli.ts", "database", ...args],
      { cwd: REPOSITORY, env },
      (_error, _stdout, text) => resolve({ stderr: text }),
    );
  });
  expect(stderr).toMatch(/the database can't be reached: .*ECONNREFUSED/);
  expect(leaks(stderr)).toBe(false);
});
