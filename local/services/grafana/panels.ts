/** A dashboard's model, as far as the page draws it. */
import { z } from "zod";
import type { Dashboard } from "./model.ts";

const dataSourceReference = z.union([z.string(), z.looseObject({ uid: z.string().optional() })]).nullish();

const target = z.looseObject({
  expr: z.string().optional(),
  legendFormat: z.string().optional(),
  datasource: dataSourceReference,
});

const panelShape = {
  type: z.string().default("timeseries"),
  title: z.string().default(""),
  description: z.string().default(""),
  datasource: dataSourceReference,
  targets: z.array(target).default([]),
  options: z.looseObject({ content: z.string().optional() }).optional(),
  fieldConfig: z
    .looseObject({ defaults: z.looseObject({ unit: z.string().optional() }).optional() })
    .optional(),
};

const panel = z.looseObject({ ...panelShape, panels: z.array(z.looseObject(panelShape)).default([]) });

const variable = z.looseObject({
  name: z.string(),
  type: z.string().default(""),
  query: z.unknown(),
  current: z.looseObject({ value: z.union([z.string(), z.array(z.string())]).optional() }).optional(),
});

const dashboardModel = z.looseObject({
  title: z.string(),
  description: z.string().default(""),
  panels: z.array(panel).default([]),
  templating: z.looseObject({ list: z.array(variable).default([]) }).default({ list: [] }),
});

export interface Query {
  readonly expression: string;
  readonly legend: string;
  /** Empty: the default data source. */
  readonly dataSourceUid: string;
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Text of a panel that has no query. */
  readonly content: string;
  readonly queries: readonly Query[];
}

/** The panels in reading order, with every variable replaced by its current value. */
export function panelsOf({ model }: Dashboard): Panel[] {
  const { panels, templating } = dashboardModel.parse(model);
  const substitute = substitution(templating.list);
  return panels
    .flatMap((outer) => [outer, ...outer.panels])
    .map(({ type, title, description, datasource, targets, options, fieldConfig }) => ({
      type,
      title: substitute(title),
      description: substitute(description),
      unit: fieldConfig?.defaults?.unit ?? "",
      content: options?.content ?? "",
      queries: targets.flatMap(({ expr, legendFormat = "", datasource: own }) =>
        expr
          ? [
              {
                expression: substitute(expr),
                legend: legendFormat,
                dataSourceUid: substitute(uidOf(own ?? datasource)),
              },
            ]
          : [],
      ),
    }));
}

function uidOf(reference: z.infer<typeof dataSourceReference>): string {
  return (typeof reference === "string" ? reference : reference?.uid) ?? "";
}

/** Grafana's own variables, for half an hour at a step of 30 s. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: "2m",
  __interval: "30s",
  __interval_ms: "30000",
  __range: "30m",
  __range_s: "1800",
};

function substitution(variables: readonly z.infer<typeof variable>[]): (text: string) => string {
  const values = new Map(Object.entries(BUILT_IN));
  for (const { name, type, current } of variables) {
    const chosen = [current?.value ?? []].flat().filter((value) => value !== "$__all");
    // "All" of a data source is the default one, of anything else every value.
    values.set(name, chosen.length > 0 ? chosen.join("|") : type === "datasource" ? "" : ".*");
  }
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
