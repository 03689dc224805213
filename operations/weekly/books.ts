/** What the cost report's own sources say of a week and the one before: the same questions, asked from here. */
import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import type { ClientConfig } from "pg";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import { addDays, type Span } from "../../components/cost-report/function/calendar.ts";
import { neededDays, type Reading, type Readings } from "../../components/cost-report/function/figures.ts";
import { CostExplorer } from "../../components/cost-report/function/sources/cost-explorer.ts";
import { Database } from "../../components/cost-report/function/sources/database.ts";
import { Prometheus } from "../../components/cost-report/function/sources/prometheus.ts";
import { type Found, reading } from "../../components/cost-report/function/sources/source.ts";
import { fromHost } from "../../components/shared/addresses.ts";
import { splitHostAndPort } from "../../settings/addresses.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import type { Access } from "../replay/access.ts";
import { clientOptions } from "../verify/aws.ts";
import type { Stack } from "../verify/stack.ts";
import type { Week } from "./week.ts";

/** Either knows of AgentPay's own costs. */
type Books = Database | Prometheus;

/** @param access to the stack's metrics. @throws where it has none, or it is not known how they are reached */
export async function readingsOf(stack: Stack, { last }: Week, access: () => Access): Promise<Readings> {
  // The week before is compared with the one before that.
  const span = { first: neededDays("weekly", addDays(last, -7)).first, last };
  const books = booksOf(stack, access);
  const [llm, infrastructure, conversations] = await Promise.all([
    firstOf(books, (each) => each.llmDays(span)),
    infrastructureOf(stack, span),
    firstOf(books, (each) => each.conversationDays(span)),
  ]);
  return { llm, infrastructure, conversations };
}

/** The exact one first: the machine of a review may not reach the database, but does reach the metrics. */
function booksOf({ settings, secrets }: Stack, access: () => Access): readonly (() => Books)[] {
  const { metrics } = settings;
  const password = secrets["metrics.databasePassword"];
  const metered = () => {
    const { url, headersFor } = access();
    return new Prometheus(url, headersFor);
  };
  if (!metrics.enabled || metrics.databaseAddress === undefined || password === undefined) return [metered];
  const { databaseAddress, databaseName: database, databaseUser: user, databaseTls: tls } = metrics;
  const connection: ClientConfig = {
    ...splitHostAndPort(fromHost(databaseAddress)),
    ...{ database, user, password },
    ssl: tls === "disable" ? false : { rejectUnauthorized: tls === "verify-full" },
  };
  return [() => new Database(async () => connection), metered];
}

/** Of the first one that answers; where none does, why each did not. */
async function firstOf<Row>(
  books: readonly (() => Books)[],
  ask: (books: Books) => Promise<Found<Row>>,
): Promise<Reading<Row>> {
  const reasons: string[] = [];
  for (const open of books) {
    const answer = await readFrom(open, ask);
    if ("rows" in answer) return answer;
    reasons.push(answer.missing);
  }
  return { missing: reasons.join("; ") };
}

async function readFrom<Row>(
  open: () => Books,
  ask: (books: Books) => Promise<Found<Row>>,
): Promise<Reading<Row>> {
  try {
    const books = open();
    return await reading(books.name, () => ask(books));
  } catch (error) {
    return { missing: messageOf(error) };
  }
}

async function infrastructureOf({ settings }: Stack, span: Span): Promise<Readings["infrastructure"]> {
  if (!settings.aws.enabled) return { missing: "aws.enabled is false" };
  const explorer = new CostExplorer(new CostExplorerClient(clientOptions({ settings }, GLOBAL_REGION)));
  return reading(explorer.name, () => explorer.serviceDays(span));
}
