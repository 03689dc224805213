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
  | {
      readonly rows: readonly Row[];
      readonly source: string;
      /** Days of which the source knows nothing: unlike a day without rows, on which nothing happened. */
      readonly unknownDays?: readonly Day[];
    }
  | { readonly missing: string };

export interface Readings {
  readonly llm: Reading<LlmDay>;
  readonly infrastructure: Reading<ServiceDay>;
  readonly conversations: Reading<ConversationDay>;
}

/** Of one kind of cost. */
export interface Amount {
  readonly usd: number;
  /** In the time that the edition is compared with; undefined where that is not known, or nothing was recorded. */
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
  /** Undefined where the source is missing, or knows nothing of the period. */
  readonly llm: Amount | undefined;
  readonly infrastructure: Amount | undefined;
  /** Of what is known. */
  readonly total: Amount;
  /** Whether both costs are known for every day of the period. */
  readonly complete: boolean;
  readonly models: readonly Part[];
  readonly services: readonly Part[];
  readonly conversations: { readonly count: number; readonly conversions: number } | undefined;
  /** Undefined where there were none, or something is not known: the rest of a cost is no cost. */
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
export function reportOf(edition: Edition, day: Day, readings: Readings, monthlyBudgetUsd: number): Report {
  const { llm, infrastructure, conversations } = readings;
  const { period, before } = periodsOf(edition, day);
  const costs: readonly Reading<Cost>[] = [llm, infrastructure];
  const known = costs.flatMap(rowsOf);
  const total = {
    usd: sum(within(known, period)),
    before: costs.every((reading) => isWhole(reading, before)) ? past(known, before) : undefined,
  };
  const complete = costs.every((reading) => isWhole(reading, period));
  const counted = countConversations(conversations, period);
  const month = monthToDate(costs, day);
  const divisible = complete && isWhole(conversations, period) && counted && counted.count > 0;
  return {
    edition,
    period,
    before,
    llm: amountOf(llm, period, before),
    infrastructure: amountOf(infrastructure, period, before),
    total,
    complete,
    models: parts(llm, ({ model }) => model, period, before),
    services: parts(infrastructure, ({ service }) => service, period, before),
    conversations: counted,
    costPerConversation: divisible ? total.usd / counted.count : undefined,
    month,
    budget: budgetOf(monthlyBudgetUsd, month.projectedUsd),
    trend: daysOf({ first: addDays(day, 1 - TREND_DAYS), last: day }).map((each) => ({
      day: each,
      usd: sum(known.filter((row) => row.day === each)),
    })),
    remarks: remarksOf(readings, period, day, monthlyBudgetUsd),
  };
}

function rowsOf<Row>(reading: Reading<Row>): readonly Row[] {
  return "rows" in reading ? reading.rows : [];
}

/** Days of a span that a source knows nothing of: all of them where it is missing. */
function unknownIn(reading: Reading<unknown>, span: Span): readonly Day[] {
  const days = daysOf(span);
  if ("missing" in reading) return days;
  return days.filter((day) => reading.unknownDays?.includes(day));
}

function isWhole(reading: Reading<unknown>, span: Span): boolean {
  return unknownIn(reading, span).length === 0;
}

function isKnown(reading: Reading<unknown>, span: Span): boolean {
  return unknownIn(reading, span).length < daysOf(span).length;
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

/** Undefined where nothing was recorded. */
function past(rows: readonly Cost[], before: Span): number | undefined {
  const own = within(rows, before);
  return own.length === 0 ? undefined : sum(own);
}

function amountOf(reading: Reading<Cost>, period: Span, before: Span): Amount | undefined {
  if (!isKnown(reading, period)) return undefined;
  const rows = rowsOf(reading);
  return {
    usd: sum(within(rows, period)),
    before: isWhole(reading, before) ? past(rows, before) : undefined,
  };
}

/** Dearest first; what cost nothing in the period but did before is told too. */
function parts<Row extends Cost>(
  reading: Reading<Row>,
  nameOf: (row: Row) => string,
  period: Span,
  before: Span,
): readonly Part[] {
  if (!isKnown(reading, period)) return [];
  const rows = rowsOf(reading);
  const names = new Set([...within(rows, period), ...within(rows, before)].map(nameOf));
  return [...names]
    .map((name): Part => {
      const own = rows.filter((row) => nameOf(row) === name);
      const calls = within(own, period).reduce((count, row) => count + (row.calls ?? 0), 0);
      return {
        name,
        usd: sum(within(own, period)),
        before: isWhole(reading, before) ? past(own, before) : undefined,
        ...(own.some((row) => row.calls !== undefined) && { calls }),
      };
    })
    .toSorted((one, other) => other.usd - one.usd || one.name.localeCompare(other.name));
}

function countConversations(reading: Reading<ConversationDay>, period: Span): Report["conversations"] {
  if (!isKnown(reading, period)) return undefined;
  const own = within(rowsOf(reading), period);
  return {
    count: own.reduce((total, { conversations }) => total + conversations, 0),
    conversions: own.reduce((total, { conversions }) => total + conversions, 0),
  };
}

/** Each cost at its own pace: a ledger that began in the middle of the month says nothing of the days before. */
function monthToDate(costs: readonly Reading<Cost>[], day: Day): Report["month"] {
  const month = monthOf(day);
  const days = daysOf(month).length;
  const elapsed = { first: month.first, last: day };
  const projections = costs.map((reading) => {
    const rows = within(rowsOf(reading), elapsed);
    const recorded = { first: firstDay(rows) ?? month.first, last: day };
    const recordedDays = daysOf(recorded).length - unknownIn(reading, recorded).length;
    return recordedDays > 0 ? (sum(rows) / recordedDays) * days : undefined;
  });
  return {
    elapsedDays: daysOf(elapsed).length,
    days,
    toDateUsd: costs.reduce((total, reading) => total + sum(within(rowsOf(reading), elapsed)), 0),
    projectedUsd: projections.reduce<number | undefined>(
      (total, usd) => (total === undefined || usd === undefined ? undefined : total + usd),
      0,
    ),
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
  const month = monthOf(day).first;
  const told = { first: month < period.first ? month : period.first, last: day };
  const remarks = [
    ...unknownRemarks("LLM cost", llm, period, told),
    ...unknownRemarks("Infrastructure cost", infrastructure, period, told),
    ...unknownRemarks("Conversations", conversations, period, period),
  ];
  if (![llm, infrastructure].every((reading) => isWhole(reading, period))) {
    remarks.push("The total is only of what is known, and cost per conversation is left out.");
  }
  if ("rows" in llm) remarks.push(...llmRemarks(llm.rows, period, { first: month, last: day }));
  if (countConversations(conversations, period)?.count === 0) {
    remarks.push("There were no conversations, so there is no cost per conversation.");
  }
  if (monthlyBudgetUsd <= 0) remarks.push("No budget is set (cost.report.monthlyBudgetUsd).");
  return remarks;
}

/** What a source does not know of the period, and of all days whose sum is told. */
function unknownRemarks(
  what: string,
  reading: Reading<unknown>,
  period: Span,
  told: Span,
): readonly string[] {
  if ("missing" in reading) return [`${what} is not known: ${reading.missing}`];
  const days = unknownIn(reading, told);
  if (days.length === 0) return [];
  const named = days.length > 3 ? `${days.length} days from ${days[0]} to ${days.at(-1)}` : days.join(", ");
  const effect = isKnown(reading, period) ? "the sums are without them" : "it is not known";
  return [`${what}: ${reading.source} has nothing of ${named}; ${effect}.`];
}

function llmRemarks(rows: readonly LlmDay[], period: Span, elapsed: Span): readonly string[] {
  const own = within(rows, period);
  const remarks: string[] = [];
  if (own.length === 0) remarks.push("No call of a language model was recorded.");
  const first = firstDay(within(rows, elapsed));
  if (first !== undefined && first > elapsed.first) {
    remarks.push(`LLM cost is recorded since ${first}: the projection takes those days for the month.`);
  }
  const unpriced = own.filter(({ unpricedCalls }) => unpricedCalls > 0);
  for (const model of new Set(unpriced.map((row) => row.model))) {
    const calls = unpriced
      .filter((row) => row.model === model)
      .reduce((total, { unpricedCalls }) => total + unpricedCalls, 0);
    const told = calls === 1 ? `1 call of ${model} has` : `${calls} calls of ${model} have`;
    remarks.push(`${told} no known price, so the cost is without ${calls === 1 ? "it" : "them"}.`);
  }
  return remarks;
}
