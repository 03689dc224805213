/** `npm run database`: what monitoring needs in AgentPay's database, made, checked and kept small. */
import { Command, InvalidArgumentError } from "commander";
import { Client, type ClientConfig } from "pg";
import colors from "picocolors";
import { database } from "../local/agentpay/world.ts";
import { messageOf } from "../local/engine/errors.ts";
import { Failure } from "../local/failure.ts";
import { localPorts } from "../local/ports.ts";
import { ADMINISTRATOR, MONITORING } from "../local/postgres/server.ts";
import { migrate } from "./migrate.ts";
import { deleteOldCalls, SHORTEST_RETENTION_DAYS } from "./retention.ts";
import { setMonitoringPassword } from "./role.ts";
import { configureServer } from "./server-settings.ts";
import { verifyDatabase } from "./verify.ts";
import type { ServerOptions } from "./wanted-settings.ts";

interface Connected {
  readonly local?: boolean;
}
interface Server extends Connected {
  readonly slowQueryMs: number;
  readonly autoExplainMs: number;
}

const wholeNumber = (least: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least) {
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  }
  return number;
};

const program = new Command("database")
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
  return program
    .command(name)
    .description(description)
    .option("--local", "the local stack's database instead of DATABASE_URL")
    .option("--slow-query-ms <number>", "log statements that take longer", wholeNumber(1), 1000)
    .option(
      "--auto-explain-ms <number>",
      "log the plans of statements that take longer; 0 for none",
      wholeNumber(0),
      0,
    );
}

serverCommand(
  "migrate",
  "make the schema, the read-only role, the slow query log and statement statistics",
).action((options: Server) =>
  withDatabase(options, async (client) => {
    for (const name of await migrate(client)) console.log(`applied ${name}`);
    const password = options.local ? MONITORING.password : process.env["MONITORING_PASSWORD"];
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

serverCommand("verify", "check all that migrate makes").action((options: Server) =>
  withDatabase(options, async (client) => {
    for (const { title, problems } of await verifyDatabase(client, serverOptions(options))) {
      console.log(
        problems.length === 0 ? `${colors.green("ok")}     ${title}` : `${colors.red("failed")} ${title}`,
      );
      for (const problem of problems) console.log(`       ${problem}`);
      if (problems.length > 0) process.exitCode = 1;
    }
  }),
);

program
  .command("prune")
  .description("delete old rows of llm_metrics: for a daily timer")
  .option("--local", "the local stack's database instead of DATABASE_URL")
  .requiredOption("--days <number>", "how long a call is kept", wholeNumber(SHORTEST_RETENTION_DAYS))
  .action((options: Connected & { days: number }) =>
    withDatabase(options, async (client) => {
      console.log(`deleted ${await deleteOldCalls(client, options.days)} rows`);
    }),
  );

function serverOptions({ slowQueryMs, autoExplainMs }: Server): ServerOptions {
  return { slowQueryMilliseconds: slowQueryMs, autoExplainMilliseconds: autoExplainMs };
}

async function withDatabase(options: Connected, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ ...connectionOf(options), connectionTimeoutMillis: 10_000 });
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
  } finally {
    await client.end();
  }
}

function connectionOf({ local }: Connected): ClientConfig {
  if (local)
    return { ...ADMINISTRATOR, host: "127.0.0.1", port: localPorts().postgres, database: database.datname };
  const connectionString = process.env["DATABASE_URL"];
  if (!connectionString)
    throw new Failure("Set DATABASE_URL, or give --local for the local stack's database");
  return { connectionString };
}

try {
  await program.parseAsync();
} catch (error) {
  const isForPeople = error instanceof Failure;
  console.error(
    colors.red(isForPeople || !(error instanceof Error) ? messageOf(error) : (error.stack ?? "")),
  );
  process.exitCode = 1;
}
