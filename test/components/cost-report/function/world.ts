/** The function as it is deployed, with real servers around it: the AWS emulator, a PostgreSQL, a Prometheus, an inbox. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClientBase, escapeLiteral } from "pg";
import {
  BUNDLE_FILE,
  HANDLER,
  RUNTIME,
  writeBundle,
} from "../../../../components/cost-report/function/bundle.ts";
import type { ReportSettings } from "../../../../components/cost-report/function/settings.ts";
import { putBill } from "../../../../local/platforms/aws/emulator/bill.ts";
import { invoke } from "../../../../local/platforms/aws/emulator/functions.ts";
import {
  findFunction,
  type KeptFunction,
} from "../../../../local/platforms/aws/provider/resources/function.ts";
import { Store } from "../../../../local/platforms/aws/provider/store.ts";
import { startInbox } from "../../../../local/platforms/inbox/server.ts";
import { MONITORING } from "../../../../local/platforms/postgres/server.ts";
import { migrate } from "../../../../operations/database/migrate.ts";
import { ARCHIVE, ASSET } from "../../../../toolkit/archive.ts";
import { SIGNATURE } from "../../../../toolkit/property-values.ts";
import { startMoto } from "../../../local/platforms/aws/emulator/start-moto.ts";
import { account, Connected } from "../../../local/platforms/aws/provider/connected.ts";
import { connected, testPostgres } from "../../../support/postgres.ts";
import { sentinel } from "../../../support/secrets.ts";

const REGION = "eu-west-1";
const PASSWORD = "/agentpay/test/cost-report/database-password";

export const sender = "reports@agentpay.example";
export const finance = "finance@agentpay.example";
export const functionArn = `arn:aws:lambda:${REGION}:${account}:function:cost-report`;
export const failuresArn = `arn:aws:sqs:${REGION}:${account}:failures`;

export interface CallRow {
  readonly at: string;
  readonly model: string;
  /** Undefined where nobody knows the price. */
  readonly usd?: string;
}

export interface ConversationRow {
  readonly at: string;
  readonly bought: boolean;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export async function startWorld() {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const [emulator, postgres] = await Promise.all([
      startMoto(),
      testPostgres({ shared_preload_libraries: "pg_stat_statements" }),
    ]);
    undo.push(
      () => emulator.stop(),
      () => postgres.stop(),
    );
    await connected(postgres.connection(), (client) => client.query("CREATE DATABASE agentpay"));
    const sql = readFileSync(
      join(import.meta.dirname, "../../../../local/platforms/postgres/agentpay.sql"),
      "utf8",
    );
    const query = <Result>(work: (client: ClientBase) => Promise<Result>) =>
      connected(postgres.connection("agentpay"), work);
    await query(async (client) => {
      await client.query(sql);
      await migrate(client);
      await client.query(`ALTER ROLE ${MONITORING.user} PASSWORD ${escapeLiteral(sentinel("database"))}`);
    });
    const inbox = await startInbox({ port: 0, mailPort: 0, dataFolder: join(emulator.folder, "inbox") });
    undo.push(() => inbox.stop());
    const store = new Store(join(emulator.folder, "data", "aws", "store.json"));
    const aws = await Connected.to(emulator.url, emulator.folder);
    const database = {
      host: "127.0.0.1",
      port: postgres.port,
      name: "agentpay",
      user: MONITORING.user,
      passwordParameter: PASSWORD,
      tls: "disable",
    } as const;
    const written: string[] = [];
    return {
      aws,
      emulator,
      /** What somebody with a console would use. */
      client: {
        region: REGION,
        endpoint: emulator.url,
        credentials: { accessKeyId: "somebody", secretAccessKey: "else" },
      },
      inbox,
      store,
      /** What the function wrote into its log. */
      written,
      settings: { environment: "test", recipients: [finance], sender, monthlyBudgetUsd: 500, database },
      deploy: await deployer(aws),
      async fill(calls: readonly CallRow[], conversations: readonly ConversationRow[]) {
        await query(async (client) => {
          for (const { at, model, usd } of calls) {
            await client.query(
              `INSERT INTO llm_metrics (model, latency_ms, tokens_input, tokens_output, cost_usd, timestamp)
               VALUES ($1, 500, 100, 10, $2, $3)`,
              [model, usd ?? null, at],
            );
          }
          for (const { at, bought } of conversations) {
            await client.query(
              `INSERT INTO conversations (organization_id, stage, status, checkout_id, created_at)
               VALUES (gen_random_uuid(), 'discovery', $1, $2, $3)`,
              [
                bought ? "completed" : "abandoned",
                bought ? "5e471e15-0000-4000-8000-000000000000" : null,
                at,
              ],
            );
          }
        });
      },
      /** Runs what is deployed, for whoever waits for it. */
      async invoke(event: object, around = new Date()) {
        await putBill(emulator.url, around);
        const log = (text: string) => written.push(text);
        const answer = await invoke(kept(store), event, {
          url: emulator.url,
          log: { info: log, warn: log, error: log },
        });
        return answer as { subject: string; remarks: string[]; text?: string };
      },
      emails: async () =>
        (await (await fetch(`${inbox.url}/local/emails`)).json()) as {
          subject: string;
          from: string;
          to: string[];
          text: string;
          html: string;
        }[],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kept(store: Store): KeptFunction {
  const found = findFunction(store, functionArn);
  if (!found) throw new Error("the function is not deployed");
  return found;
}

/** Everything that the function needs in AWS, made by the stand-in; then the function itself, once for each settings. */
async function deployer(aws: Connected) {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await aws.create("iam/role:Role", "role", { name: "cost-report", assumeRolePolicy });
  await aws.create("ses/emailIdentity:EmailIdentity", "sender", { email: sender });
  await aws.create("sqs/queue:Queue", "failures", { name: "failures" });
  await aws.create("ssm/parameter:Parameter", "password", {
    name: PASSWORD,
    type: "SecureString",
    value: sentinel("database"),
  });
  const bundle = { [SIGNATURE]: ASSET, path: await writeBundle() };
  const inputs = (settings: ReportSettings) => ({
    name: "cost-report",
    runtime: RUNTIME,
    handler: HANDLER,
    role: `arn:aws:iam::${account}:role/cost-report`,
    code: { [SIGNATURE]: ARCHIVE, assets: { [BUNDLE_FILE]: bundle } },
    timeout: 60,
    environment: { variables: { REPORT_SETTINGS: JSON.stringify(settings) } },
  });
  let state: Awaited<ReturnType<Connected["create"]>> | undefined;
  return async (settings: ReportSettings) => {
    const wanted = inputs(settings);
    if (state) {
      state = await aws.update("lambda/function:Function", state, wanted);
      return;
    }
    state = await aws.create("lambda/function:Function", "function", wanted);
    await aws.create("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "retries", {
      functionName: "cost-report",
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: failuresArn } },
    });
  };
}
