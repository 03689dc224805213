/** `npm run database`: what monitoring needs in AgentPay's database, made, checked and kept small. */
import { Command, InvalidArgumentError } from "commander";
import { Client, DatabaseError } from "pg";
import colors from "picocolors";
import type { ServerOptions } from "../../components/aws/wanted-settings.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { jsonOption, outOption, type ResultOptions, tell } from "../options.ts";
import { localConnection } from "../pulumi/local-stack.ts";
import { migrate } from "./migrate.ts";
import { deleteOldCalls, SHORTEST_RETENTION_DAYS } from "./retention.ts";
import { setMonitoringPassword } from "./role.ts";
import { configureServer } from "./server-settings.ts";
import { verifyDatabase } from "./verify.ts";

interface Connected {
  readonly local?: boolean;
  /** In milliseconds. @default ANSWERS.change */
  readonly query_timeout?: number;
}
interface Server extends Connected {
  readonly slowQueryMs: number;
  readonly autoExplainMs: number;
}

/** Of a duration that a stack may have as well (Pulumi.yaml, `database.*Milliseconds`). */
const MOST_MILLISECONDS = 3_600_000;
/** A hundred years: PostgreSQL's own calendar ends where days run into the millions. */
const MOST_DAYS = 36_500;

const wholeNumber = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  }
  return number;
};

export const command = new Command("database")
  .description("What monitoring needs in AgentPay's PostgreSQL. Each command may be run any number of times")
  .addHelpText(
    "after",
    `
Environment:
  DATABASE_URL          postgres://user:password@host:5432/agentpay?sslmode=verify-full, of an administrator for migrate
  MONITORING_PASSWORD   password that migrate gives the role agentpay_monitoring (default: left as it is)

Exit codes: 0 done, 1 failed, or something is left for you to do.`,
  );

function serverCommand(name: string, description: string): Command {
  return command
    .command(name)
    .description(description)
    .option("--local", "the local stack's database instead of DATABASE_URL")
    .option(
      "--slow-query-ms <number>",
      "log statements that take longer",
      wholeNumber(1, MOST_MILLISECONDS),
      1000,
    )
    .option(
      "--auto-explain-ms <number>",
      "log the plans of statements that take longer; 0 for none",
      wholeNumber(0, MOST_MILLISECONDS),
      0,
    );
}

serverCommand(
  "migrate",
  "make the schema, the read-only role, the slow query log and statement statistics",
).action((options: Server) =>
  withDatabase(options, async (client) => {
    for (const name of await migrate(client)) console.log(`applied ${name}`);
    const password = options.local
      ? (await localConnection()).database.monitoringPassword
      : process.env["MONITORING_PASSWORD"];
    if (password) {
      await setMonitoringPassword(client, password);
      console.log("set the password of agentpay_monitoring");
    }
    const { done, todo } = await configureServer(client, serverOptions(options));
    for (const setting of done) console.log(`set ${setting}`);
    for (const step of todo) console.error(colors.yellow(step));
    if (todo.length > 0) process.exitCode = 1;
  }),
);

serverCommand("verify", "check all that migrate makes")
  .addOption(jsonOption())
  .addOption(outOption())
  .action((options: Server & ResultOptions) =>
    withDatabase({ ...options, query_timeout: ANSWERS.verify }, async (client) => {
      const checks = await verifyDatabase(client, serverOptions(options));
      const lines = checks.flatMap(({ title, problems }) => [
        problems.length === 0 ? `${colors.green("ok")}     ${title}` : `${colors.red("failed")} ${title}`,
        ...problems.map((problem) => `       ${problem}`),
      ]);
      await tell({ checks }, lines.join("\n"), options);
      if (checks.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
    }),
  );

command
  .command("prune")
  .description("delete old rows of llm_metrics: for a daily timer")
  .option("--local", "the local stack's database instead of DATABASE_URL")
  .requiredOption(
    "--days <number>",
    "how long a call is kept",
    wholeNumber(SHORTEST_RETENTION_DAYS, MOST_DAYS),
  )
  .action((options: Connected & { days: number }) =>
    withDatabase(options, async (client) => {
      console.log(`deleted ${await deleteOldCalls(client, options.days)} rows`);
    }),
  );

function serverOptions({ slowQueryMs, autoExplainMs }: Server): ServerOptions {
  return { slowQueryMilliseconds: slowQueryMs, autoExplainMilliseconds: autoExplainMs };
}

async function withDatabase(options: Connected, work: (client: Client) => Promise<void>): Promise<void> {
  const client = await clientOf(options);
  client.on("error", () => {
    // The statement that was under way tells it.
  });
  try {
    await client.connect();
  } catch (error) {
    throw new Failure(`the database can't be reached: ${messageOf(error)}`);
  }
  try {
    await work(client);
  } catch (error) {
    if (isUnanswered(error)) {
      throw new Failure(
        "the database took a statement and has not answered: what was not committed is undone",
      );
    }
    throw isAboutDatabase(error) ? new Failure(messageOf(error)) : error;
  } finally {
    await client.end();
  }
}

/** The client's own error at `query_timeout`, which has no code. */
function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

/** Whether the database refused, or went away: that is for people to mend, and no defect of ours. */
function isAboutDatabase(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return [error, cause].some(
    (each) =>
      each instanceof DatabaseError ||
      (each instanceof Error && "code" in each) ||
      each instanceof RangeError,
  );
}

/** In milliseconds. */
const WAITS = { connectionTimeoutMillis: 10_000, lock_timeout: 30_000 } as const;
/**
 * How long one statement is waited for, in milliseconds: a connection that is cut without a word never answers. What verify
 * asks takes milliseconds; what is old takes minutes to delete.
 */
const ANSWERS = { verify: 60_000, change: 900_000 } as const;
/** Of PostgreSQL's own, those that the client knows; it takes any other text for verify-full. */
const TLS_MODES: readonly string[] = [
  "disable",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
  "no-verify",
];
const EXPECTED =
  "expected postgres://user:password@host:5432/agentpay, with what is no letter or digit escaped (%40 for @)";

/** Not connected yet. @throws Failure that repeats nothing of DATABASE_URL: it has a password */
async function clientOf({ local, query_timeout = ANSWERS.change }: Connected): Promise<Client> {
  const waits = { ...WAITS, query_timeout };
  if (local) {
    return new Client({ connectionString: (await localConnection()).database.url, ...waits });
  }
  const connectionString = process.env["DATABASE_URL"];
  if (!connectionString)
    throw new Failure("Set DATABASE_URL, or give --local for the local stack's database");
  if (!/^postgres(ql)?:\/\/[^/]/.test(connectionString) || !URL.canParse(connectionString)) {
    throw new Failure(`DATABASE_URL is no address of a database: ${EXPECTED}`);
  }
  const { searchParams } = new URL(connectionString);
  const mode = searchParams.get("sslmode");
  if (mode !== null && !TLS_MODES.includes(mode)) {
    throw new Failure(
      `DATABASE_URL has an sslmode that there is not: expected one of ${TLS_MODES.join(", ")}`,
    );
  }
  try {
    return new Client({ connectionString, ...waits });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "a file that it names is not there" : "a part of it can't be read";
    throw new Failure(`DATABASE_URL is no address of a database: ${reason}; ${EXPECTED}`);
  }
}
