/** A dashboard's model in Grafana's JSON, as far as the pages draw it. */
import { z } from "zod";

const dataSourceReference = z.union([z.string(), z.looseObject({ uid: z.string().optional() })]).nullish();

const target = z.looseObject({
  expr: z.string().optional(),
  rawSql: z.string().optional(),
  namespace: z.string().optional(),
  metricName: z.string().optional(),
  format: z.string().default(""),
  legendFormat: z.string().default(""),
  instant: z.boolean().default(false),
  datasource: dataSourceReference,
});

const thresholdStep = z.looseObject({ value: z.number().nullable(), color: z.string() });

const valueMapping = z.looseObject({
  type: z.string(),
  options: z.record(z.string(), z.looseObject({ text: z.string().optional(), color: z.string().optional() })),
});

const defaults = z.looseObject({
  unit: z.string().default(""),
  noValue: z.string().optional(),
  thresholds: z.looseObject({ steps: z.array(thresholdStep).default([]) }).optional(),
  mappings: z.array(z.unknown()).default([]),
  custom: z.looseObject({ axisSoftMax: z.number().optional() }).optional(),
});

const override = z.looseObject({
  matcher: z.looseObject({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.looseObject({ id: z.string(), value: z.unknown() })).default([]),
});

const panelShape = {
  id: z.number().default(0),
  type: z.string().default("timeseries"),
  title: z.string().default(""),
  description: z.string().default(""),
  gridPos: z.looseObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }).optional(),
  datasource: dataSourceReference,
  targets: z.array(target).default([]),
  options: z
    .looseObject({ legend: z.looseObject({ showLegend: z.boolean().default(true) }).optional() })
    .optional(),
  fieldConfig: z
    .looseObject({ defaults: defaults.optional(), overrides: z.array(override).default([]) })
    .optional(),
};

const bare = z.looseObject(panelShape);
const panel = z.looseObject({ ...panelShape, panels: z.array(bare).default([]) });

const variable = z.looseObject({
  name: z.string(),
  type: z.string().default(""),
  current: z.looseObject({ value: z.union([z.string(), z.array(z.string())]).optional() }).optional(),
});

const annotation = z.looseObject({
  enable: z.boolean().default(false),
  iconColor: z.string().default("red"),
  expr: z.string().optional(),
  datasource: dataSourceReference,
});

const dashboardModel = z.looseObject({
  title: z.string(),
  description: z.string().default(""),
  panels: z.array(panel).default([]),
  time: z.looseObject({ from: z.string() }).default({ from: "now-6h" }),
  templating: z.looseObject({ list: z.array(variable).default([]) }).default({ list: [] }),
  annotations: z.looseObject({ list: z.array(annotation).default([]) }).default({ list: [] }),
});

export interface Query {
  readonly language: "promql" | "sql" | "cloudwatch";
  /** With our own variables in it replaced; Grafana's intervals are not. Of CloudWatch, the namespace and the metric. */
  readonly text: string;
  /** Legend template; empty: by the labels. */
  readonly legend: string;
  /** Whether only the newest values count. */
  readonly instant: boolean;
  /** Of a SQL query: whether its columns are series over its column `time`. */
  readonly timeSeries: boolean;
  /** Empty: the default data source. */
  readonly dataSourceUid: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Units of columns, by name. */
  readonly columnUnits: Readonly<Record<string, string>>;
  /** Links of columns, by name; `${__value.raw}` stands for the cell. */
  readonly columnLinks: Readonly<Record<string, string>>;
  /** Said where there is nothing to show, if that is no fault. */
  readonly nothing: string | undefined;
  /** From the lowest; what is below them has the base's colour. */
  readonly thresholds: readonly { readonly value: number; readonly color: string }[];
  readonly baseColor: string;
  /** What stands for a value, by the value as text. */
  readonly states: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
  /** Whether its series' names are listed below it. */
  readonly showsLegend: boolean;
  /** A value that the axis shows in any case. */
  readonly reach: number | undefined;
  /** In Grafana's 24 columns. */
  readonly position: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly queries: readonly Query[];
}

/** Moments that a dashboard marks on its charts: where a series of this query begins. */
export interface Annotation {
  readonly expression: string;
  readonly color: string;
  readonly dataSourceUid: string;
}

export interface DashboardView {
  readonly title: string;
  readonly description: string;
  /** Seconds that it shows. */
  readonly rangeSeconds: number;
  readonly panels: readonly Panel[];
  readonly annotations: readonly Annotation[];
}

