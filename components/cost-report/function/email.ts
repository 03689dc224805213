/** The report as an email: text for every reader, HTML with a chart of table cells, which every mail client draws. */
import { createTransport } from "nodemailer";
import type { Amount, Part, Report } from "./figures.ts";

export interface Email {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Row = readonly [label: string, value: string, note: string];

const titles = { daily: "Daily", weekly: "Weekly", monthly: "Monthly" } as const;
const comparisons = { daily: "same day last week", weekly: "week before", monthly: "month before" } as const;

export function emailOf(report: Report, environment: string): Email {
  const { period, edition } = report;
  const when = period.first === period.last ? period.last : `${period.first} to ${period.last}`;
  const place = environment === "production" ? "" : ` (${environment})`;
  const subject = `AgentPay ${titles[edition]} Cost Report - ${when}${place}`;
  return { subject, text: textOf(report, subject), html: htmlOf(report, subject) };
}

/** The whole message as SES sends it, both forms in it. */
export async function mimeOf(
  { subject, text, html }: Email,
  from: string,
  to: readonly string[],
): Promise<Uint8Array> {
  const writer = createTransport({ streamTransport: true, buffer: true });
  const { message } = await writer.sendMail({ from, to: [...to], subject, text, html });
  if (!Buffer.isBuffer(message)) throw new Error("the mail was not written into memory");
  return message;
}

export function dollars(usd: number, digits = 2): string {
  const options = { style: "currency", currency: "USD" } as const;
  return usd.toLocaleString("en-US", {
    ...options,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // What is rounded to nothing is not less than nothing.
    signDisplay: "negative",
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

const UNKNOWN = "not known";

function figureRows(report: Report): readonly Row[] {
  const { llm, infrastructure, total, complete, conversations, costPerConversation } = report;
  const cost = (label: string, amount: Amount | undefined): Row =>
    amount ? [label, dollars(amount.usd), change(amount, report)] : [label, UNKNOWN, ""];
  const rate =
    conversations && conversations.count > 0
      ? percent(conversations.conversions / conversations.count)
      : "none";
  const unsaid = conversations?.count === 0 ? "none" : UNKNOWN;
  const perConversation = costPerConversation === undefined ? unsaid : dollars(costPerConversation, 4);
  return [
    cost("LLM Costs", llm),
    cost("Infrastructure", infrastructure),
    [complete ? "Total" : "Total of what is known", dollars(total.usd), change(total, report)],
    ["Conversations", conversations ? String(conversations.count) : UNKNOWN, ""],
    ["Conversions", conversations ? `${conversations.conversions} (${rate})` : UNKNOWN, ""],
    ["Cost/Conversation", perConversation, ""],
    ...monthRows(report),
  ];
}

function monthRows({ month, budget }: Report): readonly Row[] {
  const elapsed = `${month.elapsedDays} of ${month.days} days`;
  const projected: Row = [
    "Projected Monthly Cost",
    month.projectedUsd === undefined ? UNKNOWN : dollars(month.projectedUsd),
    "at the pace of this month so far",
  ];
  const share = budget?.projectedShare;
  return [
    ["Month to Date", dollars(month.toDateUsd), elapsed],
    projected,
    [
      "Monthly Budget",
      budget ? dollars(budget.monthlyUsd) : "not set",
      share === undefined
        ? ""
        : `the projection is ${percent(share)} of it${share > 1 ? ": OVER BUDGET" : ""}`,
    ],
  ];
}

function change({ usd, before }: Amount, { edition }: Report): string {
  const what = comparisons[edition];
  if (before === undefined) return `${what}: nothing known`;
  if (before === 0) return `${what}: ${dollars(0)}`;
  const difference = usd / before - 1;
  return `${difference >= 0 ? "+" : ""}${percent(difference)} against ${what} (${dollars(before)})`;
}

function partRows(parts: readonly Part[], report: Report): readonly Row[] {
  return parts.map((part): Row => {
    const calls = part.calls === undefined ? "" : `${part.calls} ${part.calls === 1 ? "call" : "calls"}; `;
    return [part.name, dollars(part.usd), `${calls}${change(part, report)}`];
  });
}

function sections(report: Report): readonly (readonly [title: string, rows: readonly Row[]])[] {
  const all = [
    ["By model", partRows(report.models, report)],
    ["By AWS service", partRows(report.services, report)],
  ] as const;
  return all.filter(([, rows]) => rows.length > 0);
}

function textOf(report: Report, title: string): string {
  const table = (rows: readonly Row[]) => {
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
    return rows.map(([label, value, note]) =>
      `  ${label.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${note}`.trimEnd(),
    );
  };
  const highest = Math.max(...report.trend.map(({ usd }) => usd));
  const bars = report.trend.map(
    ({ day, usd }): Row => [day, dollars(usd), "#".repeat(barLength(usd, highest, 30))],
  );
  const lines = [
    title,
    "",
    ...table(figureRows(report)),
    ...sections(report).flatMap(([name, rows]) => ["", name, ...table(rows)]),
    "",
    "Last days",
    ...table(bars),
    ...(report.remarks.length > 0
      ? ["", "Please note", ...report.remarks.map((remark) => `  - ${remark}`)]
      : []),
    "",
    "Days are in UTC.",
  ];
  return `${lines.join("\n")}\n`;
}

function barLength(usd: number, highest: number, full: number): number {
  return highest > 0 ? Math.max(Math.round((usd / highest) * full), 0) : 0;
}

function htmlOf(report: Report, title: string): string {
  const highest = Math.max(...report.trend.map(({ usd }) => usd));
  const bars = report.trend.map(
    ({ day, usd }) =>
      `<tr><td style="${CELL}">${day}</td><td style="${CELL};text-align:right">${dollars(usd)}</td>` +
      `<td style="${CELL};width:260px"><div style="background:#3b6ea5;height:12px;width:${barLength(usd, highest, 250)}px"></div></td></tr>`,
  );
  const remarks = report.remarks.map((remark) => `<li>${escapeHtml(remark)}</li>`);
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    `<body style="font-family:Helvetica,Arial,sans-serif;font-size:14px;color:#1b1f24">`,
    `<h1 style="font-size:18px">${escapeHtml(title)}</h1>`,
    htmlTable(figureRows(report)),
    ...sections(report).map(
      ([name, rows]) => `<h2 style="${HEADING}">${escapeHtml(name)}</h2>${htmlTable(rows)}`,
    ),
    `<h2 style="${HEADING}">Last days</h2><table style="border-collapse:collapse">${bars.join("")}</table>`,
    ...(remarks.length > 0 ? [`<h2 style="${HEADING}">Please note</h2><ul>${remarks.join("")}</ul>`] : []),
    `<p style="color:#57606a">Days are in UTC.</p></body></html>`,
  ].join("\n");
}

const CELL = "padding:3px 12px 3px 0;vertical-align:top";
const HEADING = "font-size:15px;margin-bottom:4px";

function htmlTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ([label, value, note]) =>
      `<tr><td style="${CELL}">${escapeHtml(label)}</td><td style="${CELL};text-align:right"><b>${escapeHtml(value)}</b></td>` +
      `<td style="${CELL};color:#57606a">${escapeHtml(note)}</td></tr>`,
  );
  return `<table style="border-collapse:collapse">${lines.join("")}</table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
