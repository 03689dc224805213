/** The guide's executive figures, a week beside the one before, and the costs: what the cost report says of them. */
import { addDays } from "../../components/cost-report/function/calendar.ts";
import { type Readings, type Report, reportOf } from "../../components/cost-report/function/figures.ts";
import type { CountedFigures } from "./history.ts";
import type { Costs, Figure, Part } from "./model.ts";
import type { Week } from "./week.ts";

/** A week's own, and that of the week before. */
export interface Pair<Value> {
  readonly now: Value;
  readonly before: Value;
}

const WEEK_DAYS = 7;

/** The cost reports of both weeks. Their days are UTC's, as AWS and the ledger count them. */
export function costReportsOf(readings: Readings, { last }: Week, budgetUsd: number): Pair<Report> {
  const report = (day: string) => reportOf("weekly", day, readings, budgetUsd);
  return { now: report(last), before: report(addDays(last, -WEEK_DAYS)) };
}

export function costsOf({
  llm,
  infrastructure,
  total,
  complete,
  month,
  budget,
  remarks,
}: Report): Part<Costs> {
  if (llm === undefined && infrastructure === undefined) return { missing: remarks.join(" ") };
  return {
    ...(llm && { llm: llm.usd }),
    ...(infrastructure && { infrastructure: infrastructure.usd }),
    total: total.usd,
    ...(total.before !== undefined && { before: total.before }),
    complete,
    ...(month.projectedUsd !== undefined && { projected: month.projectedUsd }),
    ...(budget && { budget: budget.monthlyUsd }),
    remarks: [...remarks],
  };
}

/** More than a restart: a sum over the rest of the week is no sum over a week. */
const LONGEST_GAP = 3_600_000;

/**
 * @param unseen milliseconds without samples, of both weeks
 * @param dashboardUrl of the executive dashboard
 */
export function figuresOf(
  reports: Pair<Report> | undefined,
  counted: Part<Pair<CountedFigures>>,
  unseen: Part<Pair<number>>,
  dashboardUrl: string | undefined,
): readonly Figure[] {
  const gap = "missing" in unseen ? 0 : Math.max(unseen.now, unseen.before);
  const isPartly = [reports?.now, reports?.before].some(
    (report) => report !== undefined && conversationRemarks(report).length > 0,
  );
  const measured = "missing" in counted ? undefined : counted;
  const ofReport = (value: (report: Report) => number | undefined) => both(reports, value);
  const ofCounters = (value: (figures: CountedFigures) => number | undefined) => both(measured, value);
  const rows: readonly Omit<Figure, "url">[] = [
    {
      name: "Conversations",
      unit: "number",
      ...ofReport(({ conversations }) => conversations?.count),
      ...(isPartly && { incomparable: true }),
    },
    {
      name: "Conversion rate",
      unit: "share",
      ...ofReport(({ conversations }) =>
        conversations && conversations.count > 0
          ? conversations.conversions / conversations.count
          : undefined,
      ),
    },
    {
      name: "Revenue",
      unit: "usd",
      ...ofCounters(({ revenue }) => revenue),
      ...(gap > LONGEST_GAP && { incomparable: true }),
    },
    {
      name: "Average response time",
      unit: "seconds",
      ...ofCounters(({ responseSeconds }) => responseSeconds),
    },
    { name: "Uptime", unit: "share", ...ofCounters(({ uptime }) => uptime) },
    {
      name: "Cost per conversation",
      unit: "cents",
      ...ofReport(({ costPerConversation }) => costPerConversation),
    },
  ];
  return rows.map((row) => ({ ...row, ...(dashboardUrl !== undefined && { url: dashboardUrl }) }));
}

function both<Value>(
  pair: Pair<Value> | undefined,
  read: (value: Value) => number | undefined,
): Pick<Figure, "value" | "before"> {
  const [value, before] = [pair && read(pair.now), pair && read(pair.before)];
  return { ...(value !== undefined && { value }), ...(before !== undefined && { before }) };
}

/** What the report's source does not know of the conversations. */
function conversationRemarks({ remarks }: Report): readonly string[] {
  return remarks.filter((remark) => remark.startsWith("Conversations"));
}

/** What a reader must know to trust the figures. @param unseen milliseconds without samples, of both weeks */
export function remarksOf(
  reports: Pair<Report> | undefined,
  counted: Part<Pair<CountedFigures>>,
  unseen: Part<Pair<number>>,
): readonly string[] {
  const hours = (milliseconds: number) => Math.round(milliseconds / 360_000) / 10;
  const gap = (of: string, milliseconds: number) =>
    milliseconds > 0 ? [`Prometheus has no samples of ${hours(milliseconds)} hours of ${of}.`] : [];
  return [
    ...("missing" in counted ? [`Revenue, response time and uptime are not known: ${counted.missing}`] : []),
    ...("missing" in unseen
      ? []
      : [...gap("the week", unseen.now), ...gap("the week before", unseen.before)]),
    ...(reports ? conversationRemarks(reports.now) : []),
  ];
}