/** @throws where it is no dashboard model */
export function viewOf(model: unknown): DashboardView {
  const { title, description, panels, time, templating, annotations } = dashboardModel.parse(model);
  const substitute = substitution(templating.list);
  return {
    title,
    description,
    rangeSeconds: secondsOf(time.from),
    panels: panels
      .flatMap((outer): z.infer<typeof bare>[] => [outer, ...outer.panels])
      .map((each, index) => panelView(each, index, substitute)),
    // Those that Grafana keeps itself have no query.
    annotations: annotations.list.flatMap(({ enable, expr, iconColor, datasource }) =>
      enable && expr
        ? [{ expression: expr, color: iconColor, dataSourceUid: substitute(uidOf(datasource)) }]
        : [],
    ),
  };
}

function panelView(given: z.infer<typeof bare>, index: number, substitute: (text: string) => string): Panel {
  const { id, type, title, description, gridPos, datasource, targets, fieldConfig, options } = given;
  const defaults = fieldConfig?.defaults;
  const steps = defaults?.thresholds?.steps ?? [];
  const property = (name: string) =>
    (fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
      matcher.id === "byName"
        ? properties
            .filter((each) => each.id === name)
            .map(({ value }) => [String(matcher.options), value] as const)
        : [],
    );
  return {
    id,
    type,
    title: substitute(title),
    description: substitute(description),
    unit: defaults?.unit ?? "",
    columnUnits: Object.fromEntries(property("unit").map(([name, unit]) => [name, String(unit)])),
    columnLinks: Object.fromEntries(property("links").map(([name, links]) => [name, firstUrl(links)])),
    nothing: defaults?.noValue,
    thresholds: steps.flatMap(({ value, color }) => (value === null ? [] : [{ value, color }])),
    baseColor: steps.find(({ value }) => value === null)?.color ?? "green",
    states: Object.fromEntries((defaults?.mappings ?? []).flatMap(statesOf)),
    showsLegend: options?.legend?.showLegend ?? true,
    reach: defaults?.custom?.axisSoftMax,
    position: gridPos ?? { x: 0, y: index * 8, w: 24, h: 8 },
    queries: targets.flatMap((each) => queryView(each, datasource, substitute)),
  };
}

/** Of a mapping from values to texts; of any other kind, none. */
function statesOf(mapping: unknown): [string, { text: string; color: string }][] {
  const { type, options = {} } = valueMapping.safeParse(mapping).data ?? {};
  if (type !== "value") return [];
  return Object.entries(options).map(([value, { text = value, color = "gray" }]) => [value, { text, color }]);
}

const links = z.array(z.looseObject({ url: z.string().default("") }));

function firstUrl(value: unknown): string {
  return links.safeParse(value).data?.[0]?.url ?? "";
}

function queryView(
  { expr, rawSql, namespace, metricName, legendFormat, instant, format, datasource }: z.infer<typeof target>,
  panelSource: z.infer<typeof dataSourceReference>,
  substitute: (text: string) => string,
): Query[] {
  const metric = namespace && metricName ? `${namespace} ${metricName}` : undefined;
  const text = expr ?? rawSql ?? metric;
  if (!text) return [];
  return [
    {
      language: expr ? "promql" : rawSql ? "sql" : "cloudwatch",
      text: substitute(text),
      legend: legendFormat,
      instant,
      timeSeries: format === "time_series",
      dataSourceUid: substitute(uidOf(datasource ?? panelSource)),
    },
  ];
}

function uidOf(reference: z.infer<typeof dataSourceReference>): string {
  return (typeof reference === "string" ? reference : reference?.uid) ?? "";
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** `now-6h` -> 21600. Six hours, where it is anything else. */
function secondsOf(from: string): number {
  const [, count, unit = ""] = /^now-(\d+)([mhd])$/.exec(from) ?? [];
  return Number(count ?? 6) * (UNIT_SECONDS[unit] ?? 3600);
}

function substitution(variables: readonly z.infer<typeof variable>[]): (text: string) => string {
  const values = new Map(
    variables.map(({ name, type, current }) => {
      const chosen = [current?.value ?? []].flat().filter((value) => value !== "$__all");
      // "All" of a data source is the default one, of anything else every value.
      return [name, chosen.length > 0 ? chosen.join("|") : type === "datasource" ? "" : ".*"];
    }),
  );
  return (text) =>
    text.replaceAll(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => {
      return values.get(braced ?? bare ?? "") ?? whole;
    });
}

/** The legend of one series: `{{label}}` filled in, or its labels. */
export function legendOf({ legend }: Query, labels: Readonly<Record<string, string>>): string {
  if (legend && legend !== "__auto")
    return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
  const { __name__: name = "", ...others } = labels;
  const pairs = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  return pairs.length > 0 ? `${name}{${pairs.join(", ")}}` : name || "value";
}
