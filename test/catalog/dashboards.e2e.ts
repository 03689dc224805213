/** The dashboards' SQL on a real PostgreSQL, held against sums over the same rows in TypeScript. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dashboard, SqlPanel } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { expandMacros, querySql } from "../../local/dashboards/postgres.ts";
import { writeCalls, writeConversations } from "../../local/platforms/postgres/history.ts";
import { MONITORING } from "../../local/platforms/postgres/server.ts";
import { migrate } from "../../operations/database/migrate.ts";
import { connected, type PostgresUnderTest, testPostgres } from "../support/postgres.ts";

const DAY_SECONDS = 86_400;
const now = Math.floor(Date.now() / 1000);
const midnight = now - (now % DAY_SECONDS);
const range = { from: now - 3 * DAY_SECONDS, to: now };

interface Conversation {
  readonly status: string;
  readonly checkout_id: string | null;
  readonly created_at: Date;
  readonly completed_at: Date | null;
}
interface Call {
  readonly model: string;
  readonly latency_ms: number;
  readonly cost_usd: string | null;
  readonly timestamp: Date;
}

interface Statement {
  readonly query: string;
  readonly role: string;
  readonly database: string;
  readonly calls: string;
  readonly mean: number;
  readonly max: number;
  readonly total: number;
}

let postgres: PostgresUnderTest;
let statements: Statement[];
let conversations: Conversation[];
let calls: Call[];

beforeAll(async () => {
  postgres = await testPostgres({ shared_preload_libraries: "pg_stat_statements,auto_explain" });
  await connected(postgres.connection(), (client) => client.query("CREATE DATABASE agentpay"));
  await connected(postgres.connection("agentpay"), async (client) => {
    // A server elsewhere than in UTC: days must not follow it.
    await client.query("ALTER DATABASE agentpay SET timezone TO 'Pacific/Auckland'");
    await client.query(
      await readFile(path.join(import.meta.dirname, "../../local/platforms/postgres/agentpay.sql"), "utf8"),
    );
    await migrate(client);
    await client.query(`ALTER ROLE ${MONITORING.user} PASSWORD '${MONITORING.password}'`);
    await writeConversations(client, { from: now - 32 * DAY_SECONDS, to: now });
    await writeCalls(client, { from: midnight - DAY_SECONDS, to: now });
    // What history never has: first and last moments of a day, conversations that go on, calls without a price.
    await client.query(
      `INSERT INTO conversations (organization_id, stage, status, checkout_id, created_at, completed_at)
       SELECT gen_random_uuid(), 'checkout', status, CASE WHEN sold THEN gen_random_uuid() END, to_timestamp($1) + moment,
         CASE WHEN status = 'completed' THEN to_timestamp($1) + moment + interval '7 seconds' END
       FROM (VALUES (interval '0', 'completed', true), (interval '-1 millisecond', 'completed', true),
         (interval '0', 'active', false), (interval '-1 day', 'active', true)) AS edge (moment, status, sold)`,
      [midnight],
    );
    await client.query(
      `INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output, cost_usd, timestamp)
       SELECT model, 900, 1, 1, NULL, to_timestamp($1) + moment
       FROM (VALUES (interval '0', 'unpriced'), (interval '-1 millisecond', 'unpriced'), (interval '-1 hour', 'text-embedding-3-small'))
         AS edge (moment, model)`,
      [midnight],
    );
    conversations = (await client.query<Conversation>("SELECT * FROM conversations")).rows;
    calls = (await client.query<Call>("SELECT * FROM llm_metrics")).rows;
  });
  // By the role whose own statements don't count: from now on, no other runs one.
  await connected(asMonitoring(), async (client) => {
    const { rows } = await client.query<Statement>(
      `SELECT query, rolname AS role, datname AS database, calls, mean_exec_time AS mean, max_exec_time AS max,
         total_exec_time AS total
       FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid JOIN pg_database ON pg_database.oid = dbid`,
    );
    // Statements that may hold a password are nobody's to read.
    statements = rows.filter(({ query }) => !/\b(?:CREATE|ALTER) (?:ROLE|USER)\b|^\W*DO\b/i.test(query));
  });
});

const asMonitoring = () => ({
  ...postgres.connection("agentpay"),
  user: MONITORING.user,
  password: MONITORING.password,
});
afterAll(() => postgres.stop());

const inRange = (date: Date) => date.getTime() >= range.from * 1000 && date.getTime() <= range.to * 1000;
const dayOf = (date: Date) => date.toISOString().slice(0, 10);
const isSale = ({ status, checkout_id }: Conversation) => status === "completed" && checkout_id !== null;
const since = (start: Date) => [[conversations.filter(({ created_at }) => created_at >= start).length]];

function groups<T>(rows: readonly T[], key: (row: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const own = found.get(key(row));
    if (own) own.push(row);
    else found.set(key(row), [row]);
  }
  return [...found];
}

const conversationDays = () =>
  groups(
    conversations.filter(({ created_at }) => inRange(created_at)),
    ({ created_at }) => dayOf(created_at),
  ).toSorted(([one], [other]) => one.localeCompare(other));

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}

/** Between the two values beside it, as PostgreSQL's percentile_cont. */
function percentile(share: number, values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const [below = 0, above = below] = sorted.slice(Math.floor(place));
  return below + (above - below) * (place % 1);
}

