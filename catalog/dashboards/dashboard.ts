/** Grafana's unit ids that panels use. */
export type Unit = "reqps" | "percentunit" | "s" | "short" | "currencyUSD" | "cps" | "bytes";

/** Variables that a person can choose a value of, by name: a dashboard has those that its queries use. */
export const dashboardVariables = {
  instance: { label: "Instance", values: "label_values(agentpay_requests_total, instance)" },
  slo: { label: "Objective", values: "label_values(slo:objective:ratio, slo)" },
} as const;

export type VariableName = keyof typeof dashboardVariables;

/** The variables that a dashboard's queries use. */
export function variablesOf(dashboard: Dashboard): VariableName[] {
  const expressions = Object.values(dashboard.panels).flatMap(({ queries }) =>
    queries.map(({ expression }) => expression),
  );
  const names = Object.keys(dashboardVariables) as VariableName[];
  return names.filter((name) => expressions.some((expression) => expression.includes(`$${name}`)));
}

export interface Query {
  /** PromQL; rates use `$__rate_interval`. */
  readonly expression: string;
  /** Legend template, such as `{{endpoint}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** One sentence: what it shows and what good looks like. */
  readonly description: string;
  readonly unit: Unit;
  readonly visualization: "timeseries" | "stat";
  readonly queries: readonly Query[];
}

/** A dashboard as data. Its panels' thresholds are those of the alerts that name the panel. */
export interface Dashboard<PanelKey extends string = string> {
  /** Stable in every stack, so that links survive. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: Readonly<Record<PanelKey, Panel>>;
}
