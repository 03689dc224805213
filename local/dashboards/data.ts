/** What a dashboard's panels show: their queries, answered. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { ClientConfig } from "pg";
import { HOST_DIMENSION } from "../../catalog/hosts.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { queryHosts } from "./cloudwatch.ts";
import { type Annotation, type DashboardView, legendOf, type Panel, type Query } from "./model.ts";
import { expandMacros, querySql, type Table } from "./postgres.ts";
import {
  oldestSample,
  queryInstant,
  queryRange,
  type Send,
  type Series,
  type TimeRange,
} from "./prometheus.ts";

/** How to reach a data source. */
export type Source =
  | {
      readonly type: "prometheus";
      readonly url: string;
      readonly scrapeSeconds: number;
      /** Default: it asks for nothing. */
      readonly send?: Send;
    }
  | { readonly type: "postgres"; readonly connection: ClientConfig }
  | { readonly type: "cloudwatch"; readonly client: CloudWatchClient };

/** The data source of this uid; of an empty one, the default. @throws in words where there is none that can be asked */
export type Sources = (uid: string) => Source;

export type Named = Series & { readonly legend: string };

/** A panel with what it shows. */
export interface PanelData {
  readonly panel: Panel;
  readonly series: readonly Named[];
  readonly table: Table | undefined;
  /** Why a query gave no answer, in words. */
  readonly problems: readonly string[];
}

/** Whether it has nothing to show. */
export function isEmpty({ panel, series, table }: PanelData): boolean {
  const filled = series.some(({ points }) => points.length > 0) || (table?.rows.length ?? 0) > 0;
  return panel.type !== "row" && !filled;
}

/** The newest value that is a number. */
export function lastOf({ points }: Named): number | undefined {
  return points.findLast(([, value]) => Number.isFinite(value))?.[1];
}

/** A dashboard with what it shows, over a range of time in seconds since 1970. */
export interface DashboardData {
  readonly view: DashboardView;
  readonly range: TimeRange;
  readonly panels: readonly PanelData[];
  readonly marks: readonly Mark[];
}

/** A moment that every chart shows, in seconds since 1970. */
export interface Mark {
  readonly time: number;
  readonly color: string;
}

/** Points that a chart has at most. */
const POINTS = 240;
/** A young Prometheus has little to show, but an axis needs some length. */
const SHORTEST_SECONDS = 5 * 60;

export async function answer(view: DashboardView, sources: Sources): Promise<DashboardData> {
  const now = Math.floor(Date.now() / 1000);
  const range = await rangeOf(view, sources, now);
  const panels = await Promise.all(view.panels.map((panel) => answerPanel(panel, view, sources, range)));
  const marks = await Promise.all(view.annotations.map((each) => marksOf(each, sources, range)));
  return { view, range, panels, marks: marks.flat() };
}

/** None where the source does not answer: the panels say so. */
async function marksOf(
  { expression, color, dataSourceUid }: Annotation,
  sources: Sources,
  range: TimeRange,
): Promise<Mark[]> {
  try {
    const source = sources(dataSourceUid);
    if (source.type !== "prometheus") return [];
    const series = await queryRange(source.url, expression, range, source.send);
    return series.flatMap(({ points }) => beginnings(points, range).map((time) => ({ time, color })));
  } catch {
    return [];
  }
}

/** When a series begins, and begins again; not where it was there before the range. */
function beginnings(points: Series["points"], { from, step }: TimeRange): number[] {
  return points
    .map(([time]) => time)
    .filter((time, index, times) => time - (times[index - 1] ?? from) > (index === 0 ? 0 : step));
}

/** The dashboard's range, but not from before there was anything to see. */
async function rangeOf({ rangeSeconds }: DashboardView, sources: Sources, now: number): Promise<TimeRange> {
  const whole = { from: now - rangeSeconds, to: now };
  try {
    const source = sources("");
    if (source.type !== "prometheus") return stepped(whole, SHORTEST_SECONDS / POINTS);
    const oldest = (await oldestSample(source.url, now, source.send)) ?? whole.from;
    const from = Math.max(whole.from, Math.min(Math.floor(oldest), now - SHORTEST_SECONDS));
    return stepped({ from, to: now }, source.scrapeSeconds);
  } catch {
    // Each panel says itself that its source does not answer.
    return stepped(whole, SHORTEST_SECONDS / POINTS);
  }
}

function stepped({ from, to }: { from: number; to: number }, shortest: number): TimeRange {
  const step = Math.max(Math.ceil((to - from) / POINTS), Math.ceil(shortest));
  // On whole steps, so that a reload does not move every point.
  return { from: from - (from % step), to, step };
}

async function answerPanel(
  panel: Panel,
  view: DashboardView,
  sources: Sources,
  range: TimeRange,
): Promise<PanelData> {
  const answers = await Promise.all(
    panel.queries.map(async (query) => {
      try {
        return await answerQuery(query, view, sources(query.dataSourceUid), range);
      } catch (error) {
        return messageOf(error);
      }
    }),
  );
  const found = answers.filter((each) => typeof each !== "string");
  return {
    panel,
    series: found.flatMap((each) => ("columns" in each ? [] : each)),
    table: found.find((each) => "columns" in each),
    problems: answers.filter((each) => typeof each === "string"),
  };
}

async function answerQuery(
  query: Query,
  { rangeSeconds }: DashboardView,
  source: Source,
  range: TimeRange,
): Promise<readonly Named[] | Table> {
  if (source.type === "postgres") {
    const sql = expandMacros(query.text, { from: range.to - rangeSeconds, to: range.to });
    const table = await querySql(source.connection, sql);
    return query.timeSeries ? columnsAsSeries(table) : table;
  }
  if (source.type === "cloudwatch") {
    const hosts = await queryHosts(source.client, query.text, range);
    return hosts.map((one) => ({ ...one, legend: one.labels[HOST_DIMENSION] ?? "" }));
  }
  const expression = withIntervals(query.text, range, source.scrapeSeconds, rangeSeconds);
  const series = query.instant
    ? await queryInstant(source.url, expression, range.to, source.send)
    : await queryRange(source.url, expression, range, source.send);
  return series.map((one) => ({ ...one, legend: legendOf(query, one.labels) }));
}

/** Grafana's own variables, by its formulas. */
export function withIntervals(
  expression: string,
  { step }: TimeRange,
  scrapeSeconds: number,
  rangeSeconds: number,
): string {
  return expression
    .replaceAll("$__rate_interval", `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds)}s`)
    .replaceAll("$__interval", `${step}s`)
    .replaceAll("$__range", `${rangeSeconds}s`);
}

/** Each column but `time` is a series. */
function columnsAsSeries({ columns, rows }: Table): Named[] {
  const time = columns.indexOf("time");
  return columns.flatMap((name, column) => {
    if (column === time) return [];
    const points = rows.flatMap((row) => {
      const [at, value] = [row[time], row[column]];
      return at instanceof Date && typeof value === "number" ? [[at.getTime() / 1000, value] as const] : [];
    });
    return [{ labels: {}, points, legend: name }];
  });
}
