/** What the report says, as numbers. Pure: readings in, figures out. US dollars throughout. */
import { addDays, type Day, daysOf, type Edition, monthOf, periodsOf, type Span } from "./calendar.ts";

export interface LlmDay {
  readonly day: Day;
  readonly model: string;
  readonly usd: number;
  readonly calls: number;
  /** Calls that nobody knows the price of; `usd` is without them. */
  readonly unpricedCalls: number;
}

export interface ServiceDay {
  readonly day: Day;
  readonly service: string;
  readonly usd: number;
}

export interface ConversationDay {
  readonly day: Day;
  readonly conversations: number;
  readonly conversions: number;
}

/** What a source answered, day by day; or why it did not. */
export type Reading<Row> =
  | { readonly rows: readonly Row[]; readonly source: string }
  | { readonly missing: string };

export interface Readings {
  readonly llm: Reading<LlmDay>;
  readonly infrastructure: Reading<ServiceDay>;
  readonly conversations: Reading<ConversationDay>;
}

/** Of one kind of cost. Undefined where its source is missing. */
export interface Amount {
  readonly usd: number;
  /** In the time that the edition is compared with; undefined where nothing was recorded then. */
  readonly before: number | undefined;
}

export interface Part extends Amount {
  readonly name: string;
  readonly calls?: number;
}

export interface Report {
  readonly edition: Edition;
  readonly period: Span;
  readonly before: Span;
  readonly llm: Amount | undefined;
  readonly infrastructure: Amount | undefined;
  /** Of what is known: without a source that is missing. */
  readonly total: Amount;
  readonly models: readonly Part[];
  readonly services: readonly Part[];
  readonly conversations: { readonly count: number; readonly conversions: number } | undefined;
  /** Undefined where there were none, or a cost is missing: the rest of a cost is no cost. */
  readonly costPerConversation: number | undefined;
  readonly month: {
    readonly elapsedDays: number;
    readonly days: number;
    readonly toDateUsd: number;
    /** At the pace of the days so far. Undefined where a cost is missing. */
    readonly projectedUsd: number | undefined;
  };
  /** Undefined where none is set. */
  readonly budget: { readonly monthlyUsd: number; readonly projectedShare: number | undefined } | undefined;
  /** The last days' totals, for the chart. */
  readonly trend: readonly { readonly day: Day; readonly usd: number }[];
  /** What a reader must know to trust the numbers. */
  readonly remarks: readonly string[];
}

const TREND_DAYS = 14;

/** The days that the sources must be asked for. */
export function neededDays(edition: Edition, day: Day): Span {
  const { before } = periodsOf(edition, day);
  const starts = [before.first, monthOf(day).first, addDays(day, 1 - TREND_DAYS)];
  return { first: starts.toSorted()[0] ?? day, last: day };
}

/** @param monthlyBudgetUsd 0 for none */
export function reportOf(
  edition: Edition,
  day: Day,
  { llm, infrastructure, conversations }: Readings,
  monthlyBudgetUsd: number,
): Report {
  const { period, before } = periodsOf(edition, day);
  const costs: readonly (readonly Cost[] | undefined)[] = [rowsOf(llm), rowsOf(infrastructure)];
  const known = costs.flatMap((rows) => rows ?? []);
  const complete = costs.every((rows) => rows !== undefined);
  const total = amountOf(known, period, before);
  const counted = countConversations(rowsOf(conversations), period);
  const month = monthToDate(costs, day, complete);
  return {
    edition,
    period,
    before,
    llm: "rows" in llm ? amountOf(llm.rows, period, before) : undefined,
    infrastructure: "rows" in infrastructure ? amountOf(infrastructure.rows, period, before) : undefined,
    total,
    models: parts(rowsOf(llm) ?? [], ({ model }) => model, period, before),
    services: parts(rowsOf(infrastructure) ?? [], ({ service }) => service, period, before),
    conversations: counted,
    costPerConversation: counted && counted.count > 0 && complete ? total.usd / counted.count : undefined,
    month,
    budget: budgetOf(monthlyBudgetUsd, month.projectedUsd),
    trend: daysOf({ first: addDays(day, 1 - TREND_DAYS), last: day }).map((each) => ({
      day: each,
      usd: sum(known.filter((row) => row.day === each)),
    })),
    remarks: remarksOf({ llm, infrastructure, conversations }, period, day, monthlyBudgetUsd),
  };
}

function rowsOf<Row>(reading: Reading<Row>): readonly Row[] | undefined {
  return "rows" in reading ? reading.rows : undefined;
}

type Cost = { readonly day: Day; readonly usd: number; readonly calls?: number };

function within<Row extends { readonly day: Day }>(
  rows: readonly Row[],
  { first, last }: Span,
): readonly Row[] {
  return rows.filter(({ day }) => day >= first && day <= last);
}

function sum(rows: readonly Cost[]): number {
  return rows.reduce((total, { usd }) => total + usd, 0);
}

