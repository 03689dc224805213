/** The Lambda function: gathers, writes and sends one report. */

import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ClientConfig } from "pg";
import { TENANT_HEADER } from "../../../catalog/metrics/engine.ts";
import { readJson } from "../../../toolkit/json.ts";
import { type Day, type Edition, lastDayOf, parseDay } from "./calendar.ts";
import { type Email, emailOf, mimeOf } from "./email.ts";
import { neededDays, type Readings, reportOf } from "./figures.ts";
import {
  type ReportSettings,
  reportEvent,
  reportSettings,
  SENT_METRIC,
  SETTINGS_VARIABLE,
  sentDimensions,
} from "./settings.ts";
import { signedHeaders } from "./signed-headers.ts";
import { CostExplorer } from "./sources/cost-explorer.ts";
import { Database } from "./sources/database.ts";
import { Prometheus } from "./sources/prometheus.ts";
import { reading } from "./sources/source.ts";

/** Cost Explorer's API has one address for the whole world. */
const COST_EXPLORER_REGION = "us-east-1";

/** What an invocation answers. */
export interface Answer {
  readonly subject: string;
  readonly remarks: readonly string[];
  /** The report itself; of a dry run only. */
  readonly text?: string;
}

/** @throws where nothing could be sent, so that Lambda tries again */
export async function handler(event: unknown): Promise<Answer> {
  const settings = readJson(reportSettings, process.env[SETTINGS_VARIABLE] ?? "{}");
  const { edition, date, scheduledAt, dryRun } = reportEvent.parse(event ?? {});
  const day = date === undefined ? lastDayOf(edition, instant(scheduledAt)) : parseDay(date);
  const { email, remarks } = await makeReport(edition, day, settings);
  const answer = { subject: email.subject, remarks };
  if (dryRun) return { ...answer, text: email.text };
  await send(email, settings);
  // The report is out. To fail now would send it a second time; the alarm tells of what was not counted.
  await countSent(edition, settings.environment).catch((error: unknown) =>
    log("not_counted", { error: String(error) }),
  );
  log("cost_report_sent", { edition, day, remarks });
  return answer;
}

function log(event: string, details: object): void {
  console.log(JSON.stringify({ event, ...details }));
}

function instant(text: string | undefined): Date {
  const date = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(date.getTime())) throw new RangeError(`scheduledAt is no time: ${text}`);
  return date;
}

/** Asks all sources side by side. */
async function makeReport(edition: Edition, day: Day, settings: ReportSettings) {
  const span = neededDays(edition, day);
  const books = booksOf(settings);
  const explorer = new CostExplorer(new CostExplorerClient({ region: COST_EXPLORER_REGION }));
  const nobody = { missing: "neither a database nor a Prometheus is configured" };
  const [llm, infrastructure, conversations] = await Promise.all([
    books ? reading(books.name, () => books.llmDays(span)) : nobody,
    reading(explorer.name, () => explorer.serviceDays(span)),
    books ? reading(books.name, () => books.conversationDays(span)) : nobody,
  ]);
  const readings: Readings = { llm, infrastructure, conversations };
  const report = reportOf(edition, day, readings, settings.monthlyBudgetUsd);
  return { remarks: report.remarks, email: emailOf(report, settings.environment) };
}

/** Who knows of AgentPay's own costs; undefined where nobody does. */
function booksOf({ database, prometheusUrl, engine }: ReportSettings) {
  if (database) return new Database(() => connectionOf(database));
  return prometheusUrl === undefined
    ? undefined
    : new Prometheus(prometheusUrl, engine && credentialsFor(engine));
}

/** Headers that the engine wants of a request. Without them, it is a missing source; the rest is still reported. */
function credentialsFor({ user, tenant, signedFor }: NonNullable<ReportSettings["engine"]>) {
  // Read for the first request; all of them need it.
  let password: Promise<string> | undefined;
  const authorizationOf = async ({ name, passwordParameter }: NonNullable<typeof user>) => {
    password ??= passwordIn(passwordParameter);
    return `Basic ${Buffer.from(`${name}:${await password}`).toString("base64")}`;
  };
  return async (url: URL): Promise<Record<string, string>> => ({
    ...(user && { authorization: await authorizationOf(user) }),
    ...(tenant && { [TENANT_HEADER]: tenant }),
    ...(signedFor && (await signedHeaders(url, signedFor))),
  });
}

async function passwordIn(parameter: string): Promise<string> {
  const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
  const { Parameter } = await new SSMClient({}).send(command);
  const password = Parameter?.Value;
  if (password === undefined) throw new Error(`${parameter} holds no password`);
  return password;
}

/** Without its password, the database is a missing source; the rest is still reported. */
async function connectionOf(database: NonNullable<ReportSettings["database"]>): Promise<ClientConfig> {
  const { host, port, name, user, passwordParameter, tls } = database;
  const password = await passwordIn(passwordParameter);
  const ssl = tls === "disable" ? false : { rejectUnauthorized: tls === "verify-full" };
  return { host, port, database: name, user, password, ssl };
}

async function send(email: Email, { sender, recipients }: ReportSettings): Promise<void> {
  const Data = await mimeOf(email, sender, recipients);
  await new SESClient({}).send(
    new SendRawEmailCommand({ Source: sender, Destinations: [...recipients], RawMessage: { Data } }),
  );
}

async function countSent(edition: Edition, environment: string): Promise<void> {
  const Dimensions = Object.entries(sentDimensions(environment, edition)).map(([Name, Value]) => ({
    Name,
    Value,
  }));
  await new CloudWatchClient({}).send(
    new PutMetricDataCommand({
      Namespace: SENT_METRIC.namespace,
      MetricData: [{ MetricName: SENT_METRIC.name, Dimensions, Value: 1, Unit: "Count" }],
    }),
  );
}