/** A sum that is nothing where nothing was added, as SQL's. */
function cost(rows: readonly Call[]): number | null {
  const priced = rows.flatMap(({ cost_usd }) => (cost_usd === null ? [] : [Number(cost_usd)]));
  return priced.length === 0 ? null : priced.reduce((total, value) => total + value, 0);
}

/** Of this day, and of this week, which begins on Monday. */
const today = () => new Date(`${dayOf(new Date())}T00:00:00Z`);
const monday = () => new Date(today().getTime() - ((today().getUTCDay() + 6) % 7) * DAY_SECONDS * 1000);

/** What each panel must say, by its place. */
const expected: Readonly<Record<string, () => readonly (readonly unknown[])[]>> = {
  "agentpay-executive conversationsToday": () => since(today()),
  "agentpay-executive conversationsWeek": () => since(monday()),
  "agentpay-executive conversationsMonth": () =>
    since(new Date(`${dayOf(new Date()).slice(0, 7)}-01T00:00:00Z`)),
  "agentpay-executive dailyConversationTrend": () =>
    conversationDays().map(([day, own]) => [new Date(day), own.length, own.filter(isSale).length]),
  "agentpay-executive dailyConversations": () =>
    conversationDays()
      .toReversed()
      .map(([day, own]) => {
        const durations = own.flatMap(({ created_at, completed_at }) =>
          completed_at ? [(completed_at.getTime() - created_at.getTime()) / 1000] : [],
        );
        const sales = own.filter(isSale).length;
        return [day, own.length, sales, sales / own.length, mean(durations)];
      }),
  "agentpay-data slowestQueries": () =>
    statements
      .filter(({ database, role }) => database === "agentpay" && role !== MONITORING.user)
      .toSorted((one, other) => other.mean - one.mean)
      .slice(0, 10)
      .map(({ query, role, calls: count, mean: average, max, total }) => [
        query.replaceAll(/\s+/g, " ").slice(0, 500),
        role,
        Number(count),
        ...[average, max, total].map((milliseconds) => milliseconds / 1000),
      ]),
  "agentpay-cost ledger": () =>
    groups(
      calls.filter(({ timestamp }) => inRange(timestamp)),
      ({ timestamp }) => dayOf(timestamp),
    )
      .toSorted(([one], [other]) => other.localeCompare(one))
      .flatMap(([day, own]) =>
        groups(own, ({ model }) => model)
          .map(([model, rows]) => ({ model, rows, cost: cost(rows) }))
          .toSorted((one, other) => (other.cost ?? -1) - (one.cost ?? -1))
          .map(({ model, rows, cost: spent }) => [
            day,
            model,
            spent,
            rows.length,
            rows.filter(({ cost_usd }) => cost_usd === null).length,
            percentile(
              0.95,
              rows.map(({ latency_ms }) => latency_ms),
            ) / 1000,
          ]),
      ),
};

const all: readonly Dashboard[] = dashboards;
const panels = all.flatMap(({ uid, panels: own }) =>
  Object.entries(own).flatMap(([key, panel]) =>
    "sql" in panel ? [{ place: `${uid} ${key}`, panel: panel as SqlPanel }] : [],
  ),
);

test("each panel on the database has its calculation, and no calculation is left over", () => {
  expect(panels.map(({ place }) => place).toSorted()).toEqual(Object.keys(expected).toSorted());
});

test.each(panels)("$place says what the rows say", async ({ place, panel }) => {
  const { rows } = await querySql(asMonitoring(), expandMacros(panel.sql, range));
  const wanted = expected[place]?.() ?? [];
  expect(rows.length).toBe(wanted.length);
  expect(rows.length).toBeGreaterThan(0);
  for (const [index, row] of rows.entries()) {
    // The panels' numbers are rounded to 4 places; averages to one.
    expect(row).toEqual(
      wanted[index]?.map((cell) => (typeof cell === "number" && cell % 1 !== 0 ? near(cell) : cell)),
    );
  }
});

/** As the panel shows it: rounded, one digit for what is about seconds of talk. */
function near(value: number): unknown {
  return expect.closeTo(value, value > 10 ? 0 : 3);
}