function amountOf(rows: readonly Cost[], period: Span, before: Span): Amount {
  const past = within(rows, before);
  return { usd: sum(within(rows, period)), before: past.length === 0 ? undefined : sum(past) };
}

/** Dearest first; what cost nothing in the period but did before is told too. */
function parts<Row extends Cost>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  period: Span,
  before: Span,
): readonly Part[] {
  const names = new Set([...within(rows, period), ...within(rows, before)].map(nameOf));
  return [...names]
    .map((name): Part => {
      const own = rows.filter((row) => nameOf(row) === name);
      const calls = within(own, period).reduce((count, row) => count + (row.calls ?? 0), 0);
      return {
        name,
        ...amountOf(own, period, before),
        ...(own.some((row) => row.calls !== undefined) && { calls }),
      };
    })
    .toSorted((one, other) => other.usd - one.usd || one.name.localeCompare(other.name));
}

function countConversations(
  rows: readonly ConversationDay[] | undefined,
  period: Span,
): Report["conversations"] {
  if (!rows) return undefined;
  const own = within(rows, period);
  return {
    count: own.reduce((total, { conversations }) => total + conversations, 0),
    conversions: own.reduce((total, { conversions }) => total + conversions, 0),
  };
}

/** Each cost at its own pace: a ledger that began in the middle of the month says nothing of the days before. */
function monthToDate(
  costs: readonly (readonly Cost[] | undefined)[],
  day: Day,
  complete: boolean,
): Report["month"] {
  const month = monthOf(day);
  const days = daysOf(month).length;
  const elapsed = { first: month.first, last: day };
  const toDate = costs.map((rows) => within(rows ?? [], elapsed));
  const projections = toDate.map((rows) => {
    const recorded = daysOf({ first: firstDay(rows) ?? month.first, last: day }).length;
    return (sum(rows) / recorded) * days;
  });
  return {
    elapsedDays: daysOf(elapsed).length,
    days,
    toDateUsd: toDate.reduce((total, rows) => total + sum(rows), 0),
    projectedUsd: complete ? projections.reduce((total, usd) => total + usd, 0) : undefined,
  };
}

function firstDay(rows: readonly Cost[]): Day | undefined {
  return rows.map(({ day }) => day).toSorted()[0];
}

function budgetOf(monthlyUsd: number, projectedUsd: number | undefined): Report["budget"] {
  if (monthlyUsd <= 0) return undefined;
  return { monthlyUsd, projectedShare: projectedUsd === undefined ? undefined : projectedUsd / monthlyUsd };
}

function remarksOf(readings: Readings, period: Span, day: Day, monthlyBudgetUsd: number): readonly string[] {
  const { llm, infrastructure, conversations } = readings;
  const missing = [
    ["LLM cost", llm],
    ["Infrastructure cost", infrastructure],
    ["Conversations", conversations],
  ] as const;
  const remarks = missing.flatMap(([what, reading]) =>
    "missing" in reading ? [`${what} is not known: ${reading.missing}`] : [],
  );
  if ("missing" in llm || "missing" in infrastructure) {
    remarks.push("The total is only of what is known; cost per conversation and projection are left out.");
  }
  if ("rows" in llm) remarks.push(...llmRemarks(llm.rows, period, day));
  if ("rows" in infrastructure) remarks.push(...infrastructureRemarks(infrastructure.rows, period));
  if ("rows" in conversations && countConversations(conversations.rows, period)?.count === 0) {
    remarks.push("There were no conversations, so there is no cost per conversation.");
  }
  if (monthlyBudgetUsd <= 0) remarks.push("No budget is set (cost.report.monthlyBudgetUsd).");
  return remarks;
}

function llmRemarks(rows: readonly LlmDay[], period: Span, day: Day): readonly string[] {
  const own = within(rows, period);
  const remarks: string[] = [];
  if (own.length === 0) remarks.push("No call of a language model was recorded.");
  const month = monthOf(day).first;
  const first = firstDay(within(rows, { first: month, last: day }));
  if (first !== undefined && first > month) {
    remarks.push(`LLM cost is recorded since ${first}: the projection takes those days for the month.`);
  }
  const unpriced = own.filter(({ unpricedCalls }) => unpricedCalls > 0);
  for (const model of new Set(unpriced.map((row) => row.model))) {
    const calls = unpriced
      .filter((row) => row.model === model)
      .reduce((total, { unpricedCalls }) => total + unpricedCalls, 0);
    remarks.push(`${calls} calls of ${model} have no known price and are not part of the cost.`);
  }
  return remarks;
}

/** Cost Explorer needs up to a day for a day's costs. */
function infrastructureRemarks(rows: readonly ServiceDay[], period: Span): readonly string[] {
  const told = new Set(within(rows, period).map(({ day }) => day));
  const silent = daysOf(period).filter((day) => !told.has(day));
  return silent.length > 0 ? [`AWS has no costs yet for ${silent.join(", ")}.`] : [];
}
