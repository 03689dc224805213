/** All that `npm run database` does, on a real PostgreSQL that knew nothing of monitoring. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { deleteOldCalls } from "../../database/retention.ts";
import { readServer } from "../../database/server-settings.ts";
import { connected, type PostgresUnderTest, testPostgres } from "../support/postgres.ts";
import { REPOSITORY } from "../support/program.ts";
import { leaks, sentinel } from "../support/secrets.ts";

let postgres: PostgresUnderTest;
beforeAll(async () => {
  postgres = await testPostgres();
  await admin(async (client) => {
    // AgentPay's own tables, and a role that may make some but is no superuser, as on RDS.
    await client.query(readFileSync(join(REPOSITORY, "local/postgres/agentpay.sql"), "utf8"));
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
    NO_COLOR: "1",
    DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
    MONITORING_PASSWORD: sentinel("monitoring"),
  };
  return new Promise((resolve) => {
    execFile(
      "node",
      ["--import", "tsx", "database/command.ts", ...args],
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

  test("rights that somebody else has given it are found", async () => {
    await admin((client) =>
      client.query(
        "GRANT pg_read_all_data TO agentpay_monitoring; GRANT INSERT ON llm_metrics TO agentpay_monitoring",
      ),
    );
    const { code, output } = await run("verify");
    await admin((client) =>
      client.query(
        "REVOKE pg_read_all_data FROM agentpay_monitoring; REVOKE INSERT ON llm_metrics FROM agentpay_monitoring",
      ),
    );
    expect(code).toBe(1);
    expect(output).toContain("it can read every table");
    expect(output).toContain("it can write llm_metrics");
  });
});

describe("the exporter's queries", () => {
  interface Query {
    readonly query: string;
    readonly metrics: readonly Record<string, { usage: string; description: string }>[];
  }
  const queries: Record<string, Query> = parse(
    readFileSync(join(REPOSITORY, "database/exporter-queries.yaml"), "utf8"),
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
  const { configureServer } = await import("../../database/server-settings.ts");
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
    NO_COLOR: "1",
    DATABASE_URL: `postgres://nobody:${sentinel("url")}@127.0.0.1:1/none`,
  };
  const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
    execFile(
      "node",
      ["--import", "tsx", "database/command.ts", ...args],
      { cwd: REPOSITORY, env },
      (_error, _stdout, text) => resolve({ stderr: text }),
    );
  });
  expect(stderr).toMatch(/the database can't be reached: .*ECONNREFUSED/);
  expect(leaks(stderr)).toBe(false);
});
